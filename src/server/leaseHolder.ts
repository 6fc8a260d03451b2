import { SwitchoverError } from '../policy/error.ts';
import { Emitter } from '../runtime/emitter.ts';
import type { Clock, MaybePromise, Random } from '../runtime/ports.ts';
import { LeaseJobs, leaseLost } from './leaseJobs.ts';
import type { LeaseRecord, LeaseStore } from './leaseStore.ts';
import type { Lease, LeaseEvents, LeaseRun, LeaseTask, LeaseTerm } from './leaseTypes.ts';

export interface LeaseSettings {
  readonly leases: LeaseStore;
  readonly name: string;
  readonly holder: string;
  /** The holder as the store has it: no other instance, nor another life of this one, is called the same. */
  readonly me: string;
  readonly ttlMs: number;
  readonly marginMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

type State =
  | { readonly kind: 'standby' }
  /** Safe until then by this instance's own clock. */
  | { readonly kind: 'active'; readonly epoch: number; readonly untilMs: number }
  | { readonly kind: 'released' };

/** Somebody else's term, and until when it was known to last. */
interface Seen {
  readonly term: LeaseTerm;
  readonly untilMs: number;
}

export class LeaseHolder implements Lease {
  readonly #settings: LeaseSettings;
  readonly #events = new Emitter<LeaseEvents>();
  readonly #jobs: LeaseJobs;
  #state: State = { kind: 'standby' };
  #seen: Seen | null = null;
  /** What `standby` has told last; undefined: nothing. */
  #told: string | undefined;
  /** Questions to the store are numbered, so that a late answer is known as such. */
  #asked = 0;
  #answered = 0;
  #cancelTry: () => void = () => {};
  #cancelEnd: () => void = () => {};

  constructor(settings: LeaseSettings) {
    this.#settings = settings;
    this.#jobs = new LeaseJobs(() => this.epoch);
  }

  get isActive(): boolean {
    return this.epoch !== null;
  }

  get epoch(): number | null {
    const state = this.#state;
    return state.kind === 'active' && this.#nowMs() < state.untilMs ? state.epoch : null;
  }

  get current(): LeaseTerm | null {
    const { epoch } = this;
    if (epoch !== null) return { holder: this.#settings.holder, epoch };
    return this.#seen !== null && this.#nowMs() < this.#seen.untilMs ? this.#seen.term : null;
  }

  on<Name extends keyof LeaseEvents>(name: Name, listener: LeaseEvents[Name]): void {
    this.#events.on(name, listener);
  }

  off<Name extends keyof LeaseEvents>(name: Name, listener: LeaseEvents[Name]): void {
    this.#events.off(name, listener);
  }

  start(): void {
    // Whoever made the lease listens first.
    this.#tryIn(0);
  }

  async run<T>(job: (task: LeaseTask) => MaybePromise<T>): Promise<LeaseRun<T>> {
    if (this.#state.kind === 'released') throw released();
    const { epoch } = this;
    if (epoch === null) return { ran: false, current: this.current };
    return { ran: true, value: await this.#jobs.run(epoch, job) };
  }

  async release(): Promise<void> {
    const state = this.#state;
    if (state.kind === 'released') return;
    const { epoch } = this;
    this.#cancelTry();
    this.#cancelEnd();
    this.#state = { kind: 'released' };
    this.#jobs.abort(released());
    if (state.kind !== 'active') return;
    this.#tellStandby();
    const { leases, name, me } = this.#settings;
    // Nobody else may begin while a job is still at it.
    if (epoch !== null) await this.#jobs.settled(this.#settings.clock, state.untilMs);
    try {
      await leases.release(name, me, state.epoch);
    } catch (error) {
      this.#warn(error);
    }
  }

  #nowMs(): number {
    return this.#settings.clock.now();
  }

  #tryIn(delayMs: number): void {
    this.#cancelTry();
    this.#cancelTry = this.#settings.clock.setTimer(() => void this.#try(), delayMs, true);
  }

  async #try(): Promise<void> {
    const { leases, name, me, ttlMs, random } = this.#settings;
    const askedMs = this.#nowMs();
    this.#asked += 1;
    const number = this.#asked;
    // Set before the store is asked: one that never answers is asked again.
    this.#tryIn(ttlMs / 3);
    try {
      this.#onAnswer(await leases.acquire(name, me, ttlMs), number, askedMs);
    } catch (error) {
      if (this.#state.kind === 'released') return;
      this.#warn(error);
      if (number === this.#asked) this.#tryIn((ttlMs / 12) * (1 + random()));
    }
  }

  #onAnswer({ holder, epoch, leftMs }: LeaseRecord, number: number, askedMs: number): void {
    const { me, name, leases, ttlMs, marginMs, random } = this.#settings;
    if (this.#state.kind === 'released') {
      // It came too late, and would keep the others waiting.
      if (holder === me) void Promise.resolve(leases.release(name, me, epoch)).catch(() => {});
      return;
    }
    if (holder === me) {
      // Counted from before the question: the store can't have counted from earlier.
      this.#hold(epoch, askedMs + Math.min(leftMs, ttlMs) - marginMs);
      this.#answered = Math.max(this.#answered, number);
      return;
    }
    if (number < this.#answered) return;
    this.#answered = number;
    this.#seen = { term: { holder: holder.slice(0, holder.lastIndexOf(' ')), epoch }, untilMs: this.#nowMs() + leftMs };
    this.#stepDown();
    this.#tellStandby();
    // When it runs out, or before: it may be given up at any time. Spread, so that not all ask at once.
    const soonMs = (ttlMs / 6) * (1 + random());
    if (number === this.#asked) this.#tryIn(Math.min(soonMs, Math.max(1, leftMs) + (ttlMs / 20) * random()));
  }

  #hold(epoch: number, untilMs: number): void {
    const before = this.#state;
    const held = before.kind === 'active' && before.epoch === epoch;
    if (held && untilMs <= before.untilMs) return;
    const wasActive = held && this.#nowMs() < before.untilMs;
    if (before.kind === 'active' && !wasActive) this.#stepDown();
    // The answer has taken too long: the next one decides.
    if (this.#nowMs() >= untilMs) return;
    this.#state = { kind: 'active', epoch, untilMs };
    this.#cancelEnd();
    this.#cancelEnd = this.#settings.clock.setTimer(() => this.#onEnd(), untilMs - this.#nowMs(), true);
    if (wasActive) return;
    this.#told = undefined;
    this.#events.emit('active', { holder: this.#settings.holder, epoch });
  }

  #onEnd(): void {
    const state = this.#state;
    if (state.kind !== 'active' || this.#nowMs() < state.untilMs) return;
    this.#stepDown();
    this.#tellStandby();
  }

  #stepDown(): void {
    const state = this.#state;
    if (state.kind !== 'active') return;
    this.#cancelEnd();
    this.#state = { kind: 'standby' };
    this.#jobs.abort(leaseLost());
    this.#events.emit('lost', { holder: this.#settings.holder, epoch: state.epoch });
  }

  #tellStandby(): void {
    const { current } = this;
    const told = current === null ? '' : `${current.holder} ${current.epoch}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#events.emit('standby', current);
  }

  #warn(cause: unknown): void {
    const remedy = 'Look at the store, and at `cause`. It is asked again.';
    const told = `The lease ${this.#settings.name} could not be asked for.`;
    this.#events.emit('warning', new SwitchoverError('STORE_FAILED', told, { remedy, cause }));
  }
}

const released = () =>
  new SwitchoverError('CLOSED', 'The lease was released.', { remedy: 'Call createLease again to take part.' });
