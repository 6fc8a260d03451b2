import { isReplaySafe } from '../policy/idempotency.ts';
import { pathOn } from '../policy/target.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import { refuseUnknown } from '../runtime/poolOptions.ts';
import type { Fetch } from '../runtime/ports.ts';
import { abortable } from './abortable.ts';
import { reasonOf } from './abortReason.ts';
import { hasIdempotencyKey, withIdempotencyKey } from './idempotencyKey.ts';
import { plainAnswers, plainBodies } from './plainParts.ts';
import { type RequestOptions, type RequestSettings, readHedge, readRequestOptions } from './requestOptions.ts';
import { readInit } from './requestParts.ts';
import { RequestRun } from './requestRun.ts';
import type { FetchParts } from './run.ts';

/** Options of {@link createFetch}. Every one may be left out. */
export interface FetchOptions extends Partial<FetchParts> {
  /** Whether requests are hedged that don't say. Default false. */
  readonly hedge?: RequestOptions['hedge'] | undefined;
}

const KNOWN: ReadonlySet<string> = new Set('bodies answers hedging session hedge'.split(' '));

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
  refuseUnknown(options, KNOWN);
  const { retry, timeout } = pool.settings;
  const parts: FetchParts = { bodies: plainBodies, answers: plainAnswers(), hedging: null, session: null, ...options };
  const defaults: RequestSettings = {
    pin: null,
    retry,
    timeout,
    hedge: readHedge(options.hedge, false),
    idempotencyKey: null,
    resume: true,
    session: true,
  };
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
  const { method, headers, signal, request, init } = readInit(input, given);
  if (signal?.aborted) throw reasonOf(signal);
  if (pool.ready !== null) await abortable(pool.ready, signal);
  pool.signal.throwIfAborted();
  // Clients that build a Request put the options that it does not know onto it: openapi-fetch.
  const options = given?.failover ?? (request as RequestInit | null)?.failover;
  const settings = options === undefined ? defaults : readRequestOptions(options, pool, defaults);
  if (settings.idempotencyKey !== null) {
    init.headers = withIdempotencyKey(headers, settings.idempotencyKey, pool.ports.random);
  }
  const prepared = parts.bodies(request, given, signal);
  const sent = prepared instanceof Promise ? await prepared : prepared;
  if (sent.body != null) init.body = sent.body;
  if (sent.duplex !== undefined) (init as { duplex?: 'half' }).duplex = sent.duplex;
  const nowMs = pool.ports.clock.now();
  const traits = {
    method,
    hasIdempotencyKey: !isReplaySafe(method, false) && hasIdempotencyKey(init.headers),
    bodyReplayable: sent.replayable,
    pin: settings.pin,
    deadlineMs: nowMs + settings.timeout.totalMs,
  };
  const signalIsOwn = request !== null && signal === request.signal;
  const own = settings.session ? parts : { ...parts, session: null };
  const run = new RequestRun(pool, { path, init, sent, signal, signalIsOwn, input: request, traits, settings }, own);
  const first = await run.first(nowMs);
  const isGood = first.response !== null && first.outcome.kind === 'ok';
  return parts.answers(run, isGood ? first : await run.carryOn(first));
}
