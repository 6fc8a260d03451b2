import type { HealthOptions, HealthPolicy } from './healthPolicy.ts';

/** How a request may be tried again. */
export interface RetryPolicy {
  /** Attempts on which a server may have done work, in all; 1 means that nothing is sent twice. Default 3. */
  readonly attempts: number;
  /** The same, to one host. Default 2. */
  readonly attemptsPerHost: number;
  /** The first backoff's upper end, in milliseconds. Default 100. */
  readonly backoffBaseMs: number;
  /** The longest backoff's upper end, in milliseconds. Default 20,000. */
  readonly backoffCapMs: number;
}

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

/** The sections of a pool's options that are numbers and the like. */
export interface PolicyOptions extends HealthOptions {
  /** How requests are tried again. Default: what each part says. */
  readonly retry?: Partial<RetryPolicy>;
  /** How long each part of a request may take. Default: what each part says. */
  readonly timeout?: Partial<TimeoutPolicy>;
  /** What retries may cost. Default: what each part says. */
  readonly budget?: Partial<BudgetPolicy>;
}

/** All of them, with nothing left out. */
export interface PolicySections extends HealthPolicy {
  readonly retry: RetryPolicy;
  readonly timeout: TimeoutPolicy;
  readonly budget: BudgetPolicy;
}
