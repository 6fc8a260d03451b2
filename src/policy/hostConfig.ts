import type { Host } from './host.ts';

/** A host of the pool, with what its owner said of it. */
export interface HostConfig extends Host {
  /** `active` hosts serve; a `standby` serves when the active ones have failed. In a plain list the first host is the active one. */
  readonly tier: 'active' | 'standby';
  /** Share of clients among its tier, for M+N. */
  readonly weight: number;
  /** Where the host stands; null where nobody said. */
  readonly zone: string | null;
  /** The URL where this host is probed; null for the pool's path. */
  readonly health: string | null;
}

/**
 * Who serves, and who waits. `priority`: one order for everybody. `affinity`: M active hosts share the clients,
 * N standbys wait.
 */
export interface Topology {
  /** How clients are shared out over the hosts. */
  readonly kind: 'priority' | 'affinity';
  /** All hosts, active ones first, as their owner listed them. */
  readonly hosts: readonly HostConfig[];
}
