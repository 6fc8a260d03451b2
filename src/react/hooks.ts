import type { Failover } from '../createFailover.ts';
import type { PoolStatus } from '../runtime/status.ts';
import { noSession } from './errors.ts';
import { useHub } from './hub.ts';
import type { SessionHandle } from './sessionStore.ts';
import { type Equality, useStore } from './store.ts';

/**
 * The failover of the provider above: always the same object. One that the provider has made can be taken apart at any time, but used
 * only once it is mounted, in effects and event handlers (`NOT_MOUNTED`).
 *
 * @throws SwitchoverError `NO_PROVIDER`.
 */
export function useFailover(): Failover {
  return useHub().failover;
}

/**
 * How the hosts stand. On a server, and in a page while it takes over what a server has rendered, each counts as well and the
 * first serves.
 *
 * @throws SwitchoverError `NO_PROVIDER`.
 */
export function useHostStatus(): PoolStatus;
/**
 * A part of how the hosts stand. The component renders again only when that part changes.
 *
 * @param select What of it the component shows. Pure. What has not changed of a status stays the same object, so
 * `({ hosts }) => hosts[0]` is enough.
 * @param isEqual Whether two selections show the same. Default `Object.is`: give one where `select` makes a new object each time.
 * @throws SwitchoverError `NO_PROVIDER`.
 * @example
 * const host = useHostStatus(({ current }) => current);
 */
export function useHostStatus<Selected>(
  select: (status: PoolStatus) => Selected,
  isEqual?: Equality<Selected>,
): Selected;
export function useHostStatus<Selected>(
  select: (status: PoolStatus) => PoolStatus | Selected = itself,
  isEqual?: Equality<PoolStatus | Selected>,
): PoolStatus | Selected {
  return useStore(useHub().status, select, isEqual);
}

/**
 * Where the session stands that all requests belong to. It says nothing of who is signed in: ask a server for that.
 *
 * @throws SwitchoverError `NO_PROVIDER`; `NO_SESSION` where the failover was made without `session`.
 */
export function useSession(): SessionHandle {
  const { session } = useHub();
  if (session === null) throw noSession();
  return useStore(session, session.handle);
}

const itself = (status: PoolStatus): PoolStatus => status;
