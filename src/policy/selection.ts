import { type HostRecord, isUsable, probeDueMs } from './health.ts';
import { type PoolState, recordOf } from './poolState.ts';

/** How readily a host is chosen: lower is sooner. */
const CLASS = { up: 0, holding: 1, busy: 2, 'half-open': 3, inactive: 4, ejected: 5 } as const;

/** The hosts in the order in which a request should ask them now. Never empty: a bad host is better than none. */
export function candidates(state: PoolState, nowMs: number): readonly HostRecord[] {
  const rank = (host: HostRecord) => classOf(host, nowMs) * 4 + biasOf(host, state);
  return [...state.hosts].sort((a, b) => rank(a) - rank(b));
}

/** The one host for a new request; the fast path of {@link candidates}. */
export function firstCandidate(state: PoolState, nowMs: number): HostRecord | undefined {
  const current = recordOf(state, state.current);
  if (current?.health.kind === 'up' && current.busyUntilMs <= nowMs) return current;
  return candidates(state, nowMs)[0];
}

/** True where a request may go at once, without a wait: in service, and not asking to be left alone. */
export function isReady(host: HostRecord, nowMs: number): boolean {
  return isUsable(host.health) && host.busyUntilMs <= nowMs;
}

/** A host that is wanted more than the current one and waits for one live request to prove it. */
export function trialHost(state: PoolState, nowMs: number): HostRecord | undefined {
  const order = wanted(state);
  const better = order.slice(
    0,
    order.findIndex(({ origin }) => origin === state.current),
  );
  return better.find((host) => host.health.kind === 'half-open' && probeDueMs(host) <= nowMs);
}

/**
 * Where new work should go once nothing is said against it: the most wanted host that is in service, else the most
 * wanted that is proven but held back, else whatever is least bad.
 */
export function choose(state: PoolState): string {
  const order = wanted(state);
  const ready = (kind: 'up' | 'holding') => order.find((host) => host.health.kind === kind);
  const best = ready('up') ?? ready('holding') ?? recordOf(state, state.current) ?? order[0];
  return best?.origin ?? state.current;
}

/** The owner's word first, then the host that a server named active, then the client's own order. */
export function wanted(state: PoolState): readonly HostRecord[] {
  if (state.preferred === null && state.namedActive === null) return state.hosts;
  return [...state.hosts].sort((a, b) => biasOf(a, state) - biasOf(b, state));
}

function classOf(host: HostRecord, nowMs: number): number {
  if (isUsable(host.health) && host.busyUntilMs > nowMs) return CLASS.busy;
  return CLASS[host.health.kind];
}

function biasOf(host: HostRecord, state: PoolState): number {
  if (host.origin === state.preferred) return 0;
  if (host.origin === state.namedActive) return 1;
  return host.origin === state.current ? 2 : 3;
}
