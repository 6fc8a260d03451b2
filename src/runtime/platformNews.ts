import type { HostPool } from './hostPool.ts';

/**
 * Lets a pool hear from the platform, through its ports: the network is gone or back, the app is seen again. A machine that
 * slept may have missed much, so everything that is due is then looked at.
 */
export function platformNews(pool: HostPool): void {
  const { connectivity, lifecycle } = pool.ports;
  const ends = [
    connectivity.subscribe((online) => {
      pool.dispatch({ kind: 'connectivity', online });
      if (online) pool.wakeWaiting();
    }),
    lifecycle.subscribe(() => {
      pool.dispatch({ kind: 'wake' });
      pool.wakeWaiting();
    }),
  ];
  pool.signal.addEventListener('abort', () => {
    for (const end of ends) end();
  });
  if (!connectivity.isOnline()) pool.dispatch({ kind: 'connectivity', online: false });
}
