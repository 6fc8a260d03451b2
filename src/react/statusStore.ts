import type { Failover } from '../createFailover.ts';
import type { HostConfig } from '../policy/topology.ts';
import type { HostStatus, PoolStatus } from '../runtime/status.ts';
import { isAlike } from './alike.ts';
import type { Store } from './store.ts';

/** A pool's status, whose parts stay the same objects for as long as they say the same. */
export class StatusStore implements Store<PoolStatus> {
  readonly #live: () => Failover | null;
  readonly #listeners = new Set<() => void>();
  readonly #first: PoolStatus;
  #last: PoolStatus;
  #told: PoolStatus;
  #end: () => void = () => {};

  /** @param live The failover that is at work; null while it is not made. */
  constructor(live: () => Failover | null, hosts: readonly HostConfig[]) {
    this.#live = live;
    this.#first = this.#last = this.#told = unseen(hosts);
  }

  readonly get = (): PoolStatus => {
    const live = this.#live();
    if (live !== null) this.#last = reused(this.#last, live.status);
    return this.#last;
  };

  readonly initial = (): PoolStatus => this.#first;

  readonly subscribe = (tell: () => void): (() => void) => {
    if (this.#listeners.size === 0) this.#begin();
    this.#listeners.add(tell);
    return () => {
      if (this.#listeners.delete(tell) && this.#listeners.size === 0) this.#end();
    };
  };

  #begin(): void {
    this.#told = this.get();
    const end = this.#live()?.pool.onStatus(() => this.#look());
    this.#end = () => end?.();
  }

  /** Most steps of a pool change nothing that can be seen. */
  #look(): void {
    const now = this.get();
    if (now === this.#told) return;
    this.#told = now;
    for (const tell of [...this.#listeners]) tell();
  }
}

/** The status of hosts of which nothing is known yet: each counts as well, and the first one serves. */
export function unseen(hosts: readonly HostConfig[]): PoolStatus {
  const well = { state: 'up', why: null, silent: false, busy: false } as const;
  return Object.freeze({
    current: hosts[0]?.origin ?? '',
    connectivity: 'online',
    hosts: Object.freeze(hosts.map(({ origin, tier, zone }) => Object.freeze({ origin, tier, zone, ...well }))),
    closed: false,
  });
}

/** The new status, made of the old one's parts where they say the same; the old one itself where all of it does. */
export function reused(before: PoolStatus, now: PoolStatus): PoolStatus {
  if (before === now) return before;
  const hosts = reusedHosts(before.hosts, now.hosts);
  const whole = { ...now, hosts };
  return isAlike(before, whole) ? before : Object.freeze(whole);
}

function reusedHosts(before: readonly HostStatus[], now: readonly HostStatus[]): readonly HostStatus[] {
  const hosts = now.map((host) => {
    const known = before.find(({ origin }) => origin === host.origin);
    return known !== undefined && isAlike(known, host) ? known : host;
  });
  return isAlike(before, hosts) ? before : Object.freeze(hosts);
}
