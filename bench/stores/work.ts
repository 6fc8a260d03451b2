import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SessionStore } from '../../src/server/sessionStore.ts';
import { memorySessionStore } from '../../src/server/stores/memorySessionStore.ts';
import type { Durability } from '../../src/server/stores/sqlite/openStore.ts';
import { sqliteSessionStore } from '../../src/server/stores/sqlite/sqliteSessionStore.ts';
import { payloadOf } from '../../src/session/payload.ts';

const SESSIONS = 200;
const PAYLOAD = payloadOf('x'.repeat(98)) ?? { text: '', binary: false };

export type Step = 'append' | 'accept' | 'acknowledge';

/** A store with sessions in it, and where each of them stands. */
export interface Loaded {
  readonly store: SessionStore;
  readonly numbers: Readonly<Record<Step, number[]>>;
}

export async function load(directory: string, durability: Durability | null): Promise<Loaded> {
  const replay = { count: 100 };
  const store =
    durability === null
      ? memorySessionStore({ replay })
      : sqliteSessionStore({ path: join(directory, `${durability}.db`), durability, replay });
  const begin = (at: number) => {
    const fresh = { sid: `s${at}`, stream: 'r', hash: 'h' };
    return store.run({
      op: 'attach',
      sid: '',
      stream: '',
      rx: 0,
      txLow: 1,
      subject: `u${at}`,
      hash: '',
      fresh,
      ttlMs: 1e9,
    });
  };
  await Promise.all(Array.from({ length: SESSIONS }, (_, at) => begin(at)));
  const numbers = () => Array.from({ length: SESSIONS }, () => 0);
  return { store, numbers: { append: numbers(), accept: numbers(), acknowledge: numbers() } };
}

function one({ store, numbers }: Loaded, step: Step, at: number) {
  const session = at % SESSIONS;
  const held = { sid: `s${session}`, epoch: 1, stream: 'r' };
  const number = (numbers[step][session] ?? 0) + 1;
  numbers[step][session] = number;
  if (step === 'append') return store.run({ op: 'append', sid: held.sid, id: at, payload: PAYLOAD });
  if (step === 'acknowledge') return store.run({ op: 'acknowledge', ...held, rx: number, ttlMs: 1e9 });
  const items = [{ kind: 'message', seq: number, key: null, data: at }] as const;
  return store.accept({ op: 'accept', ...held, items }, () => {});
}

/** Steps per second, with so many under way at once. */
export async function stepsPerSecond(loaded: Loaded, step: Step, width: number, ms: number): Promise<number> {
  const startMs = performance.now();
  let done = 0;
  const worker = async () => {
    while (performance.now() - startMs < ms) {
      const answer = one(loaded, step, done);
      done += 1;
      // A store that answers at once is not made to wait.
      if (answer instanceof Promise) await answer;
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return (done / (performance.now() - startMs)) * 1e3;
}

/** Rows per second into a plain table of the same kind of file, `width` of them in a transaction. */
export function insertsPerSecond(directory: string, durability: Durability, width: number, ms: number): number {
  const database = new DatabaseSync(join(directory, `plain-${durability}.db`));
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'};
    CREATE TABLE IF NOT EXISTS plain (id INTEGER PRIMARY KEY, session TEXT, text TEXT)`);
  const insert = database.prepare('INSERT INTO plain (session, text) VALUES (?, ?)');
  const startMs = performance.now();
  let done = 0;
  while (performance.now() - startMs < ms) {
    database.exec('BEGIN IMMEDIATE');
    for (let at = 0; at < width; at++) insert.run(`s${done++ % SESSIONS}`, PAYLOAD.text);
    database.exec('COMMIT');
  }
  const rate = (done / (performance.now() - startMs)) * 1e3;
  database.close();
  return rate;
}
