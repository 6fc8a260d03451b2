import type { AttemptEnd, Fault, Outcome } from '../policy/outcome.ts';
import { urlOn } from '../policy/target.ts';
import type { HostConfig } from '../policy/topology.ts';
import { abortWith, reasonOf } from '../runtime/abortReason.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import type { TimeLimit } from '../runtime/timeLimits.ts';
import { linkSignal } from './linkSignal.ts';
import type { SentBody } from './sentBody.ts';

/** What every attempt that is over has. Built once, without intermediate objects: this is on the way of each request. */
interface Ending {
  readonly origin: string;
  readonly startedMs: number;
  readonly tookMs: number;
  /** What its end means. */
  readonly outcome: Outcome;
  /** Stops what is still coming of it: its body. */
  readonly controller: AbortController;
  /** Ends the link to the caller's signal; null where there is none to end. */
  readonly unlink: (() => void) | null;
}

/** An attempt that brought an answer, good or bad. */
export interface AnsweredAttempt extends Ending {
  readonly response: Response;
  readonly error: null;
}

/** An attempt without an answer. */
export interface FailedAttempt extends Ending {
  readonly response: null;
  /** What `fetch` rejected with. */
  readonly error: unknown;
}

/** An attempt that is over. */
export type EndedAttempt = AnsweredAttempt | FailedAttempt;

/** What an attempt must know of its request. */
interface SentRequest {
  readonly path: string;
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  /** True for a signal that lives no longer than its request, as a `Request`'s own does: links to it need no end. */
  readonly signalIsOwn: boolean;
  readonly sent: SentBody;
}

/** What all attempts of a request share. */
export interface Sending {
  readonly pool: HostPool;
  readonly request: SentRequest;
  /** How long an attempt at a host may take to begin its answer. */
  attemptMs(origin: string, nowMs: number): number;
  /** Asked when that time is over: how much longer it may take; 0 ends it. */
  graceMs(origin: string): number;
}

/** Why our own signal was aborted, as against the caller's. */
const TIMED_OUT = Symbol('timed out');

/**
 * Sends a request to one host, books how it ended, and frees its socket if it ended badly.
 *
 * Rejects only with what is the caller's: its abort reason, or the error for arguments that no host could take.
 */
export async function sendTo(
  host: HostConfig,
  init: RequestInit,
  sending: Sending,
  controller: AbortController = new AbortController(),
): Promise<EndedAttempt> {
  const { pool, request } = sending;
  const { path, signal, sent } = request;
  const { origin } = host;
  const startedMs = pool.ports.clock.now();
  const unlink = follow(request, controller);
  const limit = limitTime(origin, startedMs, controller, sending);
  try {
    const response = await pool.ports.fetch(urlOn(host, path), { ...init, signal: controller.signal });
    const { outcome, tookMs } = book(origin, readEnd(response, pool), startedMs, sending, init);
    return { origin, startedMs, tookMs, outcome, controller, unlink, response, error: null };
  } catch (error) {
    unlink?.();
    sent.stop?.(error);
    const fault = faultOf(error, controller.signal, sending);
    if (fault === null) {
      pool.abandon(origin, startedMs);
      throw signal?.aborted ? reasonOf(signal) : error;
    }
    const { outcome, tookMs } = book(origin, { kind: 'failure', fault }, startedMs, sending, init);
    return { origin, startedMs, tookMs, outcome, controller, unlink, response: null, error };
  } finally {
    pool.limits.lift(limit);
  }
}

/** What a rejected `fetch` says of the host; null where it speaks of the caller. */
function faultOf(error: unknown, own: AbortSignal, { pool, request }: Sending): Fault | null {
  const { signal, sent } = request;
  if (own.aborted && !signal?.aborted && reasonOf(own) === TIMED_OUT) return 'timeout';
  return own.aborted || sent.sourceError !== undefined ? null : pool.settings.readFault(error);
}

/** Books an attempt's end with the pool. */
function book(origin: string, end: AttemptEnd, startedMs: number, { pool, request }: Sending, init: RequestInit) {
  const isGet = init.method === undefined || init.method === 'GET';
  const nowMs = pool.ports.clock.now();
  return {
    outcome: pool.report(origin, end, startedMs, nowMs, isGet ? request.path : null),
    tookMs: nowMs - startedMs,
  };
}

/** Lets an attempt be aborted by its caller. */
function follow({ signal, signalIsOwn }: SentRequest, controller: AbortController): (() => void) | null {
  if (signal === undefined) return null;
  const unlink = linkSignal(signal, controller);
  return signalIsOwn ? null : unlink;
}

/** Aborts the attempt when its time is over, unless it has nowhere else to go: then the rest of the total counts. */
function limitTime(origin: string, startedMs: number, controller: AbortController, sending: Sending): TimeLimit {
  return sending.pool.limits.set(startedMs + sending.attemptMs(origin, startedMs), () => {
    const moreMs = sending.graceMs(origin);
    if (moreMs <= 0) abortWith(controller, TIMED_OUT);
    return moreMs;
  });
}

function readEnd({ status, headers }: Response, pool: HostPool): AttemptEnd {
  const header = (name: string) => headers.get(name);
  const retryAfterMs =
    status === 429 || status === 503
      ? pool.settings.readRetryAfter(header('retry-after'), pool.ports.clock.wallTime())
      : null;
  return { kind: 'response', status, retryAfterMs, hints: pool.settings.readHints(header) };
}
