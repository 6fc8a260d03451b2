import { isAlive } from '../../policy/health.ts';
import { candidates } from '../../policy/selection.ts';
import type { HostConfig } from '../../policy/topology.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import type { MaybePromise } from '../../runtime/ports.ts';
import { Wire, type WireRequest } from '../wire.ts';
import type { SocketEnd } from './options.ts';
import { Timer } from './timer.ts';

/** Why no link came about at one host. */
export interface DialEnd extends SocketEnd {
  /** What the link's arguments, or the platform's class, threw; undefined where the network was to blame. */
  readonly error: unknown;
  /** See {@link Wire.status}. */
  readonly status: number | null;
}

/** An attempt that came to nothing, without a word. */
const NOTHING: DialEnd = { code: 1006, reason: '', wasClean: false, error: undefined, status: null };

/** For whom hosts are asked. What is told of a link after it has opened is told of the one that {@link DialOwner.opened} gave. */
export interface DialOwner {
  /** How long a link may take to open, in milliseconds. */
  readonly openMs: number;
  readonly staggerMs: number;
  request(host: HostConfig): MaybePromise<WireRequest>;
  opened(wire: Wire, url: string): void;
  message(wire: Wire, data: unknown): void;
  closed(wire: Wire, end: SocketEnd): void;
  /** Every host that may be asked now has failed; null where there was none. */
  failed(last: DialEnd | null): void;
}

interface Attempt {
  readonly origin: string;
  readonly startedMs: number;
  wire: Wire | null;
  /** False once it has ended, one way or another: what comes of it later is of no interest. */
  live: boolean;
  readonly limit: Timer;
}

/** How long an attempt whose time ran out while the device slept may still take, in milliseconds. */
const GRACE_MS = 2_000;

/**
 * One round over the hosts, until one of them has opened a link: the best one first, the next as soon as one fails, and a
 * second one beside the first when that takes too long. The first to open wins.
 */
export class Dial {
  readonly #pool: HostPool;
  readonly #owner: DialOwner;
  readonly #avoid: string | null;
  readonly #asked: string[] = [];
  #attempts: readonly Attempt[] = [];
  #live = true;
  readonly #stagger: Timer;

  /** @param avoid The host that is to be left for a better one; null for none. */
  constructor(pool: HostPool, owner: DialOwner, avoid: string | null) {
    this.#pool = pool;
    this.#owner = owner;
    this.#avoid = avoid;
    this.#stagger = new Timer(pool.ports.clock);
    if (!this.#askNext()) {
      // Not before the caller knows of this round.
      queueMicrotask(() => this.#live && owner.failed(null));
    }
  }

  /** Ends the round without blame. */
  stop(): void {
    this.#live = false;
    for (const attempt of this.#attempts) this.#end(attempt);
  }

  /** Asks the best host that was not asked in this round. The very first need not be well: a bad host is better than none. */
  #askNext(): boolean {
    const { clock } = this.#pool.ports;
    const nowMs = clock.now();
    const isFirst = this.#asked.length === 0 && this.#avoid === null;
    const host = isFirst ? this.#pool.take(nowMs) : this.#other(nowMs);
    if (host === undefined) return false;
    this.#asked.push(host.origin);
    const attempt: Attempt = { origin: host.origin, startedMs: nowMs, wire: null, live: true, limit: new Timer(clock) };
    this.#attempts = [...this.#attempts, attempt];
    this.#limit(attempt, this.#owner.openMs);
    this.#stagger.set(this.#owner.staggerMs, () => {
      if (this.#attempts.length === 1) this.#askNext();
    });
    void this.#open(attempt, host);
    return true;
  }

  #other(nowMs: number): HostConfig | undefined {
    for (const host of candidates(this.#pool.state, nowMs)) {
      if (host.origin === this.#avoid) break;
      const isReady = isAlive(host) && host.busyUntilMs <= nowMs;
      if (isReady && !this.#asked.includes(host.origin)) return this.#pool.hostOf(host.origin);
    }
    return undefined;
  }

  async #open(attempt: Attempt, host: HostConfig): Promise<void> {
    const owner = this.#owner;
    try {
      const given = owner.request(host);
      // No turn is lost where nothing has to be waited for.
      const request = given instanceof Promise ? await given : given;
      if (!attempt.live) return;
      const wire: Wire = new Wire(this.#pool, host.origin, request, {
        opened: () => this.#won(attempt, wire, request.url),
        message: (data) => owner.message(wire, data),
        closed: (code, reason, wasClean) => {
          const end = { code, reason, wasClean };
          if (attempt.live) this.#lost(attempt, { ...NOTHING, ...end, status: wire.status });
          else owner.closed(wire, end);
        },
      });
      attempt.wire = wire;
    } catch (error) {
      // Who made the socket must have had a chance to listen to it.
      await undefined;
      this.#lost(attempt, { ...NOTHING, error });
    }
  }

  #won(attempt: Attempt, wire: Wire, url: string): void {
    attempt.wire = null;
    this.#end(attempt);
    for (const rival of this.#attempts) {
      // One that was asked before and has still not answered has failed.
      if (rival.startedMs < attempt.startedMs) rival.wire?.blame('timeout');
      this.#end(rival);
    }
    wire.proven();
    this.#owner.opened(wire, url);
  }

  #lost(attempt: Attempt, end: DialEnd): void {
    if (!attempt.live) return;
    this.#end(attempt);
    if (!this.#askNext() && this.#attempts.length === 0) this.#owner.failed(end);
  }

  /**
   * Ends an attempt that takes too long. A timer that is late has slept, and the answer may have come meanwhile: that is read
   * first (centrifuge-js#426).
   */
  #limit(attempt: Attempt, limitMs: number): void {
    const { limit } = attempt;
    limit.set(limitMs, () => {
      if (limit.isLate) {
        this.#limit(attempt, GRACE_MS);
        return;
      }
      attempt.wire?.blame('timeout');
      this.#lost(attempt, NOTHING);
    });
  }

  #end(attempt: Attempt): void {
    attempt.live = false;
    attempt.limit.cancel();
    this.#attempts = this.#attempts.filter((each) => each !== attempt);
    if (this.#attempts.length === 0) this.#stagger.cancel();
    attempt.wire?.drop(undefined, undefined, true);
  }
}
