import { createContext, useContext } from 'react';
import type { Failover } from '../createFailover.ts';
import { Channels } from './channels.ts';
import { noProvider } from './errors.ts';
import { OwnFailover } from './ownFailover.ts';
import { SessionStore } from './sessionStore.ts';
import { StatusStore } from './statusStore.ts';

/** What all components of one failover share. */
export class Hub {
  readonly failover: Failover;
  readonly status: StatusStore;
  /** Null where the failover has no session. */
  readonly session: SessionStore | null;
  readonly channels: Channels;

  constructor(failover: Failover) {
    const own = failover instanceof OwnFailover ? failover : null;
    const live = () => (own === null ? failover : own.made);
    this.failover = failover;
    this.status = new StatusStore(live, own?.hosts ?? failover.pool.hosts);
    this.session = failover.session === null ? null : new SessionStore(live);
    this.channels = new Channels((path, options) => failover.channel(path, options));
  }
}

/** By failover, so that several roots of a page share its channels, too. */
const HUBS = /* @__PURE__ */ new WeakMap<Failover, Hub>();

export function hubOf(failover: Failover): Hub {
  const hub = HUBS.get(failover) ?? new Hub(failover);
  HUBS.set(failover, hub);
  return hub;
}

export const HubContext = /* @__PURE__ */ createContext<Hub | null>(null);

/** @throws SwitchoverError `NO_PROVIDER`. */
export function useHub(): Hub {
  const hub = useContext(HubContext);
  if (hub === null) throw noProvider();
  return hub;
}
