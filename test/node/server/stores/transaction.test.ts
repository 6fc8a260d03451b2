import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Apply } from '../../../../src/server/sessionStore.ts';
import {
  type SqliteSessionStore,
  sqliteSessionStore,
} from '../../../../src/server/stores/sqlite/sqliteSessionStore.ts';
import type { SqliteTransaction } from '../../../../src/server/stores/sqlite/sqliteTransaction.ts';
import { scratch } from './sqliteUnderTest.ts';

let store: SqliteSessionStore;
let path = '';
let remove = () => {};
beforeEach(async () => {
  const made = scratch();
  remove = made.remove;
  path = join(made.directory, 'sessions.db');
  store = sqliteSessionStore({ path });
  store.database.exec('CREATE TABLE orders (number INTEGER UNIQUE)');
  for (const sid of ['a', 'b']) {
    const fresh = { sid, stream: 'r', hash: sid };
    await store.run({
      op: 'attach',
      sid: '',
      stream: '',
      rx: 0,
      txLow: 1,
      subject: 'ann',
      hash: '',
      fresh,
      ttlMs: 1e6,
    });
  }
});
afterEach(() => {
  store.close();
  remove();
});

type Handler = Apply<SqliteTransaction>;
const accept = (sid: string, seqs: readonly number[], handler: Handler) =>
  store.accept(
    {
      ...{ op: 'accept', sid, epoch: 1, stream: 'r' },
      items: seqs.map((seq) => ({ kind: 'message', seq, key: null, data: seq })),
    },
    handler,
  );
const order = (number: number): ((database: SqliteTransaction['database']) => void) => {
  return (database) => void database.prepare('INSERT INTO orders VALUES (?)').run(number);
};
const orders = () =>
  store.database
    .prepare('SELECT number FROM orders ORDER BY number')
    .all()
    .map(({ number }) => number);
const rx = async (sid: string): Promise<number> => {
  const result = await accept(sid, [], () => {});
  return result.kind === 'accepted' ? result.rx : -1;
};
const payload = { text: '1', binary: false };

describe('what a handler writes through the transaction', () => {
  test('commits with its message', async () => {
    await accept('a', [1, 2], ({ message: { seq } }, { database }) => order(seq)(database));
    expect([orders(), await rx('a')]).toEqual([[1, 2], 2]);
  });

  test('is undone with its message, and with the batch that it came in', async () => {
    const failing = accept('a', [1, 2], ({ message: { seq } }, transaction) => {
      order(seq)(transaction.database);
      transaction.append('b', payload);
      if (seq === 2) throw new RangeError('mine');
    });
    await expect(failing).rejects.toThrow('mine');
    expect([orders(), await rx('a'), (await store.collect()).messages]).toEqual([[], 0, 0]);
  });

  test('is undone alone: steps that share the transaction are done', async () => {
    const steps = [
      accept('a', [1], ({ message: { seq } }, { database }) => order(seq)(database)),
      accept('b', [1, 2], ({ message: { seq } }, transaction) => {
        transaction.append('a', payload);
        order(6 + seq)(transaction.database);
        if (seq === 2) throw new RangeError('mine');
      }),
      Promise.resolve(store.run({ op: 'append', sid: 'b', id: 1, payload })),
    ];
    const ends = await Promise.allSettled(steps);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect([orders(), await rx('a'), await rx('b'), await store.collect()]).toEqual([
      [1],
      1,
      0,
      { sessions: 2, messages: 1, bytes: 1 },
    ]);
  });

  test('fails with the error of the database itself, which is the application’s to know', async () => {
    order(1)(store.database);
    await expect(accept('a', [1], (_, { database }) => order(1)(database))).rejects.toMatchObject({
      code: 'ERR_SQLITE_ERROR',
    });
    expect(await rx('a')).toBe(0);
  });
});

describe('a handler that returns a promise', () => {
  test('writes at the commit of its message', async () => {
    const result = await accept('a', [1, 2], async ({ message: { seq } }, transaction) => {
      transaction.atCommit(order(seq));
      await null;
      transaction.atCommit(order(seq + 10));
      expect(orders()).not.toContain(seq);
    });
    expect(result).toEqual({ kind: 'accepted', rx: 2, gaps: [] });
    expect([orders(), await rx('a')]).toEqual([[1, 2, 11, 12], 2]);
  });

  test('leaves what was accepted before it as it is, where it fails', async () => {
    const failing = accept('a', [1, 2, 3], ({ message: { seq } }, transaction) => {
      if (seq === 1) return order(1)(transaction.database);
      transaction.atCommit(order(seq));
      return Promise.reject(new RangeError('mine'));
    });
    await expect(failing).rejects.toThrow('mine');
    expect([orders(), await rx('a')]).toEqual([[1], 1]);
  });

  test('is refused where it has used the database before, and that is undone', async () => {
    const failing = accept('a', [1], async (_, { database }) => order(1)(database));
    await expect(failing).rejects.toMatchObject({
      code: 'HANDLER_FAILED',
      remedy: expect.stringContaining('atCommit'),
    });
    expect([orders(), await rx('a')]).toEqual([[], 0]);
  });

  test('can not use the database after it has waited', async () => {
    const failing = accept('a', [1], async (_, transaction) => {
      await null;
      order(1)(transaction.database);
    });
    await expect(failing).rejects.toMatchObject({ code: 'TRANSACTION_OVER' });
    expect([orders(), await rx('a')]).toEqual([[], 0]);
  });

  test('fails with what it does at its commit', async () => {
    const failing = accept('a', [1], async (_, transaction) => {
      transaction.append('b', payload);
      transaction.atCommit(order(1));
      transaction.atCommit(() => {
        throw new RangeError('mine');
      });
    });
    await expect(failing).rejects.toThrow('mine');
    expect([orders(), await rx('a'), (await store.collect()).messages]).toEqual([[], 0, 0]);
  });

  test('holds up no other session, nor another process', async () => {
    const other = sqliteSessionStore({ path, busyMs: 1_000 });
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const slow = accept('a', [1], () => gate);
    expect(await accept('b', [1], () => {})).toMatchObject({ kind: 'accepted' });
    expect(await other.run({ op: 'append', sid: 'a', id: 1, payload })).toMatchObject({ kind: 'appended' });
    open();
    expect(await slow).toMatchObject({ kind: 'accepted', rx: 1 });
    other.close();
  });

  test('that is still at it when the store is closed has its message given back', async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const slow = accept('a', [1], async (_, transaction) => {
      await gate;
      transaction.append('b', payload);
    });
    const settled = Promise.resolve(slow).catch(({ code }: { code: string }) => code);
    await store.run({ op: 'append', sid: 'b', id: 1, payload });
    store.close();
    open();
    expect(await settled).toBe('CLOSED');
    store = sqliteSessionStore({ path });
    expect([await rx('a'), (await store.collect()).messages]).toEqual([0, 1]);
  });
});

test('what was asked for before the store is closed is done', async () => {
  const appended = store.run({ op: 'append', sid: 'a', id: 1, payload });
  store.close();
  expect(await appended).toMatchObject({ kind: 'appended' });
  store.close();
});
