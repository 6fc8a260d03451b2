import type { DatabaseSync } from 'node:sqlite';
import { SwitchoverError } from '../../../policy/error.ts';
import { isBusy, openDatabase, openFault } from './engine.ts';
import { ensureSchema, forgetSessions } from './schema.ts';
import { type MachineClock, openStoreClock } from './storeClock.ts';

/** What a loss of power may take back: nothing that was answered, or the last moments. */
export type Durability = 'power' | 'process';

/** How long opening waits for others that open or write the file just now, in milliseconds. */
const OPEN_MS = 5_000;
const TRY_MS = 10;
/** The write-ahead log is cut to this when it has been worked in. */
const LOG_BYTES = 67_108_864;

/** A database with the tables of a store in it, and the time that it goes by. */
export interface OpenStore {
  readonly database: DatabaseSync;
  readonly nowMs: () => number;
}

/** @throws SwitchoverError `STORE_UNUSABLE`. */
export function openStore(path: string, durability: Durability, machine: MachineClock): OpenStore {
  let database: DatabaseSync | null = null;
  try {
    const opened = openDatabase(path);
    database = opened;
    patiently(machine, () => useWriteAheadLog(opened, path));
    opened.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
    opened.exec(`PRAGMA journal_size_limit = ${LOG_BYTES}`);
    const nowMs = patiently(machine, () => prepare(opened, path, durability, machine));
    return { database: opened, nowMs };
  } catch (error) {
    database?.close();
    throw openFault(error, path);
  }
}

function useWriteAheadLog(database: DatabaseSync, path: string): void {
  const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
  // A database in memory has no log, and nobody to share it with.
  if (mode === 'wal' || mode === 'memory') return;
  throw new SwitchoverError('STORE_UNUSABLE', `${path} can't have a write-ahead log (it says ${String(mode)}).`, {
    remedy: 'Put the file on a disk of this machine.',
  });
}

function prepare(database: DatabaseSync, path: string, durability: Durability, machine: MachineClock): () => number {
  database.exec('BEGIN IMMEDIATE');
  try {
    ensureSchema(database, path);
    const { nowMs, restarted } = openStoreClock(database, machine);
    // Nobody can tell how the machine went down. If it crashed, the file was set back, and would give numbers a second time.
    if (restarted && durability === 'process') forgetSessions(database);
    database.exec('COMMIT');
    return nowMs;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

/** Tries again while others hold the file. SQLite's own waiting does not cover the change of a journal's mode. */
function patiently<T>(machine: MachineClock, work: () => T): T {
  const untilMs = machine.now() + OPEN_MS;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || machine.now() > untilMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRY_MS);
    }
  }
}
