import { scanHost } from '../policy/host.ts';
import type { Lease, LeaseEvents, LeaseTerm } from './leaseTypes.ts';
import type { Identity } from './session.ts';
import type { SessionServer } from './sessionServer.ts';
import type { StoreTransaction } from './sessionStore.ts';

/**
 * Makes a session server active while its instance holds a lease, and a standby while it does not. Where the lease's holders are named by
 * their origins, clients are sent to the one that is active. A server that drains goes on draining.
 *
 * Start the server with `role: 'standby'`: until the lease is held, it serves nobody.
 *
 * @returns Ends that; the role stays.
 */
export function followLease<Transaction extends StoreTransaction, I extends Identity>(
  sessions: SessionServer<Transaction, I>,
  lease: Pick<Lease, 'isActive' | 'current' | 'on' | 'off'>,
): () => void {
  const become = (role: 'active' | 'standby', current: LeaseTerm | null): void => {
    if (sessions.role === 'draining') return;
    const host = role === 'active' || current === null ? null : scanHost(current.holder);
    sessions.setRole(role, host?.origin);
  };
  const listeners: LeaseEvents = {
    active: () => become('active', null),
    standby: (current) => become('standby', current),
    // Nobody is known to be active now: clients ask around.
    lost: () => become('standby', null),
    warning: () => {},
  };
  const names = ['active', 'standby', 'lost'] as const;
  for (const name of names) lease.on(name, listeners[name]);
  become(lease.isActive ? 'active' : 'standby', lease.current);
  return () => {
    for (const name of names) lease.off(name, listeners[name]);
  };
}
