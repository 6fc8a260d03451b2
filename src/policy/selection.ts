import { type HostRecord, isUsable, onTrial } from './health.ts';
import { type PoolState, recordOf } from './poolState.ts';
import { hasToken } from './retryBudget.ts';

/** How readily a host is chosen: lower is sooner. A standby that was silent when it was asked last comes last. */
const CLASS = { up: 0, holding: 1, busy: 2, 'half-open': 3, inactive: 4, ejected: 5, silent: 6 } as const;

/** The hosts in the order in which a request should ask them now: a bad host is better than none. */
export function candidates(state: PoolState, nowMs: number): readonly HostRecord[] {
  const rank = (host: HostRecord) =>
    (classOf(host, nowMs) * 3 + wishOf(host, state)) * 2 + Number(host.origin !== state.current);
  return [...state.hosts].sort((a, b) => rank(a) - rank(b));
}

/**
 * The one host for a new request; the fast path of {@link candidates}. While there is no token for a second attempt, a host that
 * failed when it was asked last stands back behind one that did not: its next error would be the caller's.
 */
export function firstCandidate(state: PoolState, nowMs: number): HostRecord | undefined {
  const current = recordOf(state, state.current);
  if (current === undefined || !isReady(current, nowMs)) return candidates(state, nowMs)[0];
  if (current.troubleSinceMs === null || hasToken(state.budget)) return current;
  const isCalm = (host: HostRecord) => isReady(host, nowMs) && host.troubleSinceMs === null;
  return candidates(state, nowMs).find(isCalm) ?? current;
}

const isReady = ({ health, busyUntilMs }: HostRecord, nowMs: number): boolean =>
  health.kind === 'up' && busyUntilMs <= nowMs;

/** A host that is wanted more than the current one and waits for one live request to prove it. */
export function trialHost(state: PoolState, nowMs: number): HostRecord | undefined {
  for (const host of wanted(state)) {
    if (host.origin === state.current) return undefined;
    const { health, busyUntilMs } = host;
    if (onTrial(health) && health.probeAtMs <= nowMs && busyUntilMs <= nowMs) return host;
  }
  return undefined;
}

/**
 * Where new work should go once nothing is said against it: the most wanted host that is in service, else the most
 * wanted that is proven but held back, else whatever is least bad. A held-back host that clients are on already serves.
 */
export function choose(state: PoolState): string {
  const order = wanted(state);
  const serves = ({ health, origin }: HostRecord) =>
    health.kind === 'up' || (health.kind === 'holding' && origin === state.current);
  const best =
    order.find(serves) ?? order.find(({ health }) => health.kind === 'holding') ?? recordOf(state, state.current);
  return (best ?? order[0])?.origin ?? state.current;
}

/** The owner's word first, then the host that a server named active, then the client's own order. */
export function wanted(state: PoolState): readonly HostRecord[] {
  if (state.preferred === null && state.namedActive === null) return state.hosts;
  return [...state.hosts].sort((a, b) => wishOf(a, state) - wishOf(b, state));
}

function classOf({ health, busyUntilMs, silentSinceMs }: HostRecord, nowMs: number): number {
  if (isUsable(health) && busyUntilMs > nowMs) return CLASS.busy;
  if (health.kind === 'inactive' && silentSinceMs !== null) return CLASS.silent;
  return CLASS[health.kind];
}

function wishOf({ origin }: HostRecord, { preferred, namedActive }: PoolState): number {
  if (origin === preferred) return 0;
  return origin === namedActive ? 1 : 2;
}
