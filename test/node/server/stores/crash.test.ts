import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sqliteSessionStore } from '../../../../src/server/stores/sqlite/sqliteSessionStore.ts';
import { Peer } from './peer.ts';
import { scratch } from './sqliteUnderTest.ts';

const ROUNDS = 8;
const WRITER = join(import.meta.dirname, 'programs/writer.ts');

let path = '';
let remove = () => {};
beforeEach(() => {
  const made = scratch();
  path = join(made.directory, 'sessions.db');
  remove = made.remove;
});
afterEach(() => remove());

/** Runs a writer, kills it in the middle of its work, and gives what it has said by then. */
async function killed(name: string, afterMs: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', WRITER, path, name]);
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  const ready = new Promise<void>((resolve) => {
    reader.on('line', (line) => {
      if (line === 'ready') resolve();
      else lines.push(line);
    });
  });
  const closed = once(reader, 'close');
  await ready;
  await sleep(afterMs);
  child.kill('SIGKILL');
  await closed;
  return lines;
}

describe('a session store in SQLite, whose process is killed in the middle of its work,', () => {
  test('has lost nothing that was answered, and has done nothing by half', { timeout: 120_000 }, async () => {
    let answered = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const name = `round-${round}`;
      const lines = await killed(name, 20 + round * 15);
      const store = sqliteSessionStore({ path, replay: { count: 1e6 } });
      const fresh = { sid: 'none', stream: 'none', hash: 'none' };
      const shown = { sid: name, stream: name, rx: 0, txLow: 1, subject: 'ann', hash: `hash-${name}` };
      const taken = await store.run({ op: 'attach', ...shown, fresh, ttlMs: 1e6 });
      if (taken.kind !== 'attached') throw new Error(`the session is ${taken.kind}`);
      const { epoch, rx, tx, held } = taken.record;
      const read = await store.run({ op: 'read', sid: name, epoch, stream: name, after: 0, count: 1e6, bytes: 1e9 });
      const log = read.kind === 'read' ? read.entries : [];
      expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: tx }, (_, at) => at + 1));
      expect(log.reduce((sum, { payload }) => sum + payload.text.length, 0)).toBe(held);
      for (const line of lines) {
        const [what, number, text] = line.split(' ');
        if (what === 'appended') expect(log[Number(number) - 1]?.payload.text).toBe(text);
        else if (what === 'accepted') expect(rx).toBeGreaterThanOrEqual(Number(number));
        else expect.unreachable(line);
      }
      const effects = store.database.prepare('SELECT number FROM effects WHERE session = ? ORDER BY number').all(name);
      const both = Array.from({ length: 2 * rx + 1 }, (_, at) => at - rx).filter((number) => number !== 0);
      expect(effects.map(({ number }) => number)).toEqual(both);
      answered += lines.length;
      store.close();
    }
    expect(answered, 'answers, or this has shown nothing').toBeGreaterThan(ROUNDS * 10);
  });

  test('counts in all what its sessions hold', async () => {
    await killed('counted', 60);
    const store = sqliteSessionStore({ path });
    const sums = store.database
      .prepare('SELECT count(*) AS messages, total(bytes) AS bytes FROM switchover_messages')
      .get();
    expect(await store.collect()).toMatchObject({ sessions: 1, ...sums });
    store.close();
  });
});

test('of many connections of two processes that attach at once, one holds the session', {
  timeout: 120_000,
}, async () => {
  const peers = [new Peer(), new Peer()];
  try {
    await Promise.all(peers.map((peer) => peer.open(path, {})));
    const stores = peers.map((peer) => peer.store);
    let names = 0;
    const attach = async (at: number, sid: string) => {
      const n = ++names;
      const fresh = { sid: `sid-${n}`, stream: 'stream', hash: `hash-${n}` };
      const shown = { sid, stream: 'stream', rx: 0, txLow: 1, subject: 'ann', hash: 'hash-1' };
      const result = await stores[at % 2]?.run({ op: 'attach', ...shown, fresh, ttlMs: 1e6 });
      if (result?.kind !== 'attached') throw new Error(`attach is ${result?.kind}`);
      return { at, sid: result.record.sid, epoch: result.record.epoch, stream: 'stream' };
    };
    const first = await attach(0, '');
    const all = await Promise.all(Array.from({ length: 60 }, (_, at) => attach(at, first.sid)));
    const epochs = all.map(({ epoch }) => epoch).sort((a, b) => a - b);
    expect(epochs).toEqual(Array.from({ length: 60 }, (_, at) => at + 2));
    const answers = await Promise.all(
      all.map(({ at, ...held }) => stores[(at + 1) % 2]?.run({ op: 'read', ...held, after: 0, count: 1, bytes: 1 })),
    );
    const holding = all.filter((_, at) => answers[at]?.kind === 'read');
    expect(holding.map(({ epoch }) => epoch)).toEqual([61]);
  } finally {
    for (const peer of peers) peer.close();
  }
});
