import { SwitchoverError } from '../policy/error.ts';
import type { Outcome } from '../policy/outcome.ts';
import type { RequestTraits } from '../policy/retry.ts';
import { pathOn } from '../policy/target.ts';
import type { HostConfig } from '../policy/topology.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import type { Fetch } from '../runtime/ports.ts';
import { guardedAnswers } from './answer.ts';
import type { EndedAttempt } from './attempt.ts';
import { urlOf } from './createFetch.ts';
import { requestFailure } from './failure.ts';
import { linkSignal } from './linkSignal.ts';
import { bufferedBodies } from './requestBody.ts';
import type { RequestSettings } from './requestOptions.ts';
import { readInit } from './requestParts.ts';
import { RequestRun } from './requestRun.ts';
import type { FetchParts } from './run.ts';
import { HostStop, isRedirect, refusedRedirect } from './sessionGate.ts';

/** The way from a session's own code to one host: a `fetch`, and what became of it. */
export interface HostLine {
  readonly fetch: Fetch;
  /** Reads from an error of that code, and from its last request, whether the host was to blame; null where it was not. */
  stopFor(error: unknown): HostStop | null;
}

/**
 * Opens a line to a host. Each request is one attempt, which the pool books as any other, with the attempt's time limit while
 * another host is ready, else until the line is over.
 *
 * @param headers Set over each request's own: the session's pass, or nothing.
 * @param signal Ends whatever is under way on the line.
 */
export function openLine(
  pool: HostPool,
  host: HostConfig,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): HostLine {
  const deadlineMs = pool.ports.clock.now() + pool.settings.timeout.totalMs;
  let last: EndedAttempt | null = null;
  const fetch: Fetch = async (input, given) => {
    const path = pathOn(urlOf(input), pool.hosts);
    if (path === null) return pool.ports.fetch(input, given);
    last = null;
    const run = await prepare(pool, path, input, given, { headers, signal, deadlineMs });
    const ended = await run.send(host, run.request.init);
    last = ended;
    if (ended.response === null) {
      const { outcome, tookMs } = ended;
      const cause = outcome.kind === 'ok' ? 'ok' : outcome.cause;
      throw requestFailure('attempts', [{ host: host.origin, cause, tookMs: Math.round(tookMs) }], ended.error);
    }
    if (given?.redirect === undefined && isRedirect(ended.response)) throw refusedRedirect(host);
    return run.parts.answers(run, ended);
  };
  const stopFor = (error: unknown) => {
    const outcome = last === null || last.outcome.kind === 'ok' ? brokenAnswer(error) : last.outcome;
    return outcome === null ? null : new HostStop(beforeSending(outcome), error);
  };
  return { fetch, stopFor };
}

type Fault = Exclude<Outcome, { kind: 'ok' }>;

/** What a host's failure under the session means for a request that has not been sent. */
export function beforeSending(outcome: Fault): Outcome {
  const cause = `session: ${outcome.cause}`;
  return outcome.kind === 'app-fault'
    ? { kind: 'host-fault', cause, processed: 'no', answered: true }
    : { ...outcome, cause, processed: 'no' };
}

/** An answer that began well and broke off; libraries wrap its error. */
function brokenAnswer(error: unknown): Fault | null {
  let inner = error;
  for (let depth = 0; depth < 5 && inner instanceof Error; depth++, inner = inner.cause) {
    if (SwitchoverError.is(inner) && inner.code === 'BODY_BROKEN') {
      return { kind: 'host-fault', cause: 'broken-body', processed: 'maybe', answered: true };
    }
  }
  return null;
}

interface LineSettings {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

async function prepare(
  pool: HostPool,
  path: string,
  input: string | URL | Request,
  given: RequestInit | undefined,
  { headers, signal, deadlineMs }: LineSettings,
): Promise<RequestRun> {
  const parts: FetchParts = {
    bodies: bufferedBodies(),
    answers: guardedAnswers(),
    options: null,
    hedging: null,
    session: null,
  };
  const { method, headers: own, signal: callers, request, init } = readInit(input, given);
  const controller = new AbortController();
  const unlink = linkSignal(callers, controller);
  signal.addEventListener('abort', unlink);
  linkSignal(signal, controller);
  const sent = await parts.bodies(request, given, controller.signal);
  if (sent.body != null) init.body = sent.body;
  if (sent.duplex !== undefined) (init as { duplex?: 'half' }).duplex = sent.duplex;
  init.headers = new Headers(own);
  for (const [name, value] of Object.entries(headers)) init.headers.set(name, value);
  // A login that was redirected would hand its secret on to wherever the redirect points.
  init.redirect = given?.redirect ?? 'manual';
  const { retry, timeout } = pool.settings;
  const settings: RequestSettings = { pin: null, retry, timeout, resume: false };
  // What a session asks for may be asked for at another host as well, whatever its method: so a silent host is left in time.
  const traits: RequestTraits = { method, hasIdempotencyKey: true, bodyReplayable: true, pin: null, deadlineMs };
  return new RequestRun(
    pool,
    { path, init, sent, signal: controller.signal, signalIsOwn: true, traits, settings },
    parts,
  );
}
