import { keepOneAlive, recall, remember } from './healthMemory.ts';
import type { HostPool, PoolPart } from './hostPool.ts';
import { SafeStorage } from './safeStorage.ts';

/**
 * Keeps a pool's health in its storage, so that a reload or a restart does not visit a dead host first. Remembered for ten
 * minutes.
 *
 * @param name Names the record. Default: made from the listed origins.
 * @param servedBy Origin of a host that has just answered, as that of a page's own host has: where all hosts were out of service, it
 * is asked first. Default: the least bad one is.
 */
export function storedHealth(name?: string, servedBy?: string): PoolPart {
  return async (pool) => {
    const storage = new SafeStorage(pool, `${name ?? nameOf(pool)}:health`);
    const text = await storage.read();
    const begin = () => {
      pool.events.off('hosts', begin);
      if (text !== undefined) revive(pool, text, storage, servedBy);
      pool.onChange(() => {
        void storage.write(remember(pool.state, pool.ports.clock.now(), pool.ports.clock.wallTime()));
      });
    };
    // While no host is known there is nothing to lay what is remembered over.
    if (pool.hosts.length > 0) begin();
    else pool.events.on('hosts', begin);
  };
}

/** A stable name: the same hosts in any order are the same pool. */
export function nameOf(pool: HostPool): string {
  return pool.hosts
    .map(({ origin }) => origin)
    .sort()
    .join(' ');
}

function revive(pool: HostPool, text: string, storage: SafeStorage, servedBy?: string): void {
  const { clock, random } = pool.ports;
  const env = { nowMs: clock.now(), random };
  try {
    const recalled = recall(text, pool.state, pool.settings.policy, env, clock.wallTime());
    pool.adopt(keepOneAlive(recalled, env, servedBy));
  } catch (cause) {
    storage.complain('understood', cause);
  }
}
