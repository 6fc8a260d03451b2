import { createStore, del, get, keys, set, type UseStore, update } from 'idb-keyval';
import { SwitchoverError } from '../policy/error.ts';
import { invalidOption, refuseUnknown } from '../policy/fill.ts';
import type { KeyValueStore } from '../runtime/ports.ts';
import { DATABASE } from '../site/names.ts';

/** Options of {@link idbStore}. */
export interface IdbStoreOptions {
  /**
   * The database's name. It belongs to this store alone: a database that another library has made holds no place for ours. Default
   * `switchover`, which the service worker reads, too.
   */
  readonly database?: string;
}

/** A store in IndexedDB. */
export interface IdbStore extends KeyValueStore {
  /** Gives the value of a key. Rejects with `STORAGE_FAILED`, as every call here. */
  get(key: string): Promise<string | undefined>;
  /** Stores a value, in place of the one that is there. */
  set(key: string, value: string): Promise<void>;
  /** Takes a key away. One that is not there is let be. */
  delete(key: string): Promise<void>;
  /** Changes a value in one transaction, which no other tab nor the worker can get in between. */
  update(key: string, change: (value: string | undefined) => string | undefined): Promise<void>;
  /** The keys of all that is stored. */
  keys(): Promise<readonly string[]>;
}

/**
 * Keeps state in IndexedDB: it outlives the page, is shared by the tabs of an origin and by its service worker, and its `update`
 * is atomic over all of them. What must have one owner, as a channel's session, is owned by the origin's Web Locks.
 *
 * Nothing is opened before the first call. A connection that the browser has closed (iOS does: idb-keyval#165), or that was closed to
 * let another page delete the database, is made anew, and what failed with it is tried once more: a transaction that did not come to
 * its end has changed nothing.
 *
 * @returns A store whose calls reject with `STORAGE_FAILED` where there is no IndexedDB, where it is blocked or full, or where the
 * database is another's.
 * @throws SwitchoverError `INVALID_OPTION`.
 */
export function idbStore(options: IdbStoreOptions = {}): IdbStore {
  const use = steady(databaseOf(options));
  const told = (verb: string, key: string, work: Promise<void>) => work.catch((cause) => fail(verb, key, cause));
  return {
    get: (key) => get<string>(key, use).catch((cause) => fail('read', key, cause)),
    set: (key, value) => told('written', key, set(key, value, use)),
    delete: (key) => told('deleted', key, del(key, use)),
    update: (key, change) => told('changed', key, update<string | undefined>(key, change, use)),
    keys: () => keys<string>(use).catch((cause) => fail('listed', 'its keys', cause)),
  };
}

function databaseOf(options: IdbStoreOptions): string {
  refuseUnknown(options, ['database']);
  const { database = DATABASE.name } = options;
  if (typeof database !== 'string' || database === '') {
    throw invalidOption(`database can't be ${JSON.stringify(database)}`, 'Give a name.');
  }
  return database;
}

/** A database's one object store, over connections that may be closed at any time. */
export function steady(database: string): UseStore {
  const open = () => createStore(database, DATABASE.store);
  let use: UseStore | undefined;
  return async (mode, callback) => {
    const attempt = () => {
      use ??= open();
      const mine = use;
      return mine(mode, (store) => {
        const { db } = store.transaction;
        // Whoever wants to delete the database waits until nobody has it open.
        db.onversionchange = () => {
          db.close();
          if (use === mine) use = undefined;
        };
        return callback(store);
      });
    };
    try {
      return await attempt();
    } catch (error) {
      if (!isClosedConnection(error)) throw error;
      use = undefined;
      return attempt();
    }
  };
}

/** `AbortError` is what a transaction ends with whose connection goes; `UnknownError` is Safari's, whose database process was killed. */
const CLOSED: ReadonlySet<unknown> = new Set(['InvalidStateError', 'AbortError', 'UnknownError']);

const isClosedConnection = (error: unknown): boolean => CLOSED.has(nameOf(error));

const nameOf = (error: unknown): unknown => (error as { readonly name?: unknown } | null | undefined)?.name;

function fail(verb: string, key: string, cause: unknown): never {
  const message = `${JSON.stringify(key.slice(0, 80))} could not be ${verb}.`;
  throw new SwitchoverError('STORAGE_FAILED', message, { remedy: remedyFor(cause), cause });
}

function remedyFor(cause: unknown): string {
  switch (nameOf(cause)) {
    case 'ReferenceError':
    case 'TypeError':
      return 'This platform has no IndexedDB: give another storage.';
    case 'SecurityError':
    case 'NotAllowedError':
      return 'The browser keeps this page from storing anything: what it knows ends with it.';
    case 'QuotaExceededError':
      return 'The origin has used up its space: store less in it, or ask for more by navigator.storage.persist().';
    case 'NotFoundError':
    case 'VersionError':
      return 'Give the store a database of its own: this one was made by another program.';
    default:
      return 'See the cause; what is stored may be gone, and the work goes on.';
  }
}
