import type { HealthPolicy } from './healthPolicy.ts';

/**
 * What is known of one host. Each state carries only its own data.
 *
 * up → (faults) → ejected → (cool-down over) → half-open → (good probes) → holding → (hold over) → up.
 * `inactive` is a host that is well but not to be used: a standby, a draining one, one with a stale epoch.
 */
export type Health =
  | {
      readonly kind: 'up';
      /** Connections in a row that failed. */
      readonly connectFailures: number;
      /** Answers in a row that were the server's fault. */
      readonly serverErrors: number;
      /** Bodies in a row that broke off or stalled. Each had begun well, so only one that came whole ends the row. */
      readonly bodyFaults: number;
      readonly countingSinceMs: number;
      /** When a host that asked to be left gradually will be left; null for one that stays. */
      readonly leaveAtMs: number | null;
      /** When the next probe is due, for pools that probe always; null else, and while one is under way. */
      readonly probeAtMs: number | null;
      readonly badProbes: number;
    }
  | { readonly kind: 'inactive'; readonly why: string; readonly probeAtMs: number | null; readonly goodProbes: number }
  | { readonly kind: 'ejected'; readonly why: string; readonly untilMs: number }
  | {
      readonly kind: 'half-open';
      readonly why: string;
      /** `alarm`: a time-out that a single good probe may still explain away. */
      readonly doubt: 'alarm' | 'recovery';
      /** Null while a probe or a trial request is under way. */
      readonly probeAtMs: number | null;
      readonly goodProbes: number;
      readonly badProbes: number;
    }
  | { readonly kind: 'holding'; readonly why: string; readonly untilMs: number };

/** One host's record: plain data, so that it can be stored and simulated. */
export interface HostRecord {
  readonly origin: string;
  readonly health: Health;
  /** Ejections without a lasting recovery in between: the exponent of the next cool-down. */
  readonly ejections: number;
  /** When the first of the attempts began that have had no answer since; null while the last one was answered. */
  readonly silentSinceMs: number | null;
  /** When the first of the attempts began that have ended badly since; null while the last one was well. */
  readonly troubleSinceMs: number | null;
  /** When the last attempt timed out; null if none has. */
  readonly timedOutAtMs: number | null;
  /** Until when the host asked not to be asked; 0 if it did not. */
  readonly busyUntilMs: number;
  /** When it was ejected last; null if never. */
  readonly ejectedAtMs: number | null;
}

/** Time and chance, handed in. */
export interface Env {
  readonly nowMs: number;
  readonly random: () => number;
}

export const isUsable = (health: Health): boolean => health.kind === 'up' || health.kind === 'holding';

/** A host that nothing is known against. */
export function freshHost(origin: string, policy: HealthPolicy, env: Env): HostRecord {
  return {
    origin,
    health: up(policy, env, policy.probe.initialDelayMs),
    ejections: 0,
    silentSinceMs: null,
    troubleSinceMs: null,
    timedOutAtMs: null,
    busyUntilMs: 0,
    ejectedAtMs: null,
  };
}

/** In service, with clean counters. */
export function up(policy: HealthPolicy, env: Env, firstProbeMs = policy.probe.periodMs): Health {
  return {
    kind: 'up',
    connectFailures: 0,
    serverErrors: 0,
    bodyFaults: 0,
    countingSinceMs: env.nowMs,
    leaveAtMs: null,
    probeAtMs: policy.probe.always ? env.nowMs + firstProbeMs : null,
    badProbes: 0,
  };
}

/** Out of service until a cool-down is over: doubled at each ejection in a row, capped, then spread. */
export function eject(host: HostRecord, why: string, policy: HealthPolicy, env: Env): HostRecord {
  const { coolDownMs, coolDownCapMs, coolDownSpread } = policy.ejection;
  const spread = 1 + coolDownSpread * (2 * env.random() - 1);
  const coolDown = Math.min(coolDownCapMs, coolDownMs * 2 ** Math.min(host.ejections, 30)) * spread;
  return {
    ...host,
    health: { kind: 'ejected', why, untilMs: env.nowMs + coolDown },
    ejections: host.ejections + 1,
    ejectedAtMs: env.nowMs,
  };
}

/** Out of first choice until a probe says whether a time-out was the host's or only that request's. */
export function raiseAlarm(host: HostRecord, why: string, env: Env): HostRecord {
  return {
    ...host,
    health: { kind: 'half-open', why, doubt: 'alarm', probeAtMs: env.nowMs, goodProbes: 0, badProbes: 0 },
    ejectedAtMs: env.nowMs,
  };
}

/** Well, but not to be used. Probes look whether that has changed. */
export function retire(host: HostRecord, why: string, policy: HealthPolicy, env: Env): HostRecord {
  if (host.health.kind === 'inactive' && host.health.why === why && host.health.probeAtMs !== null) return host;
  const probeAtMs = env.nowMs + policy.probe.inactivePeriodMs * (0.5 + env.random());
  return { ...host, health: { kind: 'inactive', why, probeAtMs, goodProbes: 0 } };
}

/** The moment at which the passing of time alone changes this host's health; Infinity if none. */
export function nextChangeMs({ health }: HostRecord): number {
  if (health.kind === 'up') return health.leaveAtMs ?? Infinity;
  return 'untilMs' in health ? health.untilMs : Infinity;
}

/** When this host's next probe or trial is due; Infinity where none is wanted, and while one is under way. */
export function probeDueMs({ health }: HostRecord): number {
  return ('probeAtMs' in health ? health.probeAtMs : null) ?? Infinity;
}

/** What the passing of time alone does to a host's health. */
export function advanceHost(host: HostRecord, policy: HealthPolicy, env: Env): HostRecord {
  const { health } = host;
  if (health.kind === 'up' && health.leaveAtMs !== null && health.leaveAtMs <= env.nowMs) {
    return retire(host, 'draining', policy, env);
  }
  if (health.kind === 'ejected' && health.untilMs <= env.nowMs) {
    const probeAtMs = env.nowMs + policy.probe.initialDelayMs;
    return {
      ...host,
      health: { kind: 'half-open', why: health.why, doubt: 'recovery', probeAtMs, goodProbes: 0, badProbes: 0 },
    };
  }
  if (health.kind === 'holding' && health.untilMs <= env.nowMs) {
    return { ...host, health: up(policy, env), ejections: 0 };
  }
  return host;
}
