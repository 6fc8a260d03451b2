import { advanceHost, type Env, freshHost, type HostRecord, isUsable, nextChangeMs, probeDueMs } from './health.ts';
import { afterAttempt, afterProbe } from './healthTransitions.ts';
import { NO_HINTS } from './hints.ts';
import type { PoolEvent } from './poolEvent.ts';
import type { Apply, PoolPolicy } from './poolRule.ts';
import {
  change,
  type HostMove,
  type PoolEffect,
  type PoolState,
  type PoolStep,
  recordOf,
  withRecord,
} from './poolState.ts';
import { creditSuccess, openBudget, payRetry } from './retryBudget.ts';
import { choose } from './selection.ts';

/** A pool that knows nothing yet: every host is taken to be well. `origins` must not be empty. */
export function openPool(origins: readonly string[], policy: PoolPolicy, env: Env): PoolState {
  const empty: PoolState = {
    hosts: [],
    current: origins[0] ?? '',
    preferred: null,
    namedActive: null,
    connectivity: { kind: 'online' },
    fence: {},
    budget: openBudget(policy.budget.capacity, policy.budget.refillPerSuccess),
  };
  return policy.apply(empty, { kind: 'hosts', origins }, policy, env);
}

/** One step of the pool. Returns the same state, and no effects, when nothing came of the event. */
export function stepPool(state: PoolState, event: PoolEvent, policy: PoolPolicy, env: Env): PoolStep {
  if (isNoNews(state, event)) return { state, effects: NOTHING };
  const changed = policy.apply(state, event, policy, env);
  if (changed === state && event.kind !== 'tick' && event.kind !== 'wake') return { state, effects: NOTHING };
  const aged = changed.hosts.reduce((all, host) => withRecord(all, advanceHost(host, policy, env)), changed);
  const advanced = policy.apply(aged, { kind: 'aged' }, policy, env);
  const current = choose(advanced);
  const settled = current === advanced.current ? advanced : { ...advanced, current };
  const due = settled.hosts.filter((host) => probeWantedMs(settled, host, policy) <= env.nowMs);
  const probes = due.map(({ origin }) => ({ kind: 'probe', origin }) as const);
  const after = probes.reduce(
    (next, { origin }) => policy.apply(next, { kind: 'probing', origin }, policy, env),
    settled,
  );
  return { state: after, effects: [...differences(state, after, event, env), ...probes] };
}

const NOTHING: readonly PoolEffect[] = [];

/** Nearly all that happens: an attempt ended well, and nobody had anything to make up for. No rule has a say in that. */
function isNoNews(state: PoolState, event: PoolEvent): boolean {
  if (event.kind !== 'attempt' || event.outcome.kind !== 'ok' || event.hints !== NO_HINTS) return false;
  const { budget, connectivity, hosts } = state;
  const host = recordOf(state, event.origin);
  const isWell = connectivity.kind === 'online' && budget.tokens >= budget.capacity;
  // While a host is waited for, what is sent elsewhere counts.
  return isWell && host !== undefined && isSpotless(host) && hosts.every(({ patience }) => patience === undefined);
}

const isSpotless = ({ health, troubleSinceMs, silentSinceMs, timedOutAtMs }: HostRecord): boolean =>
  health.kind === 'up' &&
  health.connectFailures + health.serverErrors + (health.bodyFaults ?? 0) + (health.badProbes ?? 0) === 0 &&
  health.countingSinceMs === undefined &&
  troubleSinceMs === null &&
  silentSinceMs === null &&
  timedOutAtMs === null;

/** When the pool wants its next `tick`; Infinity if never. */
export function nextWakeMs(state: PoolState, policy: PoolPolicy): number {
  const wakeMs = (host: HostRecord) => Math.min(nextChangeMs(host), probeWantedMs(state, host, policy));
  return Math.min(...state.hosts.map(wakeMs));
}

/** What the machine makes of an event by itself. */
export const applyEvent: Apply = (state, event, policy, env) => {
  switch (event.kind) {
    case 'attempt': {
      const { origin, outcome } = event;
      const next = change(state, origin, (host) => afterAttempt(host, event, state.hosts, policy, env));
      const budget = outcome.kind === 'ok' ? creditSuccess(next.budget) : next.budget;
      return budget === next.budget ? next : { ...next, budget };
    }
    case 'probe':
      return change(state, event.origin, (host) => afterProbe(host, event.verdict, policy, env));
    case 'probing':
      return change(state, event.origin, (host) => withProbe(host, env.nowMs + policy.probe.periodMs));
    case 'pay':
      return { ...state, budget: payRetry(state.budget) ?? state.budget };
    case 'prefer':
      return event.origin === state.preferred ? state : { ...state, preferred: event.origin };
    case 'hosts':
      return withHosts(state, event.origins, env);
    default:
      return state;
  }
};

/** The same host with a probe under way, and the moment of the next one settled. */
function withProbe(host: HostRecord, probeAtMs: number): HostRecord {
  const { health } = host;
  return 'probeAtMs' in health ? { ...host, probing: true, health: { ...health, probeAtMs } } : host;
}

/** Hosts that stay keep what is known of them. */
function withHosts(state: PoolState, origins: readonly string[], env: Env): PoolState {
  const listed = (origin: string | null) => (origin !== null && origins.includes(origin) ? origin : null);
  return {
    ...state,
    hosts: origins.map((origin) => recordOf(state, origin) ?? freshHost(origin, env)),
    // Where it is gone, {@link choose} finds another one.
    current: listed(state.current) ?? '',
    preferred: listed(state.preferred),
    namedActive: listed(state.namedActive),
  };
}

/** When a host is to be probed. Probes answer a question that matters now: is a host that is down back? */
function probeWantedMs(state: PoolState, host: HostRecord, { rules }: PoolPolicy): number {
  const dueMs = probeDueMs(host);
  return dueMs < Infinity && rules.every(({ mayProbe }) => mayProbe?.(state, host) !== false) ? dueMs : Infinity;
}

function differences(before: PoolState, after: PoolState, event: PoolEvent, env: Env): PoolEffect[] {
  const effects: PoolEffect[] = [];
  for (const host of after.hosts) {
    const was = recordOf(before, host.origin)?.health.kind;
    if (was !== undefined && was !== host.health.kind) effects.push({ kind: 'health', host, was });
  }
  if (after.connectivity.kind !== before.connectivity.kind) {
    effects.push({ kind: 'connectivity', connectivity: after.connectivity });
  }
  // A pool that knew no host yet has not left one.
  if (after.current !== before.current && before.current !== '') {
    effects.push({ kind: 'move', move: describeMove(before, after, event, env) });
  }
  return effects;
}

function describeMove(before: PoolState, after: PoolState, event: PoolEvent, env: Env): HostMove {
  const { current: to } = after;
  const move = (kind: HostMove['kind'], cause: string, tookMs = 0) => ({
    kind,
    from: before.current,
    to,
    cause,
    tookMs,
  });
  const left = recordOf(after, before.current);
  if (event.kind === 'hosts' || left === undefined) return move('switchover', 'hosts changed');
  const { health, troubleSinceMs } = left;
  if (health.kind === 'inactive') return move('switchover', health.why);
  if (!isUsable(health)) return move('failover', health.why, env.nowMs - (troubleSinceMs ?? env.nowMs));
  const isAsked = to === after.preferred || to === after.namedActive;
  return isAsked ? move('switchover', 'asked for') : move('failback', 'recovered');
}
