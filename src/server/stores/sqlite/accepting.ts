import type { DatabaseSync } from 'node:sqlite';
import { SwitchoverError } from '../../../policy/error.ts';
import type { Range } from '../../../session/frames.ts';
import type { StoreResult } from '../../../session/serverState.ts';
import type { AcceptRequest, Apply } from '../../sessionStore.ts';
import { promiseOf } from '../apply.ts';
import { storeClosed } from '../errors.ts';
import type { StoreLimits } from '../limits.ts';
import { type AcceptPlan, appendTo, commitAccept, findAlive, planAccept } from '../steps.ts';
import { ApplicationFault } from './engine.ts';
import type { SqliteKeys } from './sqliteKeys.ts';
import type { SqliteSessions } from './sqliteSessions.ts';
import { MessageTransaction, type SqliteTransaction } from './sqliteTransaction.ts';
import type { UnitOfWork } from './unit.ts';

/** A handler that waits for something: its message, what comes before it, and what stands ready for its commit. */
export interface Waiting {
  readonly kind: 'waiting';
  readonly work: Promise<unknown>;
  readonly transaction: MessageTransaction;
  readonly seq: number;
  /** Ranges among what was accepted before it. */
  readonly gaps: readonly Range[];
}

/** What steps work on. */
export interface Tables {
  readonly database: DatabaseSync;
  readonly unit: UnitOfWork;
  readonly sessions: SqliteSessions;
  readonly keys: SqliteKeys;
}

/** How messages are accepted in SQLite. Each method is to be called in a transaction, and is done when it returns. */
export class Accepting {
  readonly #database: DatabaseSync;
  readonly #unit: UnitOfWork;
  readonly #sessions: SqliteSessions;
  readonly #keys: SqliteKeys;
  readonly #limits: StoreLimits;
  readonly #nowMs: () => number;

  constructor(tables: Tables, limits: StoreLimits, nowMs: () => number) {
    this.#database = tables.database;
    this.#unit = tables.unit;
    this.#sessions = tables.sessions;
    this.#keys = tables.keys;
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Accepts all, or all before the first message whose handler waits. */
  accept(request: AcceptRequest, apply: Apply<SqliteTransaction>): StoreResult | Waiting {
    const plan = this.#plan(request);
    if (plan.kind !== 'plan') return plan;
    for (const message of plan.fresh) {
      const transaction = new MessageTransaction(this.#database, (sid) => this.#exists(sid));
      const work = promiseOf(byApplication(() => apply(message, transaction)));
      if (work !== undefined) return this.#stopBefore(request, message.message.seq, work, transaction);
      this.#finish(transaction);
    }
    return this.#commit(plan);
  }

  /** Accepts the one message whose handler has come to its end, and what stands before it; the handler is not called again. */
  acceptWaited(request: AcceptRequest, { seq, transaction }: Waiting): StoreResult {
    const plan = this.#plan({ ...request, items: request.items.filter((item) => item.seq <= seq) });
    if (plan.kind !== 'plan') return plan;
    const [only, ...others] = plan.fresh;
    // Somebody else has accepted it, or its key: the next attach tells.
    if (only?.message.seq !== seq || others.length > 0) return { kind: 'failed', op: 'accept' };
    this.#finish(transaction);
    return this.#commit(plan);
  }

  #stopBefore(
    request: AcceptRequest,
    seq: number,
    work: Promise<unknown>,
    transaction: MessageTransaction,
  ): StoreResult | Waiting {
    // Where the step fails nobody waits for the work, so nobody would hear of its end.
    work.catch(() => {});
    try {
      transaction.wait();
      const before = this.#accepted({ ...request, items: request.items.filter((item) => item.seq < seq) });
      if (before.kind === 'accepted') return { kind: 'waiting', work, transaction, seq, gaps: before.gaps };
      transaction.end();
      return before;
    } catch (error) {
      transaction.end();
      throw error;
    }
  }

  #accepted(request: AcceptRequest): StoreResult {
    const plan = this.#plan(request);
    return plan.kind === 'plan' ? this.#commit(plan) : plan;
  }

  #plan(request: AcceptRequest) {
    return planAccept(this.#sessions, this.#keys, request, this.#unit.nowMs);
  }

  #commit(plan: AcceptPlan) {
    return commitAccept(this.#sessions, this.#keys, plan, this.#unit.nowMs, this.#limits.keys.keepMs);
  }

  #finish(transaction: MessageTransaction): void {
    byApplication(() => transaction.finish());
    // Some errors make the engine undo everything; where a handler has caught one, what follows would be committed by itself.
    if (this.#database.isTransaction === false) throw undone();
    for (const { sid, payload } of transaction.appends) {
      appendTo(this.#sessions, sid, payload, this.#unit.nowMs, this.#limits.replay);
    }
  }

  /** Also asked by handlers that have waited, outside of any transaction. */
  #exists(sid: string): boolean {
    if (this.#database.isOpen === false) throw storeClosed();
    return findAlive(this.#sessions, sid, this.#nowMs()) !== null;
  }
}

const undone = () =>
  new SwitchoverError('STORE_FAILED', 'A statement of a handler has failed, and with it the whole transaction.', {
    remedy: 'Let errors of the database leave the handler, and do not end its transaction.',
  });

function byApplication<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ApplicationFault(error);
  }
}
