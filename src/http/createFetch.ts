import { invalidOption, refuseUnknown } from '../policy/fill.ts';
import { isReplaySafe } from '../policy/idempotency.ts';
import { pathOn } from '../policy/target.ts';
import { reasonOf, throwIfAborted } from '../runtime/abortReason.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import type { Fetch } from '../runtime/ports.ts';
import { wait } from '../runtime/wait.ts';
import { plainAnswers, plainBodies } from './plainParts.ts';
import type { RequestSettings } from './requestOptions.ts';
import { IDEMPOTENCY_KEY, readInit } from './requestParts.ts';
import { RequestRun } from './requestRun.ts';
import type { FetchParts } from './run.ts';

/** What {@link createFetch} is made of. Every part may be left out. */
export type FetchOptions = Partial<FetchParts>;

/**
 * A `fetch` that fails over. It takes what `fetch` takes; give it to any library that lets you choose one.
 *
 * A relative URL, or one whose origin is listed, goes to the pool's current host and, where sending it again is safe, on to
 * others; any other URL is passed on untouched. Answers come back as `fetch` gives them, a last 5xx included. Safe to send
 * again are GET, HEAD, OPTIONS, PUT and DELETE, everything with an `Idempotency-Key`, and whatever provably was not
 * processed.
 *
 * @throws SwitchoverError (as a rejection) `HOSTS_FAILED`, `NOT_REPLAYABLE`, `BUDGET_EMPTY`, `TIMEOUT`, each with its trace;
 * `INVALID_OPTION`, `UNLISTED_HOST`, `INVALID_REQUEST`, `NO_HOSTS`, `CLOSED`. An abort rejects with the signal's reason.
 */
export function createFetch(pool: HostPool, options: FetchOptions = {}): Fetch {
  return withFetch(createSender(pool, options), pool);
}

/** Sends a request whose host-independent path is known already. */
export type Sender = (path: string, input: string | URL | Request, init: RequestInit | undefined) => Promise<Response>;

/** The `fetch` around a sender: which URLs are the pool's, and which are passed on. */
export function withFetch(send: Sender, pool: HostPool): Fetch {
  return (input, init) => {
    const path = pathOn(urlOf(input), pool.hosts);
    return path === null ? pool.ports.fetch(input, init) : send(path, input, init);
  };
}

/** The address that a `fetch` was given, as text. */
export function urlOf(input: string | URL | Request): string {
  return typeof input === 'string' ? input : 'url' in input ? input.url : String(input);
}

/** What {@link createFetch} does with a request once it knows that it is the pool's. */
export function createSender(pool: HostPool, options: FetchOptions): Sender {
  const none = { options: null, hedging: null, session: null };
  const parts: FetchParts = { bodies: plainBodies, answers: plainAnswers(), ...none, ...options };
  refuseUnknown(options, ['bodies', 'answers', ...Object.keys(none)]);
  const { retry, timeout } = pool.settings;
  const defaults: RequestSettings = { pin: null, retry, timeout };
  return (path, input, init) => send(pool, parts, defaults, path, input, init);
}

async function send(
  pool: HostPool,
  parts: FetchParts,
  defaults: RequestSettings,
  path: string,
  input: string | URL | Request,
  given: RequestInit | undefined,
): Promise<Response> {
  const { method, signal, request, init } = readInit(input, given);
  if (signal?.aborted) throw reasonOf(signal);
  if (pool.ready !== null) await untilReady(pool, signal);
  throwIfAborted(pool.signal);
  // Clients that build a Request put the options that it does not know onto it: openapi-fetch.
  const options = given?.failover ?? (request as RequestInit | null)?.failover;
  if (options !== undefined && parts.options === null) throw invalidOption('`failover` needs the part `perRequest`');
  const settings = options && parts.options ? parts.options(options, pool, defaults, init) : defaults;
  const prepared = parts.bodies(request, given, signal);
  const sent = prepared instanceof Promise ? await prepared : prepared;
  if (sent.body != null) init.body = sent.body;
  if (sent.duplex !== undefined) (init as { duplex?: 'half' }).duplex = sent.duplex;
  const nowMs = pool.ports.clock.now();
  const traits = {
    method,
    hasIdempotencyKey: !isReplaySafe(method, false) && new Headers(init.headers).has(IDEMPOTENCY_KEY),
    bodyReplayable: sent.replayable,
    pin: settings.pin,
    deadlineMs: nowMs + settings.timeout.totalMs,
  };
  const signalIsOwn = request !== null && signal === request.signal;
  const run = new RequestRun(pool, { path, init, sent, signal, signalIsOwn, input: request, traits, settings }, parts);
  try {
    const first = await run.first(nowMs);
    const isGood = first.response !== null && first.outcome.kind === 'ok';
    return parts.answers(run, isGood ? first : await run.carryOn(first));
  } finally {
    sent.end?.();
  }
}

/** Waits until hosts are known and what is stored was read, but no longer than a request may take. */
function untilReady({ ports, ready, settings }: HostPool, signal: AbortSignal | undefined): Promise<boolean> {
  return wait(ports.clock, settings.timeout.totalMs, signal, (wake) => {
    void ready?.then(wake);
    return () => {};
  });
}
