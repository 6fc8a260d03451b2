import { DEFAULTS } from '../policy/defaults.ts';
import { readHints } from '../policy/hints.ts';
import type { AttemptEnd, Fault, Outcome } from '../policy/outcome.ts';
import { parseRetryAfter } from '../policy/retryAfter.ts';
import { urlOn } from '../policy/target.ts';
import type { HostConfig } from '../policy/topology.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import { reasonOf } from './abortReason.ts';
import { networkFault } from './networkFault.ts';
import type { SentBody } from './requestBody.ts';

/** One sending of a request to one host, with its own way to stop it. */
export interface Attempt {
  readonly origin: string;
  readonly startedMs: number;
  readonly controller: AbortController;
  /** Ends the link to the caller's signal. */
  readonly unlink: () => void;
}

interface Ending extends Attempt {
  readonly outcome: Outcome;
  readonly tookMs: number;
}

/** An attempt that brought an answer, good or bad. */
export interface AnsweredAttempt extends Ending {
  readonly response: Response;
  readonly error: null;
}

/** An attempt that is over, and what it means. `error`: what `fetch` rejected with, where it did. */
export type EndedAttempt = AnsweredAttempt | (Ending & { readonly response: null; readonly error: unknown });

/** What all attempts of a request share. */
export interface Sending {
  readonly pool: HostPool;
  readonly path: string;
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  readonly sent: SentBody;
  /** How long an attempt at a host may take to begin its answer. */
  attemptMs(origin: string): number;
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
  const { clock, fetch } = sending.pool.ports;
  const attempt: Attempt = {
    origin: host.origin,
    startedMs: clock.now(),
    controller,
    unlink: follow(sending.signal, controller),
  };
  const stopTimer = limitTime(attempt, sending);
  try {
    const response = await fetch(urlOn(host, sending.path), { ...init, signal: controller.signal });
    return { ...judge(attempt, readEnd(response, sending.pool), sending, init), response, error: null };
  } catch (error) {
    attempt.unlink();
    const fault = faultOf(error, attempt, sending);
    return { ...judge(attempt, { kind: 'failure', fault }, sending, init), response: null, error };
  } finally {
    stopTimer();
  }
}

/** What a rejected `fetch` says of the host; rethrows what it says of the caller. */
function faultOf(error: unknown, { origin, startedMs, controller }: Attempt, { pool, signal, sent }: Sending): Fault {
  if (controller.signal.reason === TIMED_OUT && !signal?.aborted) return 'timeout';
  const callers = controller.signal.aborted || sent.sourceError !== undefined;
  const fault = callers ? null : networkFault(error);
  if (fault !== null) return fault;
  pool.abandon(origin, startedMs);
  throw signal?.aborted ? reasonOf(signal) : error;
}

/** Books an attempt's end with the pool. */
function judge(attempt: Attempt, end: AttemptEnd, { pool, path }: Sending, init: RequestInit): Ending {
  const isGet = init.method === undefined || init.method === 'GET';
  const outcome = pool.report(attempt.origin, end, attempt.startedMs, isGet ? path : null);
  return { ...attempt, outcome, tookMs: pool.ports.clock.now() - attempt.startedMs };
}

/** Lets an attempt be aborted by its caller; the returned function ends that, so that a long-lived signal keeps nothing. */
function follow(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal === undefined) return NOTHING;
  const abort = () => controller.abort(reasonOf(signal));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return () => signal.removeEventListener('abort', abort);
}

const NOTHING = () => {};

/** Aborts the attempt when its time is over, unless it has nowhere else to go: then the rest of the total counts. */
function limitTime({ origin, controller }: Attempt, sending: Sending): () => void {
  const { clock } = sending.pool.ports;
  const end = () => controller.abort(TIMED_OUT);
  let cancel = clock.setTimer(() => {
    const leftMs = sending.graceMs(origin);
    if (leftMs > 0) cancel = clock.setTimer(end, leftMs);
    else end();
  }, sending.attemptMs(origin));
  return () => cancel();
}

function readEnd({ status, headers }: Response, pool: HostPool): AttemptEnd {
  const header = (name: string) => headers.get(name);
  const retryAfterMs =
    status === 429 || status === 503
      ? parseRetryAfter(header('retry-after'), pool.ports.clock.wallTime(), DEFAULTS.retryAfter.capMs)
      : null;
  return { kind: 'response', status, retryAfterMs, hints: readHints(header) };
}
