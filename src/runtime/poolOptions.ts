import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import { fill, type HealthOptions, readHealthPolicy } from '../policy/healthPolicy.ts';
import type { PoolPolicy } from '../policy/poolState.ts';
import type { RetryPolicy } from '../policy/retry.ts';
import type { PoolPart } from './hostPool.ts';
import type { Ports } from './ports.ts';
import type { HealthJudge } from './prober.ts';
import { systemPorts } from './systemPorts.ts';

/** How long each part of a request may take. */
export interface TimeoutPolicy {
  /**
   * Until the first byte of an attempt's answer, in milliseconds. On the last host that may be asked, the rest of
   * `totalMs` counts instead. Default 5,000.
   */
  readonly attemptMs: number;
  /** The same on a host that timed out within `waryForMs`, in milliseconds. Default 2,000. */
  readonly waryAttemptMs: number;
  /** How long a time-out makes wary, in milliseconds. Default 30,000. */
  readonly waryForMs: number;
  /** Until a request's answer begins, over all its attempts and waits, in milliseconds. Default 30,000. */
  readonly totalMs: number;
  /** Between two chunks of a response's body, in milliseconds; 0 for no limit. Event streams have none. Default 10,000. */
  readonly stallMs: number;
}

/** What retries may cost. */
export interface BudgetPolicy {
  /** Most tokens that can be saved up; one is paid for each retry. Default 1 for a browser or a phone, 10 for Node. */
  readonly capacity: number;
  /** Tokens earned by each success. Default 0.1. */
  readonly refillPerSuccess: number;
}

/** Options of a pool. Every one may be left out. */
export interface PoolOptions extends HealthOptions, Partial<Ports> {
  /** Accept http to hosts that are not local. Session tokens are still refused to them. Default false. */
  readonly allowInsecure?: boolean;
  /** How requests are tried again. */
  readonly retry?: Partial<RetryPolicy>;
  /** How long each part of a request may take. */
  readonly timeout?: Partial<TimeoutPolicy>;
  /** What retries may cost. */
  readonly budget?: Partial<BudgetPolicy>;
  /** Judges a health answer. Default: 200 is healthy, nothing else. */
  readonly judge?: HealthJudge;
  /** What the pool does beyond its list: {@link storedHealth}, {@link affinity}, {@link discovery}. Default none. */
  readonly parts?: readonly PoolPart[];
}

/** A pool's whole configuration, with nothing optional. */
export interface PoolSettings {
  readonly policy: PoolPolicy;
  readonly retry: RetryPolicy;
  readonly timeout: TimeoutPolicy;
}

const KNOWN: ReadonlySet<string> = new Set(
  (
    'allowInsecure retry timeout budget judge parts ejection probe failback fence ' +
    'fetch clock random storage connectivity lifecycle'
  ).split(' '),
);

/**
 * Checks the options of a pool, and fills the defaults in.
 *
 * @throws SwitchoverError `INVALID_OPTION` for an unknown name or a value out of its range.
 */
export function readPoolOptions(options: PoolOptions): PoolSettings {
  refuseUnknown(options, KNOWN);
  const { capacity, refillPerSuccess } = DEFAULTS.budget;
  const { attemptMs, waryAttemptMs, waryForMs, totalMs, stallMs } = DEFAULTS.timeout;
  return {
    policy: {
      ...readHealthPolicy(options),
      budget: fill<BudgetPolicy>('budget', { capacity, refillPerSuccess }, options.budget),
    },
    retry: fill<RetryPolicy>('retry', DEFAULTS.retry, options.retry),
    timeout: fill<TimeoutPolicy>('timeout', { attemptMs, waryAttemptMs, waryForMs, totalMs, stallMs }, options.timeout),
  };
}

/** The platform's own ports, but for those that the options replace. */
export function portsOf(options: PoolOptions): Ports {
  const names = ['fetch', 'clock', 'random', 'storage', 'connectivity', 'lifecycle'] as const;
  const given = names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
  return { ...systemPorts(), ...Object.fromEntries(given) };
}

/** Refuses an option that nobody would read: most likely a typing error. */
export function refuseUnknown(options: object, known: ReadonlySet<string>): void {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) {
      throw new SwitchoverError('INVALID_OPTION', `There is no option ${name}.`, {
        remedy: `Use one of: ${[...known].join(', ')}.`,
      });
    }
  }
}
