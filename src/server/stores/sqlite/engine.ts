import type { DatabaseSync } from 'node:sqlite';
import { SwitchoverError } from '../../../policy/error.ts';

/** SQLite's primary result codes that mean something here (https://sqlite.org/rescode.html). */
const ERROR = 1;
const BUSY = 5;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/**
 * Opens a database file. The engine is looked up only now, so that a program which never asks for it runs where there is none.
 *
 * @throws SwitchoverError `STORE_UNUSABLE` where this runtime has no `node:sqlite`.
 */
export function openDatabase(path: string): DatabaseSync {
  const engine = globalThis.process?.getBuiltinModule?.('node:sqlite');
  if (engine === undefined) {
    throw new SwitchoverError('STORE_UNUSABLE', 'This runtime has no `node:sqlite`.', {
      remedy: 'Run Node 22.13 or newer, or give the session server another store.',
    });
  }
  return new engine.DatabaseSync(path);
}

/** SQLite's primary result code of an error; 0 for any other error. */
function resultCode(error: unknown): number {
  const from = typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) : 0;
  return Number.isInteger(from) ? from & 0xff : 0;
}

/** A statement that does not fit what is there: a table or a column is missing. */
export const isMismatch = (error: unknown): boolean => resultCode(error) === ERROR;

export const isBusy = (error: unknown): boolean => resultCode(error) === BUSY;

/** What the application has thrown, though it may be an error of the engine. */
export class ApplicationFault extends Error {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super();
    this.thrown = thrown;
  }
}

/** What an error of the engine means to who asked for a step. Any other error stays what it is. */
export function stepFault(error: unknown, path: string): unknown {
  if (error instanceof ApplicationFault) return error.thrown;
  const code = resultCode(error);
  if (code === 0) return error;
  if (code === FULL) {
    return new SwitchoverError('STORE_FULL', `There is no room left for ${path}.`, {
      remedy: remedyFor(code, path),
      cause: error,
    });
  }
  return new SwitchoverError('STORE_FAILED', `A step in ${path} could not be done.`, {
    remedy: remedyFor(code, path),
    cause: error,
  });
}

/** Why a file can't be the store. */
export function openFault(error: unknown, path: string): SwitchoverError {
  if (SwitchoverError.is(error)) return error;
  const remedy = remedyFor(resultCode(error), path);
  return new SwitchoverError('STORE_UNUSABLE', `${path} can't be used as a session store.`, { remedy, cause: error });
}

function remedyFor(code: number, path: string): string {
  switch (code) {
    case BUSY:
      return 'Another process holds the file. If that process is stopped in the middle of a step, continue or end it.';
    case READONLY:
    case CANTOPEN:
      return `Let this process read and write ${path}, and make files beside it, on a disk of this machine.`;
    case FULL:
      return `Free space on the disk of ${path}, or raise its limit.`;
    case CORRUPT:
    case NOTADB:
      return `Put ${path} aside, as it is damaged or no database, and begin with a new file: clients get new sessions.`;
    default:
      return `See the cause; ${path} must be a database file on a disk of this machine.`;
  }
}
