import { execFileSync } from 'node:child_process';
import { closeSync, openSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type SqliteSessionStore,
  sqliteSessionStore,
} from '../../../../src/server/stores/sqlite/sqliteSessionStore.ts';
import type { StoreResult } from '../../../../src/session/serverState.ts';
import { scratch } from './sqliteUnderTest.ts';

let directory = '';
let path = '';
let remove = () => {};
beforeEach(() => {
  const made = scratch();
  directory = made.directory;
  path = join(directory, 'sessions.db');
  remove = made.remove;
});
afterEach(() => {
  vi.restoreAllMocks();
  remove();
});

const HELD = { sid: 's', epoch: 1, stream: 'r' };
const attach = (store: SqliteSessionStore) =>
  store.run({
    ...{ op: 'attach', sid: '', stream: '', rx: 0, txLow: 1, subject: 'ann', hash: '', ttlMs: 1e6 },
    fresh: { sid: 's', stream: 'r', hash: 'h' },
  });
const append = async (store: SqliteSessionStore, size: number): Promise<StoreResult | { readonly code: unknown }> => {
  const payload = { text: JSON.stringify('x'.repeat(size)), binary: false };
  try {
    return await store.run({ op: 'append', sid: 's', id: 1, payload });
  } catch (error) {
    return error as { code: unknown };
  }
};
const acknowledge = (store: SqliteSessionStore, rx: number) =>
  store.run({ op: 'acknowledge', ...HELD, rx, ttlMs: 1e6 });

/** Appends until there is no room left; the numbers that were answered, and why it stopped. */
async function fill(store: SqliteSessionStore, size: number): Promise<{ seqs: number[]; end: unknown }> {
  const seqs: number[] = [];
  for (let at = 0; at < 5_000; at++) {
    const result = await append(store, size);
    if (!('kind' in result) || result.kind !== 'appended') return { seqs, end: result };
    seqs.push(result.seq);
  }
  return { seqs, end: 'never full' };
}

async function logOf(store: SqliteSessionStore): Promise<number[]> {
  const read = await store.run({ op: 'read', ...HELD, after: 0, count: 1e6, bytes: 1e9 });
  return read.kind === 'read' ? read.entries.map(({ seq }) => seq) : [];
}

describe('a store on a full disk', () => {
  const mounted = () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]);
    const unmounted = remove;
    remove = () => {
      execFileSync('umount', ['-l', directory]);
      unmounted();
    };
  };

  test.skipIf(process.getuid?.() !== 0)(
    'refuses what has no room, keeps what it has answered, and goes on when there is room',
    async () => {
      mounted();
      const store = sqliteSessionStore({ path });
      await attach(store);
      const { seqs, end } = await fill(store, 20_000);
      expect(end).toMatchObject({ code: 'STORE_FULL', remedy: expect.stringContaining('Free space') });
      expect(seqs.length).toBeGreaterThan(5);
      expect(await logOf(store)).toEqual(seqs);
      execFileSync('mount', ['-o', 'remount,size=8m', directory]);
      expect(await append(store, 20_000)).toMatchObject({ kind: 'appended', seq: seqs.length + 1 });
      store.close();
      const again = sqliteSessionStore({ path });
      expect((await logOf(again)).length).toBe(seqs.length + 1);
      again.close();
    },
  );

  test.skipIf(process.getuid?.() !== 0)('can not be opened where it could not be written', () => {
    mounted();
    sqliteSessionStore({ path }).close();
    execFileSync('mount', ['-o', 'remount,ro', directory]);
    expect(() => sqliteSessionStore({ path })).toThrow(expect.objectContaining({ code: 'STORE_UNUSABLE' }));
  });

  test('has room again for what its clients have acknowledged, where the file may grow no more', async () => {
    const store = sqliteSessionStore({ path });
    await attach(store);
    store.database.exec('PRAGMA max_page_count = 60');
    const { seqs, end } = await fill(store, 3_000);
    expect(end).toMatchObject({ code: 'STORE_FULL' });
    const together = [append(store, 3_000), acknowledge(store, seqs.length), append(store, 3_000)];
    const answers = await Promise.all(together);
    expect(answers[0], 'a step that fails takes no other with it').toMatchObject({ code: 'STORE_FULL' });
    expect(answers.slice(1)).toMatchObject([{ kind: 'acknowledged' }, { kind: 'appended', seq: seqs.length + 1 }]);
    expect(await store.collect()).toMatchObject({ sessions: 1, messages: 1, bytes: 3_002 });
    store.close();
  });
});

const refusal = (code: string, words: RegExp) =>
  expect.objectContaining({
    code,
    remedy: expect.stringMatching(words),
    message: expect.stringMatching(/sessions\.db|node:sqlite/),
  });

describe('a file that is no store', () => {
  test('is refused where it is no database', () => {
    writeFileSync(
      path,
      'this is a text, and quite a long one, so that nobody takes it for an empty database. '.repeat(50),
    );
    expect(() => sqliteSessionStore({ path })).toThrow(refusal('STORE_UNUSABLE', /Put .* aside/));
  });

  test('is refused where its tables are of another version', () => {
    const store = sqliteSessionStore({ path });
    store.database.exec('UPDATE switchover_state SET version = 99');
    store.close();
    expect(() => sqliteSessionStore({ path })).toThrow(refusal('STORE_UNUSABLE', /version of this package/));
  });

  test('is refused where its tables are somebody else’s', () => {
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE switchover_state (x)');
    other.close();
    expect(() => sqliteSessionStore({ path })).toThrow(refusal('STORE_UNUSABLE', /version of this package/));
  });

  test('is refused where its directory is not there', () => {
    const missing = join(directory, 'no', 'such', 'sessions.db');
    expect(() => sqliteSessionStore({ path: missing })).toThrow(refusal('STORE_UNUSABLE', /make files beside it/));
  });

  test('is refused where the runtime has no SQLite', () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    expect(() => sqliteSessionStore({ path })).toThrow(refusal('STORE_UNUSABLE', /Node 22\.13/));
  });

  test('may be the application’s own database, with tables and a version of its own', async () => {
    const own = new DatabaseSync(path);
    own.exec('PRAGMA user_version = 42; PRAGMA application_id = 7; CREATE TABLE orders (id INTEGER)');
    own.close();
    const store = sqliteSessionStore({ path });
    await attach(store);
    store.close();
    const after = new DatabaseSync(path);
    expect(after.prepare('PRAGMA user_version').get()).toMatchObject({ user_version: 42 });
    after.close();
  });
});

test('a file that the application has closed fails the steps, and nothing throws elsewhere', async () => {
  const store = sqliteSessionStore({ path: join(directory, 'sessions.db') });
  store.database.close();
  await expect(store.collect()).rejects.toThrow();
  await expect(store.sessionsOf('ann')).rejects.toThrow();
  store.close();
});

describe('a file that is damaged while it is in use', () => {
  test('fails the steps that meet the damage, and nothing throws elsewhere', async () => {
    const store = sqliteSessionStore({ path });
    await attach(store);
    await fillSome(store);
    store.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const file = openSync(path, 'r+');
    for (let page = 1; page * 4_096 < statSync(path).size; page++)
      writeSync(file, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096);
    closeSync(file);
    // Another connection has the damage in no cache.
    const other = sqliteSessionStoreOrFault(path);
    const answer = other instanceof Error ? other : await append(other, 10);
    expect(answer).toMatchObject({ code: expect.stringMatching(/^STORE_(FAILED|UNUSABLE)$/) });
    expect(answer).toMatchObject({ remedy: expect.stringMatching(/damaged/) });
    if (!(other instanceof Error)) other.close();
    store.close();
  });

  test('fails the steps where the file is cut short', async () => {
    const store = sqliteSessionStore({ path });
    await attach(store);
    await fillSome(store);
    store.close();
    truncateSync(path, 8_192);
    const other = sqliteSessionStoreOrFault(path);
    const answer = other instanceof Error ? other : await append(other, 10);
    expect(answer).toMatchObject({ code: expect.stringMatching(/^STORE_(FAILED|UNUSABLE)$/) });
    if (!(other instanceof Error)) other.close();
  });
});

async function fillSome(store: SqliteSessionStore): Promise<void> {
  for (let at = 0; at < 50; at++) await append(store, 1_000);
}

function sqliteSessionStoreOrFault(file: string): SqliteSessionStore | Error {
  try {
    return sqliteSessionStore({ path: file });
  } catch (error) {
    return error as Error;
  }
}

test.each([
  [{ path: '' }],
  [{ path: 'a\0b' }],
  [{ path: 7 }],
  [{ path: 'x', durability: 'maybe' }],
  [{ path: 'x', busyMs: 0 }],
  [{ path: 'x', pollMs: 1.5 }],
  [{ path: 'x', replay: { count: 0 } }],
  [{ path: 'x', replay: { cuont: 1 } }],
  [{ path: 'x', total: { bytes: Number.NaN } }],
  [{ path: 'x', keys: null }],
  [{ path: 'x', limits: {} }],
])('sqliteSessionStore refuses %j', (options) => {
  expect(() => sqliteSessionStore(options as never)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', remedy: expect.stringMatching(/./) }),
  );
});
