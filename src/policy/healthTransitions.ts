import { type Env, eject, type Health, type HostRecord, halfOpen, isAlive, onTrial, retire, up } from './health.ts';
import type { HealthPolicy } from './healthPolicy.ts';
import type { Hints } from './hints.ts';
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
  /** All hosts of the pool. */
  readonly hosts: readonly HostRecord[];
  /** When the attempt that is judged began. */
  readonly startedMs: number;
  /** What the host said of itself beside its answer. */
  readonly role: Hints['role'];
}

type Fault = Extract<Outcome, { kind: 'host-fault' | 'app-fault' }>;

/** What a live attempt's outcome does to its host. */
export function afterAttempt(host: HostRecord, outcome: Outcome, at: Circumstances): HostRecord {
  switch (outcome.kind) {
    case 'ok':
      return afterSuccess(host, at);
    case 'not-active':
      return retire(answered(host), outcome.cause, at.policy, at.env);
    case 'busy': {
      const busyUntilMs = Math.max(host.busyUntilMs, at.env.nowMs + outcome.waitMs);
      return endTrial({ ...answered(host), busyUntilMs }, at.env);
    }
    case 'local-fault':
      return endTrial(host, at.env);
    default:
      return afterFault(host, outcome, at);
  }
}

/** What a probe's verdict does to its host. `online`: a bad verdict may be blamed on the host. */
export function afterProbe(
  probed: HostRecord,
  verdict: ProbeVerdict,
  online: boolean,
  policy: HealthPolicy,
  env: Env,
): HostRecord {
  const rested = probed.probing ? { ...probed, probing: false } : probed;
  const { health } = rested;
  if (verdict.kind === 'bad') return online ? afterBadProbe(rested, verdict.why, policy, env) : rested;
  const host = answered(rested);
  if (health.kind === 'ejected') return host;
  if (verdict.kind === 'inactive') return isLeaving(health) ? host : retire(host, verdict.why, policy, env);
  if (health.kind === 'up' && health.badProbes > 0) return { ...host, health: { ...health, badProbes: 0 } };
  if (health.kind !== 'half-open' || health.doubt !== 'alarm') return afterGoodAnswer(host, policy, env);
  const { connectFailures } = health;
  return { ...host, health: { ...up(policy, env), connectFailures }, troubleSinceMs: null, timedOutAtMs: null };
}

/** A draining host in service is left at the moment that was drawn, not when a probe hears of it. */
const isLeaving = (health: Health): boolean => health.kind === 'up' && health.leaveAtMs !== null;

/** A body came to its end. */
export function afterWholeBody(host: HostRecord): HostRecord {
  const { health } = host;
  return health.kind === 'up' && health.bodyFaults > 0 ? { ...host, health: { ...health, bodyFaults: 0 } } : host;
}

/** A success in service only clears what was counted; of a host on trial it is one good answer. */
function afterSuccess(host: HostRecord, { policy, env, startedMs, role }: Circumstances): HostRecord {
  const { health } = host;
  const calm = host.troubleSinceMs === null ? answered(host) : { ...answered(host), troubleSinceMs: null };
  if (health.kind === 'up' && health.connectFailures + health.serverErrors > 0) {
    return { ...calm, health: { ...health, connectFailures: 0, serverErrors: 0 } };
  }
  // A standby that serves has been promoted, unless the request was from before it stood by, or it says otherwise.
  const serves = role !== 'standby' && role !== 'draining';
  if (health.kind === 'inactive' && serves && startedMs >= health.sinceMs) return hold(calm, policy, env);
  return onTrial(health) ? afterGoodAnswer(calm, policy, env) : calm;
}

function afterFault(host: HostRecord, fault: Fault, at: Circumstances): HostRecord {
  const { health } = host;
  // An attempt from before the host came into service tells of the time before.
  if ('sinceMs' in health && at.startedMs < health.sinceMs) return host;
  const troubled = host.troubleSinceMs === null ? { ...host, troubleSinceMs: at.startedMs } : host;
  const { cause } = fault;
  if (fault.kind === 'host-fault' && !fault.answered) return afterSilence(troubled, cause, at);
  // The head of a broken body came too long ago to speak against a silence.
  return cause === 'stalled' || cause === 'broken-body'
    ? count(troubled, 'bodyFaults', cause, at)
    : count(answered(troubled), 'serverErrors', cause, at);
}

/** No answer at all. A time-out may be only that request's fault, so a probe is asked about the first one. */
function afterSilence(host: HostRecord, cause: string, at: Circumstances): HostRecord {
  const silent = { ...host, silentSinceMs: host.silentSinceMs ?? at.startedMs };
  if (cause !== 'timeout') return count(silent, 'connectFailures', cause, at);
  const { health } = host;
  const { nowMs } = at.env;
  const timedOut = { ...silent, timedOutAtMs: nowMs };
  const failures = health.kind === 'up' ? health.connectFailures + 1 : Infinity;
  const isQuestion =
    failures < at.policy.ejection.connectFailures && at.policy.failback.proof === 'probe' && !isLast(host, at);
  return isQuestion
    ? { ...timedOut, health: halfOpen(cause, 'alarm', nowMs, failures), ejectedAtMs: nowMs }
    : count(timedOut, 'connectFailures', cause, at);
}

/** Adds one failure to a counter, and ejects at its threshold. A host that was only just proven has no credit. */
function count(
  host: HostRecord,
  counter: 'connectFailures' | 'serverErrors' | 'bodyFaults',
  why: string,
  at: Circumstances,
): HostRecord {
  const { policy, env } = at;
  const { health } = host;
  if (health.kind === 'holding' || onTrial(health)) {
    return isLast(host, at) ? endTrial(host, env) : eject(host, why, policy, env);
  }
  if (health.kind !== 'up') return host;
  const expired = env.nowMs - health.countingSinceMs > policy.ejection.windowMs;
  const base = expired ? { ...health, connectFailures: 0, serverErrors: 0, bodyFaults: 0 } : health;
  const failures = base[counter] + 1;
  const threshold = policy.ejection[counter === 'connectFailures' ? counter : 'serverErrors'];
  if (threshold > 0 && failures >= threshold && !isLast(host, at)) return eject(host, why, policy, env);
  const first = base.connectFailures + base.serverErrors + base.bodyFaults === 0;
  const countingSinceMs = first ? env.nowMs : base.countingSinceMs;
  return { ...host, health: { ...base, [counter]: failures, countingSinceMs } };
}

/** No other host has a chance, so this one stays in service whatever it does: a bad host is better than none. */
function isLast(host: HostRecord, { hosts }: Circumstances): boolean {
  return !hosts.some((other) => other.origin !== host.origin && isAlive(other));
}

function afterBadProbe(host: HostRecord, why: string, policy: HealthPolicy, env: Env): HostRecord {
  const { health } = host;
  if (health.kind === 'inactive') return eject(host, why, policy, env);
  // A late answer to a question that is settled.
  if (!('badProbes' in health) || (health.kind === 'up' && !policy.probe.always)) return host;
  const badProbes = health.badProbes + 1;
  if (badProbes >= policy.probe.failureThreshold) return eject(host, why, policy, env);
  return health.kind === 'up'
    ? { ...host, health: { ...health, badProbes } }
    : { ...host, health: { ...health, badProbes, goodProbes: 0 } };
}

/** Enough good answers in a row prove a host. */
function afterGoodAnswer(host: HostRecord, policy: HealthPolicy, env: Env): HostRecord {
  const { health } = host;
  if (!('goodProbes' in health)) return host;
  const goodProbes = health.goodProbes + 1;
  if (goodProbes >= policy.probe.successThreshold) return hold(host, policy, env);
  const proven = health.kind === 'half-open' ? { ...health, badProbes: 0, goodProbes } : { ...health, goodProbes };
  return endTrial({ ...host, health: proven }, env);
}

/** A proven host is held back for a while, so that its clients do not return all at once. */
function hold(host: HostRecord, policy: HealthPolicy, env: Env): HostRecord {
  const { nowMs } = env;
  const { holdMs } = policy.failback;
  const why = 'why' in host.health ? host.health.why : '';
  const untilMs = nowMs + env.random() * holdMs;
  return {
    ...host,
    health: holdMs === 0 ? up(policy, env) : { kind: 'holding', why, sinceMs: nowMs, untilMs },
    troubleSinceMs: null,
    timedOutAtMs: null,
  };
}

/** Any answer at all ends a silence. */
function answered(host: HostRecord): HostRecord {
  return host.silentSinceMs === null ? host : { ...host, silentSinceMs: null };
}

/** A trial that settled nothing leaves the host open for the next one. */
function endTrial(host: HostRecord, env: Env): HostRecord {
  const { health } = host;
  return onTrial(health) && health.probeAtMs > env.nowMs
    ? { ...host, health: { ...health, probeAtMs: env.nowMs } }
    : host;
}
