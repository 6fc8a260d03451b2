import type { DatabaseSync } from 'node:sqlite';
import { refuseUnknown } from '../../../runtime/poolOptions.ts';
import { systemClock } from '../../../runtime/systemPorts.ts';
import type { Range } from '../../../session/frames.ts';
import type { StoreResult } from '../../../session/serverState.ts';
import type { LeaseStore } from '../../leaseStore.ts';
import type { AcceptRequest, Apply, PlainRequest, SessionStore, StoreNews, StoreUsage } from '../../sessionStore.ts';
import {
  countOf,
  invalidLimit,
  readStoreLimits,
  STORE_LIMITS,
  type StoreLimitOptions,
  type StoreLimits,
} from '../limits.ts';
import { NewsDesk } from '../newsDesk.ts';
import { runStep } from '../steps.ts';
import { Accepting, type Waiting } from './accepting.ts';
import { stepFault } from './engine.ts';
import { GroupCommit } from './groupCommit.ts';
import { NewsPoll } from './newsPoll.ts';
import { type Durability, type OpenStore, openStore } from './openStore.ts';
import { SqliteKeys } from './sqliteKeys.ts';
import { SqliteLeases } from './sqliteLeases.ts';
import { SqliteSessions } from './sqliteSessions.ts';
import type { SqliteTransaction } from './sqliteTransaction.ts';
import { type MachineClock, machineClock } from './storeClock.ts';
import { UnitOfWork } from './unit.ts';

/** Options of {@link sqliteSessionStore}. */
export interface SqliteSessionStoreOptions extends StoreLimitOptions {
  /**
   * The database's file, on a disk of this machine; it is made where there is none. It may be the application's own database: then what
   * a message does there, and that it was accepted, are one transaction. All tables of the store begin with `switchover_`.
   */
  readonly path: string;
  /**
   * What survives. `power`: what was answered survives the loss of power (`synchronous = FULL`: one `fsync` a transaction). `process`: it
   * survives the end of processes, however sudden, but a loss of power, or a crash of the system, may set the file back by its last
   * moments. So once the machine was started again all sessions are over, and clients are told so. Default `power`.
   */
  readonly durability?: Durability;
  /**
   * How long a step waits for a file that other processes hold before it fails, in milliseconds. A statement of your own on `database`
   * waits as long, and the event loop with it: it is done at once, or not at all. Default 5,000.
   */
  readonly busyMs?: number;
  /** Between two looks for what other processes have done, in milliseconds, while somebody watches. Default 20. */
  readonly pollMs?: number;
}

/** A session store in a SQLite file. */
export interface SqliteSessionStore extends SessionStore<SqliteTransaction> {
  /**
   * The connection, to make tables and prepare statements. What is written through it outside of a handler commits by itself, at once;
   * while another process holds the file it waits, for `busyMs` at most.
   */
  readonly database: DatabaseSync;
  /**
   * Does what was asked for, as far as the file is free, and closes it. Handlers that wait are not waited for: their messages come again.
   *
   * @throws SwitchoverError `STORE_FULL` or `STORE_FAILED` where the file can't be closed.
   */
  close(): void;
}

export const SQLITE_DEFAULTS = { busyMs: 5_000, pollMs: 20 } as const;

const KNOWN: ReadonlySet<string> = new Set(['path', 'durability', 'busyMs', 'pollMs', 'replay', 'total', 'keys']);
/** What one call of `collect` deletes of a kind at most. */
const BATCH = 1_000;

/**
 * Keeps sessions in a SQLite file, by Node's own `node:sqlite` (22.13 or newer): they survive the processes, and several processes of
 * one machine share them. Not for a network file system.
 *
 * Steps that come in one turn of the event loop share a transaction; none is answered before it is committed. A handler of messages
 * runs in that transaction, where it writes through `transaction.database`. A handler that returns a promise can't: no transaction is
 * kept open for it, what it appends and what it gives to `transaction.atCommit` is committed with its message once it has resolved,
 * and it is called again where the session was taken over meanwhile by another process.
 *
 * @throws SwitchoverError `INVALID_OPTION`; `STORE_UNUSABLE` where there is no `node:sqlite`, or the file can't be opened, written, or is
 * damaged, or of another version. The store's calls reject with `STORE_FULL` where the disk or a limit of `total` is full, with
 * `STORE_FAILED` where the engine fails otherwise, with `CLOSED` after `close`, and `accept` with what the application threw.
 */
export function sqliteSessionStore(options: SqliteSessionStoreOptions): SqliteSessionStore {
  return sqliteSessionStoreBy(options, machineClock());
}

/** The same by another clock of the machine, for tests. */
export function sqliteSessionStoreBy(options: SqliteSessionStoreOptions, machine: MachineClock): SqliteSessionStore {
  refuseUnknown(options, KNOWN);
  const { path, durability = 'power', busyMs = SQLITE_DEFAULTS.busyMs, pollMs = SQLITE_DEFAULTS.pollMs } = options;
  if (typeof path !== 'string' || path === '' || path.includes('\0')) throw invalidLimit('path', 'is no usable path');
  if (durability !== 'power' && durability !== 'process')
    throw invalidLimit('durability', `can't be ${String(durability)}`);
  const waits = { busyMs: countOf('busyMs', busyMs), pollMs: countOf('pollMs', pollMs) };
  const limits = readStoreLimits(options, STORE_LIMITS.total.bytes);
  return new FileSessionStore(openStore(path, durability, machine), path, limits, waits);
}

class FileSessionStore implements SqliteSessionStore {
  readonly leases: LeaseStore;
  readonly #open: OpenStore;
  readonly #path: string;
  readonly #limits: StoreLimits;
  readonly #unit: UnitOfWork;
  readonly #sessions: SqliteSessions;
  readonly #keys: SqliteKeys;
  readonly #group: GroupCommit;
  readonly #accepting: Accepting;
  readonly #news = new NewsDesk((flush) => void setImmediate(flush));
  readonly #poll: NewsPoll;
  /** Sessions with a message that the application is still at, and the end of that. */
  readonly #applying = new Map<string, Promise<unknown>>();

  constructor(open: OpenStore, path: string, limits: StoreLimits, waits: { busyMs: number; pollMs: number }) {
    const { database, nowMs } = open;
    const writer = Math.floor(Math.random() * 2 ** 48);
    this.#open = open;
    this.#path = path;
    this.#limits = limits;
    this.#unit = new UnitOfWork(database);
    this.#sessions = new SqliteSessions(database, this.#unit, limits.total, writer);
    this.#keys = new SqliteKeys(database, this.#unit, limits.keys);
    const tables = { database, unit: this.#unit, sessions: this.#sessions, keys: this.#keys };
    this.#accepting = new Accepting(tables, limits, nowMs);
    const { busyMs, pollMs } = waits;
    const tell = (news: StoreNews) => this.#news.tell(news);
    this.#group = new GroupCommit({ database, unit: this.#unit, path, clock: systemClock, nowMs, busyMs, tell });
    this.#poll = new NewsPoll(database, systemClock, { pollMs, writer, tell });
    this.leases = this.#makeLeases(new SqliteLeases(database));
  }

  get database(): DatabaseSync {
    return this.#open.database;
  }

  run(request: PlainRequest): Promise<StoreResult> {
    const busy = request.op === 'attach' ? this.#applying.get(request.sid) : undefined;
    if (busy !== undefined) return busy.then(() => this.run(request));
    const step = () => runStep(this.#sessions, request, this.#unit.nowMs, this.#limits.replay);
    return this.#group.step(step, request.op === 'read' ? 'read' : 'write');
  }

  async accept(request: AcceptRequest, apply: Apply<SqliteTransaction>): Promise<StoreResult> {
    for (;;) {
      const busy = this.#applying.get(request.sid);
      if (busy === undefined) break;
      await busy;
    }
    const done = await this.#group.step(() => this.#accepting.accept(request, apply), 'once');
    if (done.kind !== 'waiting') return done;
    const finished = this.#finish(request, done);
    const end = () => void this.#applying.delete(request.sid);
    this.#applying.set(request.sid, finished.then(end, end));
    const one = await finished;
    return one.kind === 'accepted' ? this.#acceptRest(request, apply, [...done.gaps, ...one.gaps], one.rx) : one;
  }

  sessionsOf(subject: string): Promise<readonly string[]> {
    return this.#group.step(() => this.#sessions.ofSubject(subject), 'read');
  }

  watch(listener: (news: StoreNews) => void): () => void {
    const end = this.#news.watch(listener);
    this.#poll.start();
    return () => {
      end();
      if (!this.#news.watched) this.#poll.stop();
    };
  }

  collect(): Promise<StoreUsage> {
    return this.#group.step(() => {
      this.#sessions.collect(BATCH);
      this.#keys.collect(BATCH);
      const { sessions, messages, bytes } = this.#unit.totals;
      return { sessions, messages, bytes };
    });
  }

  close(): void {
    this.#group.close();
    this.#poll.stop();
    this.#news.close();
    try {
      this.database.close();
    } catch (error) {
      // Closed before.
      if (this.database.isOpen) throw stepFault(error, this.#path);
    }
  }

  /** The handler comes to its end; then its message is accepted. */
  async #finish(request: AcceptRequest, waiting: Waiting): Promise<StoreResult> {
    try {
      await waiting.work;
      return await this.#group.step(() => this.#accepting.acceptWaited(request, waiting), 'once');
    } finally {
      waiting.transaction.end();
    }
  }

  async #acceptRest(
    request: AcceptRequest,
    apply: Apply<SqliteTransaction>,
    gaps: readonly Range[],
    rx: number,
  ): Promise<StoreResult> {
    const items = request.items.filter(({ seq }) => seq > rx);
    if (items.length === 0) return { kind: 'accepted', rx, gaps };
    const rest = await this.accept({ ...request, items }, apply);
    return rest.kind === 'accepted' ? { ...rest, gaps: [...gaps, ...rest.gaps] } : rest;
  }

  #makeLeases(leases: SqliteLeases): LeaseStore {
    const now = () => this.#unit.nowMs;
    return {
      acquire: (name, holder, ttlMs) => this.#group.step(() => leases.acquire(name, holder, ttlMs, now())),
      release: (name, holder, epoch) => this.#group.step(() => leases.release(name, holder, epoch, now())),
      read: (name) => this.#group.step(() => leases.read(name, now()), 'read'),
    };
  }
}
