import { eject } from '../../policy/health.ts';
import { isLast } from '../../policy/healthTransitions.ts';
import type { Apply, PoolPolicy } from '../../policy/poolRule.ts';
import { change, type PoolState } from '../../policy/poolState.ts';
import { creditSuccess } from '../../policy/retryBudget.ts';
import type { FleetParts } from '../fleet/fleetParts.ts';

/** A bug that is put into the policy on purpose, around a part that is sound. */
export interface FleetMutant {
  readonly name: string;
  /** What has to be said of it: a bug that is found for another reason is not found. */
  readonly complaint: RegExp;
  readonly mutate: (parts: FleetParts) => FleetParts;
}

/** A policy that goes by other numbers, or makes something else of events. */
const policy =
  (wrong: (policy: PoolPolicy) => PoolPolicy): FleetMutant['mutate'] =>
  (parts) => ({ ...parts, readPolicy: (...given) => wrong(parts.readPolicy(...given)) });

/** A pool that makes something else of events. */
const pool = (wrong: (apply: Apply) => Apply): FleetMutant['mutate'] =>
  policy((sound) => ({ ...sound, apply: wrong(sound.apply) }));

/** A pool whose hosts are put wrong after each event. */
const hosts = (wrong: (host: PoolState['hosts'][number], nowMs: number) => PoolState['hosts'][number]) =>
  pool((apply) => (state, event, limits, env) => {
    const next = apply(state, event, limits, env);
    return { ...next, hosts: next.hosts.map((host) => wrong(host, env.nowMs)) };
  });

/** Another step after an attempt. */
const step =
  (wrong: (next: FleetParts['nextStep']) => FleetParts['nextStep']): FleetMutant['mutate'] =>
  (parts) => ({ ...parts, nextStep: wrong(parts.nextStep) });

/** Waits that come out otherwise. */
const waits = (delayMs: (round: number, baseMs: number, capMs: number, draw: number) => number) =>
  step((next) => (before, attempt, request, env) => {
    const done = next(before, attempt, request, env);
    if (done.kind !== 'wait') return done;
    const { backoffBaseMs, backoffCapMs } = env.policy;
    const busy = env.pool.hosts.some(({ busyUntilMs }) => busyUntilMs > env.nowMs);
    return busy ? done : { ...done, delayMs: delayMs(before.waits, backoffBaseMs, backoffCapMs, env.random()) };
  });

const RETRY_MUTANTS: readonly FleetMutant[] = [
  {
    name: 'jitter before clamp',
    complaint: /late waits are in one bucket/,
    mutate: waits((round, baseMs, capMs, draw) => Math.min(capMs, draw * baseMs * 2 ** Math.min(round, 52))),
  },
  {
    name: 'waits that do not grow',
    complaint: /was tried .* times|in one bucket/,
    mutate: waits((_, baseMs, __, draw) => draw * baseMs),
  },
  {
    name: 'budget not charged',
    complaint: /with a budget of/,
    mutate: pool(
      (apply) => (state, event, limits, env) => (event.kind === 'pay' ? state : apply(state, event, limits, env)),
    ),
  },
  {
    name: 'budget refilled by failures',
    complaint: /with a budget of/,
    mutate: pool((apply) => (state, event, limits, env) => {
      const next = apply(state, event, limits, env);
      const isFailure = event.kind === 'attempt' && event.outcome.kind !== 'ok';
      return isFailure ? { ...next, budget: creditSuccess(next.budget) } : next;
    }),
  },
  {
    name: 'no limit of attempts',
    complaint: /to where work is done|too often to one host/,
    mutate: policy((sound) => ({ ...sound, retry: { ...sound.retry, attempts: 100, attemptsPerHost: 100 } })),
  },
  {
    name: 'what may be done once only is sent again',
    complaint: /may be done once only/,
    mutate: step(
      (next) => (before, attempt, request, env) => next(before, attempt, { ...request, method: 'GET' }, env),
    ),
  },
  {
    name: 'Retry-After ignored',
    complaint: /before the time that it had asked for/,
    mutate: hosts((host) => (host.busyUntilMs === 0 ? host : { ...host, busyUntilMs: 0 })),
  },
  {
    name: 'no move to a host that is well',
    complaint: /though a host was well/,
    mutate: step((next) => (before, attempt, request, env) => {
      const done = next(before, attempt, request, env);
      return done.kind === 'move' ? { kind: 'give-up', why: 'attempts' } : done;
    }),
  },
];

const HEALTH_MUTANTS: readonly FleetMutant[] = [
  {
    name: 'hold skipped',
    complaint: /came back within/,
    mutate: policy((sound) => ({ ...sound, failback: { ...sound.failback, holdMs: 0 } })),
  },
  {
    name: 'cool-down not doubled',
    complaint: /probed a dead host/,
    mutate: hosts((host) => (host.ejections === 0 ? host : { ...host, ejections: 0 })),
  },
  {
    name: 'probe not single flight',
    complaint: /two probes under way/,
    mutate: hosts((host, nowMs) => {
      const { health } = host;
      if (!host.probing || !('probeAtMs' in health)) return host;
      return { ...host, probing: false, health: { ...health, probeAtMs: nowMs + 100 } };
    }),
  },
  {
    name: 'one probe proves a host',
    complaint: /1 probe has proven/,
    mutate: policy((sound) => ({ ...sound, probe: { ...sound.probe, successThreshold: 1 } })),
  },
  {
    name: 'last host ejected',
    complaint: /last host was taken out/,
    mutate: pool((apply) => (state, event, limits, env) => {
      const next = apply(state, event, limits, env);
      if (event.kind !== 'attempt' || event.outcome.kind !== 'host-fault') return next;
      return change(next, event.origin, (host) =>
        isLast(host, next.hosts) ? eject(host, 'fault', limits, env) : host,
      );
    }),
  },
  {
    name: 'late failure counted',
    complaint: /from before a host came into service/,
    mutate: pool(
      (apply) => (state, event, limits, env) =>
        apply(state, event.kind === 'attempt' ? { ...event, startedMs: env.nowMs } : event, limits, env),
    ),
  },
];

export const FLEET_MUTANTS: readonly FleetMutant[] = [...RETRY_MUTANTS, ...HEALTH_MUTANTS];
