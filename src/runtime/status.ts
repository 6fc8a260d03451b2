import type { HostRecord } from '../policy/health.ts';
import type { PoolState } from '../policy/poolState.ts';
import type { HostConfig, Topology } from '../policy/topology.ts';

/** One host as the pool sees it now. Frozen. */
export interface HostStatus {
  /** As in `location.origin`: what tells hosts apart. */
  readonly origin: string;
  /** Whether it is there to serve or to wait. */
  readonly tier: HostConfig['tier'];
  /** Where it stands; null where nobody said. */
  readonly zone: string | null;
  /**
   * `up` in service · `inactive` well, but a standby or draining · `ejected` out of service for a cool-down ·
   * `half-open` being proven · `holding` proven, its clients return soon.
   */
  readonly state: 'up' | 'inactive' | 'ejected' | 'half-open' | 'holding';
  /** What was seen last that speaks against it; null for a host in service. */
  readonly why: string | null;
  /**
   * It has given no answer at all when it was asked last. The last host of all stays in service whatever it does: this tells that
   * nobody can be reached. Always false in a pool without the rule `silences`.
   */
  readonly silent: boolean;
  /** The host asked to be left alone for now: 429, or 503 with `Retry-After`. */
  readonly busy: boolean;
}

/** A pool at one moment. Frozen; a later change makes a new one. */
export interface PoolStatus {
  /** Origin of the host where new work goes. */
  readonly current: string;
  /** `suspect`: every host began to fail at once, so it is more likely this side's network. */
  readonly connectivity: 'online' | 'offline' | 'suspect';
  /** In the order in which this client wants them. */
  readonly hosts: readonly HostStatus[];
  /** The pool was closed: nothing here changes any more. */
  readonly closed: boolean;
}

export function describePool(state: PoolState, topology: Topology, closed: boolean, nowMs: number): PoolStatus {
  return Object.freeze({
    current: state.current,
    connectivity: state.connectivity.kind,
    hosts: Object.freeze(state.hosts.map((host) => describeHost(host, topology, nowMs))),
    closed,
  });
}

export function describeHost(host: HostRecord, topology: Topology, nowMs: number): HostStatus {
  const config = topology.hosts.find(({ origin }) => origin === host.origin);
  return Object.freeze({
    origin: host.origin,
    tier: config?.tier ?? 'standby',
    zone: config?.zone ?? null,
    state: host.health.kind,
    why: 'why' in host.health ? host.health.why : null,
    silent: host.silentSinceMs !== null,
    busy: host.busyUntilMs > nowMs,
  });
}
