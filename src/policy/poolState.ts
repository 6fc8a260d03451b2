import type { EpochFence } from './epochFence.ts';
import type { HostRecord } from './health.ts';
import type { RetryBudget } from './retryBudget.ts';

/** What this side believes about its own network. */
export type ConnectivityState =
  | { readonly kind: 'online' }
  /** The platform says so. */
  | { readonly kind: 'offline' }
  /** Every host began to fail at once: it is more likely us than all of them. */
  | { readonly kind: 'suspect'; readonly sinceMs: number };

/** All that a client knows of its hosts: one value, plain data. */
export interface PoolState {
  /** In the order in which this client wants them. */
  readonly hosts: readonly HostRecord[];
  /** Where new work goes. */
  readonly current: string;
  /** The host that its owner asked for by `prefer`; null for none. */
  readonly preferred: string | null;
  /** The host that another one named as active; null for none. */
  readonly namedActive: string | null;
  readonly connectivity: ConnectivityState;
  readonly fence: EpochFence;
  readonly budget: RetryBudget;
  /** Another client probes for this one. Only with `oneProber`. */
  readonly follows?: boolean;
}

/** Why the current host changed: `failover` unplanned, `switchover` planned, `failback` to a host that is wanted more. */
export type MoveKind = 'failover' | 'switchover' | 'failback';

/** A change of the current host. */
export interface HostMove {
  /** Why: see {@link MoveKind}. */
  readonly kind: MoveKind;
  /** Origin of the host that was left. */
  readonly from: string;
  /** Origin of the host where new work goes from now on. */
  readonly to: string;
  /** What was seen at the host that was left, or of the one that is back. */
  readonly cause: string;
  /** From the first sign of trouble at the host that was left to this move, in milliseconds. 0 for a planned one. */
  readonly tookMs: number;
}

/** What the shell must do or tell after a step. */
export type PoolEffect =
  | { readonly kind: 'probe'; readonly origin: string }
  | { readonly kind: 'move'; readonly move: HostMove }
  | { readonly kind: 'health'; readonly host: HostRecord; readonly was: HostRecord['health']['kind'] }
  | { readonly kind: 'connectivity'; readonly connectivity: ConnectivityState };

export interface PoolStep {
  readonly state: PoolState;
  readonly effects: readonly PoolEffect[];
}

export const recordOf = (state: PoolState, origin: string): HostRecord | undefined =>
  state.hosts.find((host) => host.origin === origin);

/** The same state with one host's record replaced; the same reference if it is the same record. */
export function withRecord(state: PoolState, next: HostRecord): PoolState {
  const at = state.hosts.findIndex((host) => host.origin === next.origin);
  if (at < 0 || state.hosts[at] === next) return state;
  return { ...state, hosts: state.hosts.map((host, index) => (index === at ? next : host)) };
}

/** The same state with one host's record changed. A host that is not listed any more is let be. */
export function change(state: PoolState, origin: string, how: (host: HostRecord) => HostRecord): PoolState {
  const host = recordOf(state, origin);
  return host === undefined ? state : withRecord(state, how(host));
}
