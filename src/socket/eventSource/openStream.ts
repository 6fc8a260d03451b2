import type { Outcome } from '../../policy/outcome.ts';
import { recordOf } from '../../policy/poolState.ts';
import { abortWith, reasonOf } from '../../runtime/abortReason.ts';
import { discard } from '../../runtime/discard.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import type { Fetch } from '../../runtime/ports.ts';
import { StreamReader, type StreamResponse } from './streamReader.ts';
import { judge, type Verdict } from './verdict.ts';

/** Where a stream is asked for. */
export interface StreamTarget {
  readonly origin: string;
  readonly url: string;
}

/** How an attempt to open a stream ended. */
export type Opening =
  | { readonly verdict: 'open'; readonly stream: StreamReader }
  | { readonly verdict: Exclude<Verdict, 'open'>; readonly cause: string; readonly error?: unknown };

/** Why our own signal was aborted: this attempt's time is over. Any other reason is the caller's. */
const TIMED_OUT = Symbol('timed out');

/** Asks one host for an event stream, and books how it answered. Never rejects. */
export async function openStream(
  pool: HostPool,
  { origin, url }: StreamTarget,
  init: RequestInit,
  fetch: Fetch,
  controller: AbortController,
): Promise<Opening> {
  const { clock } = pool.ports;
  const startedMs = clock.now();
  const limit = pool.limits.set(startedMs + attemptMs(pool, origin, startedMs), () => {
    abortWith(controller, TIMED_OUT);
    return 0;
  });
  try {
    const response = await fetch(url, { ...init, signal: controller.signal });
    const outcome = book(pool, origin, response, startedMs);
    const type = response.headers.get('content-type');
    const verdict = judge(response.status, type, outcome);
    if (verdict === 'open' && canStream(response)) {
      return { verdict, stream: new StreamReader(pool, origin, response, controller) };
    }
    void discard(response);
    if (verdict === 'open') return { verdict: 'refused', cause: 'this fetch has no streaming bodies' };
    return { verdict, cause: describe(response.status, type, outcome) };
  } catch {
    const timedOut = controller.signal.aborted && reasonOf(controller.signal) === TIMED_OUT;
    if (controller.signal.aborted && !timedOut) pool.abandon(origin, startedMs);
    else
      pool.report(origin, { kind: 'failure', fault: timedOut ? 'timeout' : 'network' }, startedMs, clock.now(), null);
    return { verdict: 'elsewhere', cause: timedOut ? 'timeout' : 'network' };
  } finally {
    pool.limits.lift(limit);
  }
}

/** React Native's own `fetch` hands out a body only when all of it is there. */
const canStream = (response: Response): response is StreamResponse => response.body != null;

/** A host that timed out a short while ago is given less time. */
function attemptMs({ state, settings }: HostPool, origin: string, nowMs: number): number {
  const { attemptMs, waryAttemptMs, waryForMs } = settings.timeout;
  const timedOutAtMs = recordOf(state, origin)?.timedOutAtMs ?? -Infinity;
  return nowMs - timedOutAtMs < waryForMs ? waryAttemptMs : attemptMs;
}

/** No path goes with it: as a probe of its host, a stream would never end. */
function book(pool: HostPool, origin: string, { status, headers }: Response, startedMs: number): Outcome {
  const { clock } = pool.ports;
  const { readHints, readRetryAfter } = pool.settings;
  const header = (name: string) => headers.get(name);
  const retryAfterMs = readRetryAfter(header('retry-after'), clock.wallTime());
  const end = { kind: 'response', status, retryAfterMs, hints: readHints(header) } as const;
  return pool.report(origin, end, startedMs, clock.now(), null);
}

function describe(status: number, type: string | null, outcome: Outcome): string {
  if (outcome.kind !== 'ok') return outcome.cause;
  return status === 200 ? `content type ${type}` : `http ${status}`;
}
