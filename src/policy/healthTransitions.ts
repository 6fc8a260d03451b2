import { type Env, eject, type Health, type HostRecord, isUsable, raiseAlarm, retire, up } from './health.ts';
import type { HealthPolicy } from './healthPolicy.ts';
import type { Outcome } from './outcome.ts';

/** The verdict of one probe. */
export type ProbeVerdict =
  | { readonly kind: 'good' }
  /** Alive, but not the one to use: a standby, a draining host, one with a stale epoch. */
  | { readonly kind: 'inactive'; readonly why: string }
  | { readonly kind: 'bad'; readonly why: string };

/** What a transition must know beside the host and the event. */
export interface Circumstances {
  readonly policy: HealthPolicy;
  readonly env: Env;
  /** No other host is usable, so this one stays in service whatever it does. */
  readonly lastHost: boolean;
  /** When the attempt that is judged began. */
  readonly startedMs: number;
}

/** What a live attempt's outcome does to its host. */
export function afterAttempt(host: HostRecord, outcome: Outcome, at: Circumstances): HostRecord {
  switch (outcome.kind) {
    case 'ok':
      return afterSuccess(host, at);
    case 'not-active':
      return retire(answered(host), outcome.cause, at.policy, at.env);
    case 'busy':
      return { ...answered(host), busyUntilMs: Math.max(host.busyUntilMs, at.env.nowMs + outcome.waitMs) };
    case 'local-fault':
      return endTrial(host, at.env);
    case 'app-fault':
      return count(troubled(answered(host), at), 'serverErrors', outcome.cause, at);
    case 'host-fault':
      return outcome.answered
        ? count(
            troubled(answered(host), at),
            isBodyFault(outcome.cause) ? 'bodyFaults' : 'serverErrors',
            outcome.cause,
            at,
          )
        : afterSilence(troubled(host, at), outcome.cause, at);
  }
}

/** What a probe's verdict does to its host. */
export function afterProbe(host: HostRecord, verdict: ProbeVerdict, policy: HealthPolicy, env: Env): HostRecord {
  const { health } = host;
  if (health.kind === 'ejected' || health.kind === 'holding') return host;
  if (verdict.kind === 'inactive') return retire(host, verdict.why, policy, env);
  if (verdict.kind === 'bad') return afterBadProbe(host, verdict.why, policy, env);
  if (health.kind === 'up') {
    const probeAtMs = policy.probe.always ? env.nowMs + policy.probe.periodMs : null;
    return { ...host, health: { ...health, badProbes: 0, probeAtMs } };
  }
  if (health.kind === 'half-open' && health.doubt === 'alarm') return { ...host, health: up(policy, env) };
  return afterGoodAnswer(host, policy, env);
}

/** A body came to its end. */
export function afterWholeBody(host: HostRecord): HostRecord {
  const { health } = host;
  return health.kind === 'up' && health.bodyFaults > 0 ? { ...host, health: { ...health, bodyFaults: 0 } } : host;
}

/** A success in service only clears what was counted; of a host on trial it is one good answer. */
function afterSuccess(host: HostRecord, { policy, env }: Circumstances): HostRecord {
  const { health } = host;
  const calm = host.troubleSinceMs === null ? answered(host) : { ...answered(host), troubleSinceMs: null };
  if (health.kind === 'up' && health.connectFailures + health.serverErrors > 0) {
    return { ...calm, health: { ...health, connectFailures: 0, serverErrors: 0 } };
  }
  return onTrial(health, policy) ? afterGoodAnswer(calm, policy, env) : calm;
}

/** No answer at all. A time-out may be only that request's fault, so a probe has the last word on it. */
function afterSilence(host: HostRecord, cause: string, at: Circumstances): HostRecord {
  const silent = { ...host, silentSinceMs: host.silentSinceMs ?? at.startedMs };
  if (cause !== 'timeout') return count(silent, 'connectFailures', cause, at);
  const timedOut = { ...silent, timedOutAtMs: at.env.nowMs };
  const mayDoubt = isUsable(host.health) && !at.lastHost && at.policy.ejection.connectFailures > 0;
  return mayDoubt ? raiseAlarm(timedOut, cause, at.env) : count(timedOut, 'connectFailures', cause, at);
}

/** Adds one failure to a counter, and ejects at its threshold. A host that was only just proven has no credit. */
function count(
  host: HostRecord,
  counter: 'connectFailures' | 'serverErrors' | 'bodyFaults',
  why: string,
  { policy, env, lastHost }: Circumstances,
): HostRecord {
  const { health } = host;
  if (health.kind === 'holding' || onTrial(health, policy)) {
    return lastHost ? endTrial(host, env) : eject(host, why, policy, env);
  }
  if (health.kind !== 'up') return host;
  const expired = env.nowMs - health.countingSinceMs > policy.ejection.windowMs;
  const base = expired ? { ...health, connectFailures: 0, serverErrors: 0, bodyFaults: 0 } : health;
  const failures = base[counter] + 1;
  const threshold = policy.ejection[counter === 'connectFailures' ? counter : 'serverErrors'];
  if (threshold > 0 && failures >= threshold && !lastHost) return eject(host, why, policy, env);
  const first = base.connectFailures + base.serverErrors + base.bodyFaults === 0;
  const countingSinceMs = first ? env.nowMs : base.countingSinceMs;
  return { ...host, health: { ...base, [counter]: failures, countingSinceMs } };
}

function afterBadProbe(host: HostRecord, why: string, policy: HealthPolicy, env: Env): HostRecord {
  const { health } = host;
  if (health.kind !== 'up' && health.kind !== 'half-open') return eject(host, why, policy, env);
  const badProbes = health.badProbes + 1;
  if (badProbes >= policy.probe.failureThreshold) return eject(host, why, policy, env);
  const probeAtMs = env.nowMs + policy.probe.periodMs;
  return health.kind === 'up'
    ? { ...host, health: { ...health, badProbes, probeAtMs } }
    : { ...host, health: { ...health, badProbes, goodProbes: 0, probeAtMs } };
}

/** Enough good answers in a row: the host is held back for a while, so that its clients do not return all at once. */
function afterGoodAnswer(host: HostRecord, policy: HealthPolicy, env: Env): HostRecord {
  const { health } = host;
  if (health.kind !== 'half-open' && health.kind !== 'inactive') return host;
  const goodProbes = health.goodProbes + 1;
  if (goodProbes < policy.probe.successThreshold) {
    return { ...host, health: { ...health, goodProbes, probeAtMs: env.nowMs + policy.probe.periodMs } };
  }
  const untilMs = env.nowMs + env.random() * policy.failback.holdMs;
  const next: Health = policy.failback.holdMs === 0 ? up(policy, env) : { kind: 'holding', why: health.why, untilMs };
  return { ...answered(host), health: next, troubleSinceMs: null, timedOutAtMs: null };
}

const isBodyFault = (cause: string): boolean => cause === 'stalled' || cause === 'broken-body';

function onTrial(health: Health, policy: HealthPolicy): boolean {
  return health.kind === 'half-open' && policy.failback.proof === 'request';
}

/** Any answer at all ends a silence. */
function answered(host: HostRecord): HostRecord {
  return host.silentSinceMs === null ? host : { ...host, silentSinceMs: null };
}

function troubled(host: HostRecord, { startedMs }: Circumstances): HostRecord {
  return host.troubleSinceMs === null ? { ...host, troubleSinceMs: startedMs } : host;
}

/** A trial that said nothing of the host leaves it open for the next one. */
function endTrial(host: HostRecord, env: Env): HostRecord {
  const { health } = host;
  return health.kind === 'half-open' && health.probeAtMs === null
    ? { ...host, health: { ...health, probeAtMs: env.nowMs } }
    : host;
}
