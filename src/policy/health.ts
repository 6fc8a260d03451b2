import type { HealthPolicy } from './healthPolicy.ts';

/**
 * What is known of one host. Each state carries only its own data; what is optional belongs to a rule that not every pool has.
 *
 * up → (faults) → ejected → (cool-down over) → half-open → (good probes) → holding → (hold over) → up.
 * `inactive` is a host that is well but not to be used: a standby, a draining one, one with a stale epoch.
 */
export type Health =
  | {
      readonly kind: 'up';
      readonly sinceMs: number;
      /** Connections and answers in a row that did not come. */
      readonly connectFailures: number;
      /** Answers in a row that were the server's fault. */
      readonly serverErrors: number;
      /** Bodies in a row that broke off or stalled. Each had begun well, so only one that came whole ends the row. */
      readonly bodyFaults?: number;
      /** When the first of the failures came that are counted now. */
      readonly countingSinceMs?: number;
      /** When a host that asked to be left gradually will be left. */
      readonly leaveAtMs?: number;
      /** When the next probe is due, for pools that probe always. */
      readonly probeAtMs?: number;
      readonly badProbes?: number;
    }
  | {
      readonly kind: 'inactive';
      readonly why: string;
      readonly sinceMs: number;
      readonly probeAtMs: number;
      readonly goodProbes: number;
    }
  | { readonly kind: 'ejected'; readonly why: string; readonly untilMs: number }
  | {
      readonly kind: 'half-open';
      readonly why: string;
      /**
       * `alarm`: a time-out that a single good probe explains away. `recovery`: probes are to prove it. `trial`: live
       * requests are, one at a time.
       */
      readonly doubt: 'alarm' | 'recovery' | 'trial';
      /** When the next probe or trial is due. */
      readonly probeAtMs: number;
      readonly goodProbes: number;
      readonly badProbes?: number;
      /** What was counted when the alarm was raised: a good probe does not make a live request's time-out undone. */
      readonly connectFailures: number;
    }
  | { readonly kind: 'holding'; readonly why: string; readonly sinceMs: number; readonly untilMs: number };

/** One host's record: plain data, so that it can be stored and simulated. */
export interface HostRecord {
  readonly origin: string;
  readonly health: Health;
  /** True while a probe is under way: there is never a second one. */
  readonly probing: boolean;
  /** Ejections without a lasting recovery in between: the exponent of the next cool-down. */
  readonly ejections: number;
  /** When the first of the attempts began that have had no answer since; null while the last one was answered. */
  readonly silentSinceMs: number | null;
  /** When the first of the attempts began that have ended badly since; null while the last one was well. */
  readonly troubleSinceMs: number | null;
  /** When the last attempt timed out; null if none has, or if a probe has answered since. */
  readonly timedOutAtMs: number | null;
  /** Until when the host asked not to be asked; 0 if it did not. */
  readonly busyUntilMs: number;
  /** When it was taken out of service last, by an ejection or an alarm; null if never. */
  readonly ejectedAtMs: number | null;
  /** What came of asking it whether it is alive. Only with `signsOfLife`. */
  readonly sign?: SignOfLife;
  /** What makes its probes wait while it is out of service. Only with `sparingProbes`. */
  readonly patience?: Patience;
}

/** How a client that is well served waits for a better host. */
export interface Patience {
  /** When it was probed last, or else left. */
  readonly sinceMs: number;
  /** Requests sent elsewhere since. */
  readonly requests: number;
  /** True once its next probe was due before there was use for it. */
  readonly isPutOff: boolean;
}

/** What came of asking a host whether it is alive. */
export interface SignOfLife {
  /** How long this counts. */
  readonly untilMs: number;
  /** Null while that is open. */
  readonly heard: boolean | null;
}

/** Time and chance, handed in. */
export interface Env {
  readonly nowMs: number;
  readonly random: () => number;
}

export const isUsable = (health: Health): health is Extract<Health, { kind: 'up' | 'holding' }> =>
  health.kind === 'up' || health.kind === 'holding';

/** True for a host in service that has asked to be left gradually. */
export const isBeingLeft = (health: Health): boolean => health.kind === 'up' && health.leaveAtMs !== undefined;

/** True for a host that waits for a live request to prove it. */
export const onTrial = (health: Health): health is Health & { kind: 'half-open' } =>
  health.kind === 'half-open' && health.doubt === 'trial';

/** True where a live request has a chance: in service, on trial, or a standby that answered when it was asked last. */
export const isAlive = ({ health, silentSinceMs }: HostRecord): boolean =>
  isUsable(health) || onTrial(health) || (health.kind === 'inactive' && silentSinceMs === null);

/** A host that nothing is known against. */
export function freshHost(origin: string, env: Env): HostRecord {
  return {
    origin,
    health: up(env),
    probing: false,
    ejections: 0,
    silentSinceMs: null,
    troubleSinceMs: null,
    timedOutAtMs: null,
    busyUntilMs: 0,
    ejectedAtMs: null,
  };
}

/** In service, with clean counters. */
export const up = ({ nowMs }: Env): Health & { kind: 'up' } => ({
  kind: 'up',
  sinceMs: nowMs,
  connectFailures: 0,
  serverErrors: 0,
});

/**
 * Out of service until a cool-down is over: doubled at each ejection in a row, capped, then spread. A host that was in
 * service for as long as the longest cool-down had recovered for good, and begins anew.
 */
export function eject(host: HostRecord, why: string, { ejection }: HealthPolicy, { nowMs, random }: Env): HostRecord {
  const { coolDownMs, coolDownCapMs, coolDownSpread } = ejection;
  const { health } = host;
  const lasted = health.kind === 'up' && nowMs - health.sinceMs >= coolDownCapMs;
  const before = lasted ? 0 : host.ejections;
  const spread = 1 + coolDownSpread * (2 * random() - 1);
  const untilMs = nowMs + Math.min(coolDownCapMs, coolDownMs * 2 ** Math.min(before, 30)) * spread;
  return { ...host, health: { kind: 'ejected', why, untilMs }, ejections: before + 1, ejectedAtMs: nowMs };
}

/** Out of service until its probes or trials are good, or one of them is bad. */
export function halfOpen(
  why: string,
  doubt: 'alarm' | 'recovery' | 'trial',
  nowMs: number,
  connectFailures = 0,
): Health & { kind: 'half-open' } {
  return { kind: 'half-open', why, doubt, probeAtMs: nowMs, goodProbes: 0, connectFailures };
}

/** A proven host is held back for a while, so that its clients do not return all at once. */
export function hold(host: HostRecord, { failback }: HealthPolicy, env: Env): HostRecord {
  const { nowMs } = env;
  const { holdMs } = failback;
  const why = 'why' in host.health ? host.health.why : '';
  const untilMs = nowMs + env.random() * holdMs;
  return {
    ...host,
    health: holdMs === 0 ? up(env) : { kind: 'holding', why, sinceMs: nowMs, untilMs },
    troubleSinceMs: null,
    timedOutAtMs: null,
  };
}

/** The moment at which the passing of time alone changes what is known of this host; Infinity if none. */
export function nextChangeMs({ health, busyUntilMs }: HostRecord): number {
  const at = health.kind === 'up' ? health.leaveAtMs : 'untilMs' in health ? health.untilMs : undefined;
  return Math.min(at ?? Infinity, busyUntilMs || Infinity);
}

/** When this host's next probe or trial is due; Infinity where none is wanted, and while one is under way. */
export function probeDueMs({ health, probing }: HostRecord): number {
  return (!probing && 'probeAtMs' in health ? health.probeAtMs : undefined) ?? Infinity;
}

/** What the passing of time alone does to a host. */
export function advanceHost(host: HostRecord, policy: HealthPolicy, env: Env): HostRecord {
  const { health, busyUntilMs } = host;
  if (busyUntilMs > 0 && busyUntilMs <= env.nowMs) return advanceHost({ ...host, busyUntilMs: 0 }, policy, env);
  if (!('untilMs' in health) || health.untilMs > env.nowMs) return host;
  if (health.kind === 'holding') return { ...host, health: up(env) };
  const doubt = policy.failback.proof === 'request' ? 'trial' : 'recovery';
  return { ...host, health: halfOpen(health.why, doubt, env.nowMs) };
}
