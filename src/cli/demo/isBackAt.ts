import type { Failover } from '../../index.node.ts';

/** On a slow machine a failback may take its time. */
const LIMIT_MS = 30_000;

/** Resolves when the new work of all of them goes to `origin`; false if it never does. */
export async function isBackAt(origin: string, clients: readonly Failover[], signal: AbortSignal): Promise<boolean> {
  const backs = await Promise.all(clients.map((client) => oneIsBack(origin, client, signal)));
  return backs.every((back) => back);
}

function oneIsBack(origin: string, failover: Failover, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      unsubscribe();
      settle();
    };
    const timer = setTimeout(
      end(() => resolve(false)),
      LIMIT_MS,
    );
    const onAbort = end(() => reject(signal.reason));
    signal.addEventListener('abort', onAbort);
    const onMove = end(() => resolve(true));
    const unsubscribe = failover.on('failback', ({ to }) => {
      if (to === origin) onMove();
    });
    if (failover.status.current === origin) onMove();
  });
}
