import { SwitchoverError } from '../policy/error.ts';
import { fill, refuseUnknown } from '../policy/fill.ts';
import type { RetryPolicy, TimeoutPolicy } from '../policy/policyOptions.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import { withIdempotencyKey } from './idempotencyKey.ts';

/** What one request may want otherwise than its pool. Rides on `init.failover`, and so on ky's options too. */
export interface RequestOptions {
  /** The only host that this request may go to: a listed origin. Default none. */
  readonly pin?: string;
  /** False: one attempt and no more. Or parts of the pool's retry policy. Default: the pool's. */
  readonly retry?: false | Partial<RetryPolicy>;
  /** Parts of the pool's timeouts. Default: the pool's. */
  readonly timeout?: Partial<TimeoutPolicy>;
  /**
   * Ask a second host as well when the first is slow; the first good answer wins. GET and HEAD only. True: after what
   * 19 of 20 requests take, between 100 ms and 2 s, and for one request in twenty at most. Default: the fetch's own.
   */
  readonly hedge?:
    | boolean
    | {
        /** A second host is asked after this, in milliseconds, instead of after what most requests take. */
        readonly delayMs: number;
      };
  /**
   * Sent as `Idempotency-Key`, the same on every attempt, so that any method may be sent again. True: a fresh key.
   * The server must honour it (draft-ietf-httpapi-idempotency-key-header). Default none.
   */
  readonly idempotencyKey?: string | true;
  /** Carry an answer's body on that broke off, or ask for it again, where that is safe. Default true. */
  readonly resume?: boolean;
  /** False: send this request without the session's token, and don't open a session for it. Default true. */
  readonly session?: boolean;
}

declare global {
  interface RequestInit {
    /** Options of the switchover library for this one request; ignored by any other `fetch`. */
    failover?: RequestOptions;
  }
}

/** One request's options, complete. What only a part reads is left out where nothing was said. */
export interface RequestSettings {
  /** The only host that the request may go to; null for any. */
  readonly pin: string | null;
  /** How it is tried again. */
  readonly retry: RetryPolicy;
  /** How long its parts may take. */
  readonly timeout: TimeoutPolicy;
  /** Whether a second host is asked; undefined leaves it to the fetch's own `hedging`. */
  readonly hedge?: RequestOptions['hedge'];
  /** Whether a broken body is carried on; undefined for yes. */
  readonly resume?: boolean | undefined;
  /** Whether it belongs to the session; undefined for yes. */
  readonly session?: boolean | undefined;
}

/** Reads what a request itself asks for. It may write to `init`, which is what will be sent. */
export type OptionsPart = (
  options: RequestOptions,
  pool: HostPool,
  defaults: RequestSettings,
  init: RequestInit,
) => RequestSettings;

const KNOWN = 'pin retry timeout hedge idempotencyKey resume session'.split(' ');

const NO_RETRY: Partial<RetryPolicy> = { attempts: 1 };

/** @throws SwitchoverError `INVALID_OPTION` */
export function readHedge<Given extends RequestOptions['hedge']>(given: Given): Given | { readonly delayMs: number } {
  return typeof given === 'object' ? fill('hedge', { delayMs: 0 }, given) : given;
}

/**
 * Lets a request have options of its own: `fetch(url, { failover: { … } })`, see {@link RequestOptions}.
 *
 * @throws SwitchoverError `INVALID_OPTION` for an unknown name or a value out of its range, `UNLISTED_HOST` for a pin that is
 * not in the list.
 */
export const perRequest: OptionsPart = (options, pool, defaults, init) => {
  refuseUnknown(options, KNOWN);
  const { pin = null, hedge, idempotencyKey, resume, session } = options;
  if (pin !== null && pool.hostOf(pin) === undefined) {
    throw new SwitchoverError('UNLISTED_HOST', `${pin} is not in the list.`, { remedy: 'Pin a listed origin.' });
  }
  const settings = {
    pin,
    retry: fill('retry', defaults.retry, options.retry === false ? NO_RETRY : options.retry),
    timeout: fill('timeout', defaults.timeout, options.timeout),
    hedge: readHedge(hedge),
    resume,
    session,
  };
  if (idempotencyKey !== undefined) {
    init.headers = withIdempotencyKey(init.headers, idempotencyKey, pool.ports.random);
  }
  return settings;
};
