import type { SwitchoverError } from '../policy/error.ts';
import type { HostMove } from '../policy/poolState.ts';
import type { HostStatus, PoolStatus } from './status.ts';

/** Everything that an app can listen to. Listeners are called after the state has changed, in the order of events. */
export interface FailoverEvents {
  /** The current host failed, and new work goes to another one. */
  failover: (move: HostMove) => void;
  /** New work goes to another host as planned: a drain, a standby's word, `prefer`, a new list. */
  switchover: (move: HostMove) => void;
  /** A host that is wanted more is back and proven, and new work goes there again. */
  failback: (move: HostMove) => void;
  /** One host's health changed. */
  health: (host: HostStatus) => void;
  /** What this side believes about its own network changed. */
  connectivity: (connectivity: PoolStatus['connectivity']) => void;
  /** The list of hosts changed. */
  hosts: (origins: readonly string[]) => void;
  /** A session was opened, or resumed on another host or after a 401. Tokens are never part of an event. */
  session: (event: { readonly kind: 'opened' | 'resumed'; readonly host: string }) => void;
  /** The server does not know the session any more. */
  'session:lost': (event: { readonly host: string; readonly error: SwitchoverError }) => void;
  /** Something was refused or failed that no call is waiting for: storage, discovery. The work goes on. */
  warning: (error: SwitchoverError) => void;
}
