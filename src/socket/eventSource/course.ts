import { fullJitter } from '../../policy/backoff.ts';
import { EVENT_SOURCE_DEFAULTS } from '../../policy/defaults.ts';
import { isAlive, isUsable } from '../../policy/health.ts';
import { recordOf } from '../../policy/poolState.ts';
import { candidates } from '../../policy/selection.ts';
import { urlOn } from '../../policy/target.ts';
import type { HostConfig } from '../../policy/topology.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import type { StreamTarget } from './openStream.ts';

const { retryLeastMs, retryMostMs, backoffCapMs } = EVENT_SOURCE_DEFAULTS;

/**
 * Where a stream is sought next, and when. Hosts are asked in rounds: in each, every one that is ready once, at once; between
 * two rounds there is a wait. So nothing is ever asked in a loop without a pause, whatever the hosts do.
 */
export class Course {
  readonly #pool: HostPool;
  readonly #url: string;
  readonly #path: string | null;
  /** The hosts that were asked in this round. */
  #asked: string[] = [];
  /** Waits since a stream proved itself: the exponent of the next one. */
  #waits = 0;
  #retryMs = 0;

  /** @param path Null for a URL that is not the pool's. What was the pool's once never goes elsewhere: it may carry a token. */
  constructor(pool: HostPool, url: string, path: string | null, retryMs: number) {
    this.#pool = pool;
    this.#url = url;
    this.#path = path;
    this.retryMs = retryMs;
  }

  /** What the server wishes for the wait. */
  set retryMs(ms: number) {
    this.#retryMs = Math.min(retryMostMs, Math.max(retryLeastMs, ms));
  }

  /** Begins a round. A host that has just failed was asked. */
  begin(failed?: string): void {
    this.#asked = failed === undefined ? [] : [failed];
  }

  /** A stream has proved itself: the next wait is the first one again. */
  proven(): void {
    this.#waits = 0;
  }

  /** The host may be asked once more in this round. */
  forgive(origin: string): void {
    this.#asked = this.#asked.filter((each) => each !== origin);
  }

  /** Whether a stream at this host is where it should be. */
  isAtBest(origin: string): boolean {
    return this.#path === null || origin === this.#pool.state.current;
  }

  /** Whom to ask now; null where a wait comes first. While there is a stream `at` a host, only the best one is asked. */
  next(at: string | null): StreamTarget | null {
    const target = this.#path === null ? this.#foreign() : this.targetAt(this.#host(at));
    if (target !== null) this.#asked.push(target.origin);
    return target;
  }

  /** How long the next wait is. Where all that serve ask to be left alone, as long as the first of them asked for, and more. */
  waitMs(): number {
    const { state, ports } = this.#pool;
    const busy = state.hosts.filter(({ health }) => isUsable(health)).map(({ busyUntilMs }) => busyUntilMs);
    const busyMs = busy.length === 0 ? 0 : Math.max(0, Math.min(...busy) - ports.clock.now());
    const baseMs = Math.max(this.#retryMs, busyMs / 10);
    const capMs = Math.max(baseMs, backoffCapMs);
    return busyMs + fullJitter(this.#waits++, { baseMs, capMs }, ports.random);
  }

  /** The URL below a host; null where there is no such host, or the URL is not the pool's. */
  targetAt(host: HostConfig | undefined): StreamTarget | null {
    const path = this.#path;
    return host === undefined || path === null ? null : { origin: host.origin, url: urlOn(host, path) };
  }

  #foreign(): StreamTarget | null {
    return this.#asked.length > 0 ? null : { origin: new URL(this.#url).origin, url: this.#url };
  }

  #host(at: string | null): HostConfig | undefined {
    const pool = this.#pool;
    const nowMs = pool.ports.clock.now();
    const isFirst = this.#asked.length === 0;
    if (!isFirst && at !== null) return undefined;
    const host = isFirst ? pool.take(nowMs) : this.#another(nowMs);
    const busyUntilMs = recordOf(pool.state, host?.origin ?? '')?.busyUntilMs ?? 0;
    return host?.origin === at || busyUntilMs > nowMs ? undefined : host;
  }

  #another(nowMs: number) {
    const ready = candidates(this.#pool.state, nowMs).find(
      (host) => isAlive(host) && host.busyUntilMs <= nowMs && !this.#asked.includes(host.origin),
    );
    return ready && this.#pool.hostOf(ready.origin);
  }
}
