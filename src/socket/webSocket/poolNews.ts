import type { HostPool } from '../../runtime/hostPool.ts';

/** What a socket has to hear of its pool. */
export interface PoolNews {
  /** The current host is another one, though the link may be well. */
  leave(cause: 'switchover' | 'failback'): void;
  /**
   * Times may be better: the app is seen again, the network is back, or a host.
   *
   * @param suspect True where the network had been gone, or is another, or the app stood still.
   */
  look(suspect: boolean): void;
  poolClosed(): void;
}

/** Tells of the pool until the function that it gives is called. */
export function followPool(pool: HostPool, news: PoolNews): () => void {
  const { events } = pool;
  const switched = () => news.leave('switchover');
  const failedBack = () => news.leave('failback');
  events.on('switchover', switched);
  events.on('failback', failedBack);
  const { connectivity, lifecycle } = pool.ports;
  const suspect = () => news.look(true);
  const ends = [
    connectivity.subscribe((online) => online && suspect()),
    lifecycle.suspends ? lifecycle.subscribe(suspect) : () => {},
  ];
  let wasOffline = false;
  const unsubscribe = pool.onBetterTimes(() => {
    const isOffline = pool.state.connectivity.kind === 'offline';
    if (pool.closed) news.poolClosed();
    else if (!isOffline) news.look(wasOffline);
    wasOffline = isOffline;
  });
  return () => {
    events.off('switchover', switched);
    events.off('failback', failedBack);
    unsubscribe();
    for (const end of ends) end();
  };
}
