import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { ConversationReport } from '../../../src/cli/demo/conversation/report.ts';
import { TALKERS } from '../../../src/cli/demo/conversation/room.ts';
import type { RequestReport } from '../../../src/cli/demo/requests/report.ts';
import type { TimelineEvent } from '../../../src/cli/demo/timeline.ts';
import { isAlive } from '../../rig/processState.ts';

interface Document {
  readonly ok: boolean;
  readonly complaints: readonly string[];
  readonly requests: RequestReport;
  readonly conversation: ConversationReport;
  readonly events: readonly TimelineEvent[];
}

const PROGRAM = join(import.meta.dirname, '../../../src/cli/demo.ts');
const PLAY_LIMIT_MS = 240_000;
const PATIENCE_MS = 60_000;

/** What the demo leaves in the temporary directory, it leaves here. */
const directories: string[] = [];
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

function startDemo(...words: string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'switchover-test-'));
  directories.push(directory);
  const env = { ...process.env, TMPDIR: directory };
  const demo = spawn(process.execPath, [PROGRAM, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(demo);
  const said = { out: '', error: '' };
  demo.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  demo.stderr.setEncoding('utf8').on('data', (text: string) => (said.error += text));
  const ended = once(demo, 'close') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  return { demo, said, ended, leftBehind: () => readdirSync(directory) };
}

/** Asserts that `holds` comes true in time; no test is faster for waiting less. */
async function eventually(holds: () => boolean, what: string): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!holds() && performance.now() < untilMs) await sleep(25);
  expect(holds(), what).toBe(true);
}

const serversOf = (text: string): number[] => [...text.matchAll(/process (\d+)/g)].map((match) => Number(match[1]));

describe('npm run demo', () => {
  test(
    'loses, repeats and reorders nothing, and comes back after each fault',
    async () => {
      const { said, ended, leftBehind } = startDemo('--json');
      const [code] = await ended;
      expect(said.error).toBe('');
      const { ok, complaints, requests, conversation, events }: Document = JSON.parse(said.out);
      expect({ code, ok, complaints }).toEqual({ code: 0, ok: true, complaints: [] });
      const { acts, total } = requests;
      expect(acts.map(({ act }) => act)).toEqual(['no fault', 'kill', 'freeze', '503', 'drain']);
      expect(total).toMatchObject({ lost: 0, twice: 0 });
      expect(total.answered + total.refused).toBe(total.requests);
      for (const { act, answered, recoveryMs } of acts.slice(1)) {
        expect(answered, act).toBeGreaterThan(0);
        expect(recoveryMs, act).toEqual(expect.any(Number));
      }
      expect(conversation.acts.map(({ act }) => act)).toEqual(['no fault', 'kill', 'freeze', 'drain']);
      expect(conversation.total).toMatchObject({ lost: 0, repeated: 0, reordered: 0 });
      const { sent, accepted, delivered } = conversation.total;
      expect({ accepted, delivered }).toEqual({ accepted: sent, delivered: sent * TALKERS.length });
      const returns = events.filter(({ kind, server }) => kind === 'return' && server === 'north');
      expect(returns.length).toBeGreaterThanOrEqual(7);
      expect(events.map(({ what }) => what)).toContain('session opened');
      expect(events.map(({ what }) => what)).toContain('session resumed');
      expect(leftBehind()).toEqual([]);
    },
    PLAY_LIMIT_MS,
  );

  test(
    'ends its servers when it is interrupted',
    async () => {
      const { demo, said, ended, leftBehind } = startDemo();
      await eventually(() => said.out.includes('▀'), 'requests are answered');
      demo.kill('SIGINT');
      expect(await ended).toEqual([130, null]);
      expect(serversOf(said.out)).toHaveLength(2);
      expect(serversOf(said.out).filter(isAlive)).toEqual([]);
      expect(leftBehind()).toEqual([]);
      expect(said.out).not.toContain('\u001b');
    },
    PLAY_LIMIT_MS,
  );

  test.runIf(process.platform !== 'win32')(
    'leaves no server behind when it is killed, not even a frozen one',
    async () => {
      const { demo, said, leftBehind } = startDemo();
      await eventually(() => said.out.includes('SIGSTOP'), 'a server is frozen');
      const servers = serversOf(said.out);
      expect(servers).toHaveLength(2);
      demo.kill('SIGKILL');
      await eventually(() => !servers.some(isAlive), 'the servers are gone');
      await eventually(() => leftBehind().length === 0, 'the files are gone');
    },
    PLAY_LIMIT_MS,
  );

  test('refuses an unknown argument before it starts anything', async () => {
    const { said, ended } = startDemo('--jsno');
    expect((await ended)[0]).toBe(2);
    expect(said.out).toBe('');
    expect(said.error).toContain('--jsno');
  });
});
