import { rankHosts } from '../policy/topology.ts';
import type { PoolPart } from './hostPool.ts';
import { SafeStorage } from './safeStorage.ts';
import { nameOf } from './storedHealth.ts';

/** Options of {@link affinity}. */
export interface AffinityOptions {
  /** What keeps a client at its own active host: a user's or a device's name. Default: drawn once and stored. */
  readonly key?: string | undefined;
  /** This client's zone: hosts of the same zone come first within their tier. Default none. */
  readonly zone?: string | undefined;
  /** Names the stored key. Default: made from the listed origins. */
  readonly name?: string | undefined;
}

/**
 * M+N: spreads clients over the active hosts by rendezvous hashing, each with its own order. When an active host fails, its
 * clients spread evenly over the standbys, and nobody else moves. Without it, `{ active, standby }` is one order for all.
 */
export function affinity({ key, zone, name }: AffinityOptions = {}): PoolPart {
  return (pool) => {
    const rankWith = (own: string) => pool.rankBy((topology) => rankHosts(topology, own, zone ?? null));
    if (key !== undefined) return rankWith(key);
    const drawn = pool.ports.random().toString(36).slice(2);
    rankWith(drawn);
    const storage = new SafeStorage(pool, `${name ?? nameOf(pool)}:affinity`);
    return storage.read().then((stored) => (stored === undefined ? void storage.write(drawn) : rankWith(stored)));
  };
}
