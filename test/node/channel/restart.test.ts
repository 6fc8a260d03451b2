import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { fileStore } from '../../../src/node/index.ts';
import type { KeyValueStore } from '../../../src/runtime/ports.ts';
import { until } from '../../rig/wait.ts';
import { useChannels, useFolder, usePairs } from './setup.ts';

const PROGRAM = fileURLToPath(new URL('./programs/channelClient.ts', import.meta.url));
const pair = usePairs();
const folder = useFolder();
const open = useChannels();
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Line {
  readonly sent?: number;
  readonly accepted?: number;
  readonly got?: { readonly re: { readonly n: number } };
  readonly resumed?: string;
  readonly warning?: string;
}

/** A client process, and what it has said so far. */
function start(directory: string, first: number, hosts: readonly string[]) {
  const child = spawn(process.execPath, [PROGRAM, directory, String(first), ...hosts], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  return {
    lines,
    said: (what: keyof Line, count: number) =>
      until(
        () => lines.filter((line) => line[what] !== undefined).length >= count,
        20_000,
        () => `said ${what} not ${count} times: ${JSON.stringify(lines.slice(-5))}`,
      ),
    async kill() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

describe('a client process that is killed and started again', () => {
  test('has lost, repeated and reordered nothing that it was told was accepted', async () => {
    const { a, hosts, got } = await pair();
    const directory = folder();
    const lives: Line[] = [];
    for (let life = 0; life < 4; life++) {
      const client = start(directory, life * 10_000, hosts);
      await client.said('accepted', 30 + life * 7);
      if (life === 2) await a.kill();
      await client.kill();
      lives.push(...client.lines);
      if (life > 0) expect(client.lines.map(({ resumed }) => resumed)).toContain('resumed');
      expect(client.lines.filter(({ warning }) => warning !== undefined)).toEqual([]);
    }
    const accepted = lives.flatMap((line) => line.accepted ?? []);
    const effects = got().map(({ data }) => (data as { n: number }).n);
    expect(effects).toEqual([...new Set(effects)].sort((one, two) => one - two));
    expect(accepted.filter((n) => !effects.includes(n))).toEqual([]);
    expect(new Set(got().map(({ sid }) => sid)).size).toBe(1);
    // What was handed on may come once more after a crash, if the application had it before that was stored; but never out of order.
    const answers = lives.flatMap((line) => line.got?.re.n ?? []);
    expect([...new Set(answers)]).toEqual([...new Set(answers)].sort((one, two) => one - two));
  });

  test('or a second tab, over a store without locks of its own: the platform’s see to it', async () => {
    const { hosts, got } = await pair();
    const values = new Map<string, string>();
    const storage: KeyValueStore = {
      get: async (key) => values.get(key),
      set: async (key, value) => void values.set(key, value),
      delete: async (key) => void values.delete(key),
    };
    const first = open(hosts, { storage });
    await first.channel.send({ n: 1 });
    const second = open(hosts, { storage });
    await second.channel.send({ n: 2 });
    await first.channel.close();
    const third = open(hosts, { storage });
    await third.channel.send({ n: 3 });
    const [one, two, three] = got().map(({ sid }) => sid);
    expect([two === one, three === one, third.told.includes('resumed')]).toEqual([false, true, true]);
  });

  test('is one owner: a second process has a session of its own until the first is gone', async () => {
    const { hosts, got } = await pair();
    const directory = folder();
    const first = start(directory, 0, hosts);
    await first.said('accepted', 1);
    const second = open(hosts, { storage: fileStore(directory) });
    await second.channel.send({ n: -1 });
    expect(new Set(got().map(({ sid }) => sid)).size).toBe(2);
    await first.kill();
    const third = open(hosts, { storage: fileStore(directory) });
    await third.channel.send({ n: -2 });
    expect(third.told).toContain('resumed');
    const [sid] = got().map((row) => row.sid);
    expect(got().at(-1)?.sid).toBe(sid);
    expect(new Set(got().map((row) => row.sid)).size).toBe(2);
  });
});
