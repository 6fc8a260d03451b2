import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type SqliteSessionStore,
  sqliteSessionStore,
  sqliteSessionStoreBy,
} from '../../../../src/server/stores/sqlite/sqliteSessionStore.ts';
import { scratch } from './sqliteUnderTest.ts';

let path = '';
let remove = () => {};
beforeEach(() => {
  const made = scratch();
  path = join(made.directory, 'sessions.db');
  remove = made.remove;
});
afterEach(() => {
  vi.restoreAllMocks();
  remove();
});

const attach = (store: SqliteSessionStore, ttlMs: number) =>
  store.run({
    ...{ op: 'attach', sid: '', stream: '', rx: 0, txLow: 1, subject: 'ann', hash: '', ttlMs },
    fresh: { sid: 's', stream: 'r', hash: 'h' },
  });

/** A machine that was started at some time, and whose clock stands still until it is moved. */
const machine = (boot: string, nowMs: number) => {
  const clock = { boot, nowMs, now: () => clock.nowMs };
  return clock;
};

describe('the time of a store in SQLite', () => {
  test('does not care what the wall clock says', async () => {
    const wall = vi.spyOn(Date, 'now');
    const store = sqliteSessionStore({ path });
    await attach(store, 60_000);
    await store.leases.acquire('job', 'a', 60_000);
    for (const jumpMs of [0, 1e15, -1e12]) {
      wall.mockReturnValue(jumpMs);
      expect(await store.collect()).toMatchObject({ sessions: 1 });
      expect(await store.leases.acquire('job', 'b', 60_000)).toMatchObject({ holder: 'a', epoch: 1 });
    }
    store.close();
  });

  test('passes, by the machine’s own clock', async () => {
    const store = sqliteSessionStore({ path });
    await attach(store, 50);
    await sleep(100);
    expect(await store.collect()).toMatchObject({ sessions: 0 });
    store.close();
  });

  test('is the same in all processes of the machine, however long each has run', async () => {
    const store = sqliteSessionStore({ path });
    await store.leases.acquire('job', 'a', 600_000);
    const program = `import { sqliteSessionStore } from ${JSON.stringify(join(import.meta.dirname, '../../../../src/server/stores/sqlite/sqliteSessionStore.ts'))};
      const store = sqliteSessionStore({ path: ${JSON.stringify(path)} });
      console.log((await store.leases.read('job')).leftMs); store.close();`;
    const quiet = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', program];
    const theirs = Number(execFileSync(process.execPath, quiet, { encoding: 'utf8' }));
    const ours = (await store.leases.read('job'))?.leftMs ?? 0;
    expect(theirs).toBeGreaterThanOrEqual(ours);
    expect(theirs).toBeLessThanOrEqual(600_000);
    store.close();
  });

  test.each([
    ['less than the one before', 'second', 10],
    ['more than the one before', 'second', 9_000_000],
    ['less, where starts have no names', '', 10],
  ])('goes on where it stood when the machine has been started again, and runs for %s', async (_, boot, uptimeMs) => {
    const before = machine(boot === '' ? '' : 'first', 5_000_000);
    const first = sqliteSessionStoreBy({ path }, before);
    await attach(first, 60_000);
    before.nowMs += 20_000;
    await first.leases.acquire('job', 'a', 30_000);
    first.close();
    const after = machine(boot, uptimeMs);
    const second = sqliteSessionStoreBy({ path }, after);
    expect((await second.leases.read('job'))?.leftMs).toBe(30_000);
    expect(await second.sessionsOf('ann')).toEqual(['s']);
    after.nowMs += 41_000;
    expect((await second.leases.read('job'))?.leftMs).toBe(-11_000);
    expect(await second.sessionsOf('ann')).toEqual([]);
    second.close();
  });
});

describe('a store that may have been set back by a crash of the machine', () => {
  const opened = (boot: string, nowMs: number, durability: 'power' | 'process') =>
    sqliteSessionStoreBy({ path, durability }, machine(boot, nowMs));

  test.each([
    ['power', 'first', ['s']],
    ['power', 'second', ['s']],
    ['process', 'first', ['s']],
    ['process', 'second', []],
  ] as const)(
    'with the durability %s, opened in its %s start, has sessions: %j',
    async (durability, boot, sessions) => {
      const before = opened('first', 1_000, durability);
      await attach(before, 60_000);
      await before.run({ op: 'append', sid: 's', id: 1, payload: { text: '1', binary: false } });
      await before.leases.acquire('job', 'a', 60_000);
      before.close();
      const after = opened(boot, 2_000, durability);
      expect(await after.sessionsOf('ann')).toEqual(sessions);
      expect(await after.collect()).toMatchObject({ sessions: sessions.length, messages: sessions.length });
      expect(await after.leases.read('job')).toMatchObject({ holder: 'a', epoch: 1 });
      after.close();
      // Others that open it later find what has begun since.
      const another = opened(boot, 3_000, durability);
      if (sessions.length === 0) await attach(another, 60_000);
      another.close();
      const last = opened(boot, 4_000, durability);
      expect(await last.sessionsOf('ann')).toEqual(['s']);
      last.close();
    },
  );
});

test('nobody who does not ask for SQLite loads it', () => {
  const program = `import ${JSON.stringify(join(import.meta.dirname, '../../../../src/server/index.ts'))};
    console.log(process.moduleLoadList.some((name) => /NativeModule sqlite|Internal Binding sqlite/.test(name)));`;
  const said = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', program], { encoding: 'utf8' });
  expect(said.trim()).toBe('false');
});
