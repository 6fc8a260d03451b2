import { refuseUnknown } from '../../runtime/poolOptions.ts';
import type { Clock, MaybePromise } from '../../runtime/ports.ts';
import { systemClock } from '../../runtime/systemPorts.ts';
import type { StoreResult } from '../../session/serverState.ts';
import type {
  AcceptRequest,
  Apply,
  PlainRequest,
  SessionStore,
  StoreNews,
  StoreTransaction,
  StoreUsage,
} from '../sessionStore.ts';
import { applyAll } from './apply.ts';
import { storeClosed } from './errors.ts';
import { readStoreLimits, type StoreLimitOptions, type StoreLimits } from './limits.ts';
import { MemoryKeys } from './memoryKeys.ts';
import { MemoryLeases } from './memoryLeases.ts';
import { MemorySessions } from './memorySessions.ts';
import { NewsDesk } from './newsDesk.ts';
import { StagedTransaction } from './staging.ts';
import { type AcceptPlan, appendTo, commitAccept, findAlive, planAccept, runStep } from './steps.ts';

/** Options of {@link memorySessionStore}. */
export interface MemorySessionStoreOptions extends StoreLimitOptions {
  /** Time, for sessions and leases that run out. Default: the system's, which does not jump. */
  readonly clock?: Pick<Clock, 'now'>;
}

const KNOWN: ReadonlySet<string> = new Set(['replay', 'total', 'keys', 'clock']);
const TOTAL_BYTES = 268_435_456;

/**
 * Keeps sessions in the memory of one process: for tests, and for a single server whose clients may lose their sessions when it ends.
 *
 * Each step is done and answered at once. A handler that returns a promise holds up what attaches to its session, and what that
 * session sends, until it is settled; all else goes on. Its appends are there when it has resolved, or not at all. `total.bytes` is
 * 256 MiB if not given.
 *
 * @throws SwitchoverError `INVALID_OPTION`. The store's calls reject with `STORE_FULL` where a limit of `total` is reached and all
 * sessions are alive, with `CLOSED` after `close`, and `accept` with what the application threw.
 */
export function memorySessionStore(options: MemorySessionStoreOptions = {}): SessionStore {
  refuseUnknown(options, KNOWN);
  return new MemorySessionStore(readStoreLimits(options, TOTAL_BYTES), options.clock ?? systemClock);
}

class MemorySessionStore implements SessionStore {
  readonly leases: MemoryLeases;
  readonly #limits: StoreLimits;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #news = new NewsDesk(queueMicrotask);
  readonly #sessions: MemorySessions;
  readonly #keys: MemoryKeys;
  /** Sessions with a message that the application is still at, and the end of that. */
  readonly #applying = new Map<string, Promise<unknown>>();
  #closed = false;

  constructor(limits: StoreLimits, clock: Pick<Clock, 'now'>) {
    const nowMs = () => clock.now();
    this.#limits = limits;
    this.#clock = clock;
    this.#sessions = new MemorySessions(limits.total, this.#news, nowMs);
    this.#keys = new MemoryKeys(limits.keys);
    this.leases = new MemoryLeases(nowMs);
  }

  run(request: PlainRequest): MaybePromise<StoreResult> {
    if (this.#closed) return Promise.reject(storeClosed());
    const busy = request.op === 'attach' ? this.#applying.get(request.sid) : undefined;
    if (busy !== undefined) return busy.then(() => this.run(request));
    try {
      return runStep(this.#sessions, request, this.#clock.now(), this.#limits.replay);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  accept(request: AcceptRequest, apply: Apply<StoreTransaction>): MaybePromise<StoreResult> {
    if (this.#closed) return Promise.reject(storeClosed());
    const busy = this.#applying.get(request.sid);
    if (busy !== undefined) return busy.then(() => this.accept(request, apply));
    const plan = planAccept(this.#sessions, this.#keys, request, this.#clock.now());
    if (plan.kind !== 'plan') return plan;
    const transaction = new StagedTransaction((sid) => findAlive(this.#sessions, sid, this.#clock.now()) !== null);
    try {
      const pending = applyAll(plan.fresh, apply, transaction);
      if (pending === undefined) return this.#commit(plan, transaction);
      return this.#holdUp(request.sid, this.#commitAfter(pending, plan, transaction));
    } catch (error) {
      transaction.end();
      return Promise.reject(error);
    }
  }

  sessionsOf(subject: string): readonly string[] {
    return this.#sessions.ofSubject(subject);
  }

  watch(listener: (news: StoreNews) => void): () => void {
    return this.#news.watch(listener);
  }

  collect(): StoreUsage {
    this.#sessions.collect();
    this.#keys.collect(this.#clock.now());
    return this.#sessions.usage;
  }

  close(): void {
    this.#closed = true;
    this.#news.close();
  }

  async #commitAfter(pending: Promise<void>, plan: AcceptPlan, transaction: StagedTransaction): Promise<StoreResult> {
    try {
      await pending;
    } catch (error) {
      transaction.end();
      throw error;
    }
    if (this.#closed) throw storeClosed();
    return this.#commit(plan, transaction);
  }

  #commit(plan: AcceptPlan, transaction: StagedTransaction): StoreResult {
    transaction.end();
    const { appends, bytes } = transaction;
    const nowMs = this.#clock.now();
    // Whatever could fail comes before the first change.
    if (appends.length > 0) this.#sessions.makeRoom(0, appends.length, bytes);
    const result = commitAccept(this.#sessions, this.#keys, plan, nowMs, this.#limits.keys.keepMs);
    if (result.kind !== 'accepted') return result;
    for (const { sid, payload } of appends) appendTo(this.#sessions, sid, payload, nowMs, this.#limits.replay);
    return result;
  }

  #holdUp(sid: string, work: Promise<StoreResult>): Promise<StoreResult> {
    const end = () => void this.#applying.delete(sid);
    // What waits looks again once the session is free; whether the work failed is no matter of theirs.
    this.#applying.set(sid, work.then(end, end));
    return work;
  }
}
