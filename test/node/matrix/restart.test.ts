import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useRig } from '../../rig/vitest.ts';
import { within } from '../../rig/wait.ts';

const PROGRAM = fileURLToPath(new URL('./fixtures/threeRequests.ts', import.meta.url));
const rig = useRig();
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'switchover-restart-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Run {
  readonly sent: readonly string[];
  readonly answers: readonly string[];
  readonly state: string;
}

/** One life of a client process. It must end by itself. */
async function run(hosts: readonly string[]): Promise<Run> {
  const child = fork(PROGRAM, [JSON.stringify({ hosts, directory })], { execPath: process.execPath, execArgv: [] });
  rig.owns({
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
    },
  });
  const told = new Promise<Run>((resolve) => {
    child.once('message', (message) => resolve(message as Run));
  });
  const code = await within(new Promise((resolve) => child.once('exit', resolve)), 30_000, () => 'it does not end');
  expect(code).toBe(0);
  return within(told, 1_000, () => 'it says nothing');
}

describe('a restarted process', () => {
  it('does not visit first the host that was dead when it ended', async () => {
    const [a, b] = [await rig.server({ name: 'a', mode: { kind: 'mute' } }), await rig.server({ name: 'b' })];
    const hosts = [a.url, b.url];
    const first = await run(hosts);
    expect(first).toMatchObject({ sent: expect.arrayContaining(hosts), answers: ['b', 'b', 'b'] });
    const { work } = a.counts();
    expect(work).toBe(1);

    const second = await run(hosts);
    expect(second.answers).toEqual(['b', 'b', 'b']);
    expect(second.state).not.toBe('up');
    expect(a.counts().work).toBe(work);
  });

  it('begins anew where its memory is corrupt', async () => {
    const [a, b] = [await rig.server({ name: 'a', mode: { kind: 'mute' } }), await rig.server({ name: 'b' })];
    await run([a.url, b.url]);
    const files = readdirSync(directory);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const text = readFileSync(join(directory, file), 'utf8');
      writeFileSync(join(directory, file), text.slice(0, text.length / 2));
    }
    const { answers } = await run([a.url, b.url]);
    expect(answers).toEqual(['b', 'b', 'b']);
    expect(a.counts().work).toBe(2);
  });
});
