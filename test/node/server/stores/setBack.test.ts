import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type SqliteSessionStore,
  sqliteSessionStore,
} from '../../../../src/server/stores/sqlite/sqliteSessionStore.ts';
import { scratch } from './sqliteUnderTest.ts';

let directory = '';
let remove = () => {};
beforeEach(() => {
  ({ directory, remove } = scratch());
});
afterEach(() => remove());

const payload = { text: '"x"', binary: false };
const append = (store: SqliteSessionStore, sid: string) => store.run({ op: 'append', sid, id: 1, payload });
const attach = (store: SqliteSessionStore, from: { sid: string; rx: number }, fresh: string) =>
  store.run({
    ...{ op: 'attach', sid: from.sid, stream: 'r', rx: from.rx, txLow: 1, subject: 'ann', hash: 'h', ttlMs: 1e6 },
    fresh: { sid: fresh, stream: `${fresh}-log`, hash: 'h' },
  });

/** What docs/stores.md says to run before a server opens a file that was set back. */
function forget(path: string): void {
  const guide = readFileSync(new URL('../../../../docs/stores.md', import.meta.url), 'utf8');
  const sql = /```sql\n([\s\S]*?)```/.exec(guide)?.[1] ?? expect.unreachable('no SQL');
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

test('a file that was set back gives no number twice once it has forgotten its sessions, as the guide says', async () => {
  const path = join(directory, 'sessions.db');
  const backup = join(directory, 'backup.db');
  let store = sqliteSessionStore({ path });
  await attach(store, { sid: '', rx: 0 }, 's');
  await append(store, 's');
  store.close();
  copyFileSync(path, backup);
  store = sqliteSessionStore({ path });
  for (let n = 0; n < 2; n++) await append(store, 's');
  store.close();

  // The client has all three. Others have said as much again before it comes back.
  forget(backup);
  store = sqliteSessionStore({ path: backup });
  expect(await append(store, 's')).toMatchObject({ kind: 'failed' });
  const back = await attach(store, { sid: 's', rx: 3 }, 't');
  expect(back).toMatchObject({ kind: 'attached', result: 'new', lost: { s2c: 'unknown', c2s: 'unknown' } });
  expect(await append(store, 't')).toMatchObject({ kind: 'appended', stream: 't-log', seq: 1 });
  expect(await store.collect()).toEqual({ sessions: 1, messages: 1, bytes: 3 });
  store.close();
});
