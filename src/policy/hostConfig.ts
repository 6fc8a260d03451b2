import type { Host } from './host.ts';

/** A host of the pool, with what its owner said of it. */
export interface HostConfig extends Host {
  readonly tier: 'active' | 'standby';
  /** Share of clients among its tier, for M+N. */
  readonly weight: number;
  readonly zone: string | null;
  /** The URL where this host is probed; null for the pool's path. */
  readonly health: string | null;
}

/**
 * Who serves, and who waits. `priority`: one order for everybody. `affinity`: M active hosts share the clients,
 * N standbys wait.
 */
export interface Topology {
  readonly kind: 'priority' | 'affinity';
  readonly hosts: readonly HostConfig[];
}
