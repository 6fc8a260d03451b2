import { type Env, eject, type HostRecord, halfOpen, hold, isAlive, up } from './health.ts';
import type { HealthPolicy } from './healthPolicy.ts';
import type { AttemptEvent, ProbeVerdict } from './poolEvent.ts';

/** What a live attempt's outcome does to its host. */
export function afterAttempt(
  host: HostRecord,
  event: AttemptEvent,
  hosts: readonly HostRecord[],
  policy: HealthPolicy,
  env: Env,
): HostRecord {
  const { outcome } = event;
  switch (outcome.kind) {
    case 'ok':
      return afterSuccess(host);
    case 'busy': {
      const busyUntilMs = env.nowMs + outcome.waitMs;
      return outcome.waitMs > 0 && busyUntilMs > host.busyUntilMs ? { ...host, busyUntilMs } : host;
    }
    case 'host-fault':
      return blame(host, event, outcome.answered ? 'serverErrors' : 'connectFailures', hosts, policy, env);
    // Without `serverHints`, what a standby says is an error like any other.
    case 'not-active':
    case 'app-fault':
      return blame(host, event, 'serverErrors', hosts, policy, env);
    default:
      return host;
  }
}

/** What a probe's verdict does to its host. */
export function afterProbe(probed: HostRecord, verdict: ProbeVerdict, policy: HealthPolicy, env: Env): HostRecord {
  const host = rested(probed);
  const { health } = host;
  // Else it is a late answer to a question that is settled.
  if (health.kind !== 'half-open' || verdict.kind === 'inactive') return host;
  if (verdict.kind === 'bad') return eject(host, verdict.why, policy, env);
  if (health.doubt !== 'alarm') return afterGoodAnswer(host, policy, env);
  const { connectFailures } = health;
  return { ...host, health: { ...up(env), connectFailures }, troubleSinceMs: null, timedOutAtMs: null };
}

/** The host without a probe under way. */
export const rested = (host: HostRecord): HostRecord => (host.probing ? { ...host, probing: false } : host);

/** Enough good answers in a row prove a host. */
export function afterGoodAnswer(host: HostRecord, policy: HealthPolicy, env: Env): HostRecord {
  const { health } = host;
  if (!('goodProbes' in health)) return host;
  const goodProbes = health.goodProbes + 1;
  return goodProbes >= policy.probe.successThreshold || host.patience?.isPutOff
    ? hold(host, policy, env)
    : { ...host, health: { ...health, goodProbes } };
}

/** A success only clears what was counted. */
function afterSuccess(host: HostRecord): HostRecord {
  const calm = host.troubleSinceMs === null ? host : { ...host, troubleSinceMs: null };
  const { health } = calm;
  return health.kind === 'up' && health.connectFailures + health.serverErrors > 0
    ? { ...calm, health: { ...health, connectFailures: 0, serverErrors: 0 } }
    : calm;
}

/** What a host in service has in a row against it. */
export type Counter = 'connectFailures' | 'serverErrors' | 'bodyFaults';

/**
 * Holds the end of an attempt against its host: counts it, and ejects at the threshold. A host that was only just proven
 * has no credit.
 */
export function blame(
  blamed: HostRecord,
  { startedMs, outcome }: AttemptEvent,
  counter: Counter,
  hosts: readonly HostRecord[],
  policy: HealthPolicy,
  env: Env,
): HostRecord {
  const { health } = blamed;
  // An attempt from before the host came into service tells of the time before.
  if ('sinceMs' in health && startedMs < health.sinceMs) return blamed;
  const why = outcome.kind === 'ok' ? '' : outcome.cause;
  const timedOut = counter === 'connectFailures' && why === 'timeout';
  const host = {
    ...blamed,
    troubleSinceMs: blamed.troubleSinceMs ?? startedMs,
    timedOutAtMs: timedOut ? env.nowMs : blamed.timedOutAtMs,
  };
  const isUp = health.kind === 'up';
  if (!isUp && health.kind !== 'holding') return host;
  const failures = isUp ? (health[counter] ?? 0) + 1 : Infinity;
  const threshold = isUp ? policy.ejection[counter === 'bodyFaults' ? 'serverErrors' : counter] : 1;
  const isOver = threshold > 0 && failures >= threshold;
  if ((isOver || timedOut) && !isLast(host, hosts)) {
    if (isOver) return eject(host, why, policy, env);
    // It may be only that request's fault, so a probe is asked.
    if (failures < threshold && policy.failback.proof !== 'request') {
      return { ...host, health: halfOpen(why, 'alarm', env.nowMs, failures), ejectedAtMs: env.nowMs };
    }
  }
  return isUp ? { ...host, health: { ...health, [counter]: failures } } : host;
}

/** No other host has a chance, so this one stays in service whatever it does: a bad host is better than none. */
export function isLast({ origin }: HostRecord, hosts: readonly HostRecord[]): boolean {
  return !hosts.some((other) => other.origin !== origin && isAlive(other));
}
