import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../../../runtime/ports.ts';
import type { StoreNews } from '../../sessionStore.ts';
import { storeClosed } from '../errors.ts';
import { isBusy, stepFault } from './engine.ts';
import type { UnitOfWork } from './unit.ts';

/** Steps that share one transaction at most: other processes want the file, too, and so does the event loop. */
const MOST = 256;
/** Between two tries to get a file that another process holds, in milliseconds. */
const LEAST_PAUSE_MS = 1;
const MOST_PAUSE_MS = 20;

/** Reads only; writes, and may be done again where it was undone; or calls the application, which is not called twice. */
export type StepKind = 'read' | 'write' | 'once';

interface Step {
  readonly kind: StepKind;
  readonly askedMs: number;
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly step: Step; readonly value?: unknown; readonly error?: unknown };

export interface GroupSettings {
  readonly database: DatabaseSync;
  readonly unit: UnitOfWork;
  readonly path: string;
  readonly clock: Clock;
  readonly nowMs: () => number;
  /** How long a step, and the application's own statement, waits for a file that another process holds. */
  readonly busyMs: number;
  /** Told what has been committed, after those who asked for it. */
  readonly tell: (news: StoreNews) => void;
}

/**
 * Runs steps in transactions: those that come in one turn of the event loop share one, so that they share its cost. Each step is still
 * whole by itself (a savepoint), and none is answered before the commit.
 */
export class GroupCommit {
  readonly #options: GroupSettings;
  readonly #sql: Readonly<
    Record<'begin' | 'beginRead' | 'commit' | 'rollback' | 'save' | 'release' | 'undo', StatementSync>
  >;
  #queue: Step[] = [];
  #scheduled = false;
  /** Another process holds the file. */
  #busy = false;
  #pauseMs = LEAST_PAUSE_MS;
  #closed = false;

  constructor(options: GroupSettings) {
    const sql = (text: string) => options.database.prepare(text);
    this.#options = options;
    this.#sql = {
      begin: sql('BEGIN IMMEDIATE'),
      beginRead: sql('BEGIN'),
      commit: sql('COMMIT'),
      rollback: sql('ROLLBACK'),
      save: sql('SAVEPOINT switchover_step'),
      release: sql('RELEASE switchover_step'),
      undo: sql('ROLLBACK TO switchover_step'),
    };
    this.#letWait(options.busyMs);
  }

  /** Does `run` in a transaction, and gives what it gives. It must be done when it returns. */
  step<T>(run: () => T, kind: StepKind = 'write'): Promise<T> {
    if (this.#closed) return Promise.reject(storeClosed());
    return new Promise((resolve, reject) => {
      const askedMs = this.#options.clock.now();
      this.#queue.push({ kind, askedMs, run, resolve: resolve as (value: unknown) => void, reject });
      this.#schedule();
    });
  }

  /** Does what has been asked for; takes nothing more. */
  close(): void {
    this.#closed = true;
    while (this.#queue.length > 0 && !this.#busy) this.#turn();
    for (const { reject } of this.#queue.splice(0)) reject(storeClosed());
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    const turn = () => {
      this.#scheduled = false;
      if (!this.#closed) this.#turn();
      this.#schedule();
    };
    // After the turn's I/O, so that what has come together goes together.
    if (!this.#busy) setImmediate(turn);
    else this.#options.clock.setTimer(turn, this.#pauseMs * (0.5 + Math.random() / 2));
  }

  #turn(): void {
    const steps = this.#queue.slice(0, MOST);
    const fault = this.#begin(steps.some(({ kind }) => kind !== 'read'));
    this.#busy = isBusy(fault);
    if (this.#busy) {
      this.#onBusy(fault);
      return;
    }
    this.#pauseMs = LEAST_PAUSE_MS;
    this.#queue = this.#queue.slice(steps.length);
    if (fault === null) this.#finish(steps);
    else this.#reject(steps, fault);
  }

  /** Begins a transaction; what has kept it from that, or null. */
  #begin(writes: boolean): unknown {
    try {
      this.#letWait(0);
      (writes ? this.#sql.begin : this.#sql.beginRead).run();
      this.#options.unit.begin(this.#options.nowMs());
      return null;
    } catch (error) {
      this.#rollback();
      return error;
    } finally {
      this.#letWait(this.#options.busyMs);
    }
  }

  /**
   * How long the engine waits for the file itself. That stops the event loop, so no step begins that way: it tries again by a timer. An
   * application's own statement knows no other way to wait. (Not prepared: this pragma acts when it is compiled.)
   */
  #letWait(ms: number): void {
    try {
      this.#options.database.exec(`PRAGMA busy_timeout = ${ms}`);
    } catch {
      // Somebody has closed it: who asks for a step hears of that.
    }
  }

  /** Who only reads need not wait; who has waited for too long has failed. */
  #onBusy(fault: unknown): void {
    this.#pauseMs = Math.min(MOST_PAUSE_MS, this.#pauseMs * 2);
    const reads = this.#queue.filter(({ kind }) => kind === 'read');
    if (reads.length > 0 && this.#begin(false) === null) {
      this.#queue = this.#queue.filter(({ kind }) => kind !== 'read');
      this.#finish(reads);
    }
    const sinceMs = this.#options.clock.now() - this.#options.busyMs;
    const late = this.#queue.filter(({ askedMs }) => askedMs <= sinceMs);
    this.#queue = this.#queue.slice(late.length);
    this.#reject(late, fault);
  }

  #finish(steps: readonly Step[]): void {
    const outcomes = this.#runAll(steps);
    if (outcomes === null) return;
    for (const outcome of outcomes) {
      if ('error' in outcome) outcome.step.reject(outcome.error);
      else outcome.step.resolve(outcome.value);
    }
    const { unit, tell } = this.#options;
    for (const news of unit.news) tell(news);
  }

  /** Null where there is nothing to be told yet, or all has been. */
  #runAll(steps: readonly Step[]): readonly Outcome[] | null {
    try {
      const [only, ...others] = steps;
      if (only !== undefined && others.length === 0) return this.#runAlone(only);
      const outcomes = steps.map((step) => this.#run(step));
      if (steps.some(({ kind }) => kind !== 'read')) this.#options.unit.save();
      this.#sql.commit.run();
      return outcomes;
    } catch (error) {
      this.#rollback();
      if (error instanceof Undone) this.#onUndone(steps, error);
      else this.#reject(steps, error);
      return null;
    }
  }

  /** One step needs no savepoint: where it fails, so does the transaction. */
  #runAlone(step: Step): readonly Outcome[] | null {
    const outcome = this.#attempt(step);
    if ('error' in outcome) {
      this.#rollback();
      step.reject(outcome.error);
      return null;
    }
    if (step.kind !== 'read') this.#options.unit.save();
    this.#sql.commit.run();
    return [outcome];
  }

  #run(step: Step): Outcome {
    if (step.kind === 'read') return this.#attempt(step);
    const restore = this.#options.unit.mark();
    this.#sql.save.run();
    const outcome = this.#attempt(step);
    if ('error' in outcome) {
      this.#undo(outcome);
      restore();
    }
    this.#sql.release.run();
    return outcome;
  }

  #undo(outcome: Outcome): void {
    try {
      this.#sql.undo.run();
    } catch {
      throw new Undone(outcome);
    }
  }

  /** Some errors make the engine undo the whole transaction: a full disk, for one. The other steps do not suffer for it. */
  #onUndone(steps: readonly Step[], { outcome }: Undone): void {
    const at = steps.indexOf(outcome.step);
    const again = steps.filter(({ kind }, place) => place > at || (place < at && kind !== 'once'));
    this.#queue = [...again, ...this.#queue];
    const failed = steps.filter((step) => !again.includes(step));
    for (const { reject } of failed) reject(outcome.error);
  }

  #attempt(step: Step): Outcome {
    try {
      return { step, value: step.run() };
    } catch (error) {
      return { step, error: stepFault(error, this.#options.path) };
    }
  }

  #rollback(): void {
    try {
      this.#sql.rollback.run();
    } catch {
      // There is none, or the engine has done it.
    }
  }

  #reject(steps: readonly Step[], error: unknown): void {
    const fault = stepFault(error, this.#options.path);
    for (const { reject } of steps) reject(fault);
  }
}

/** The engine has undone the transaction because of this step. */
class Undone extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super();
    this.outcome = outcome;
  }
}
