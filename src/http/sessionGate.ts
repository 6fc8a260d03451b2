import { type AttemptTrace, SwitchoverError } from '../policy/error.ts';
import type { Outcome } from '../policy/outcome.ts';
import type { HostConfig } from '../policy/topology.ts';
import { abortWith } from '../runtime/abortReason.ts';
import { discard } from '../runtime/discard.ts';
import { type EndedAttempt, sendTo } from './attempt.ts';
import { requestFailure } from './failure.ts';
import { linkSignal } from './linkSignal.ts';
import type { Run, SessionPart } from './run.ts';

/** What a request shows to belong to its session. */
export interface SessionPass {
  readonly headers: Readonly<Record<string, string>>;
  /** Which session of this client it is for. */
  readonly session: number;
  /** Which token of it: a newer one has a higher version. */
  readonly version: number;
}

/** How a request gets into its session. */
export interface SessionGate {
  /** A pass for this host, where none has to be fetched first; else null. `last`: the pass that the request had before. */
  passNow(host: HostConfig, last: SessionPass | null): SessionPass | null;
  /**
   * A pass for this host: opens the session if there is none, resumes it where the host does not know it yet.
   *
   * @param refused The host has answered `last` with 401: then the session is renewed, once for all who were refused.
   * The same pass comes back where that would be no use.
   * @param signal Ends this wait, and nothing else.
   * @throws HostStop where the host failed; SwitchoverError `SESSION_OPEN_FAILED`, `SESSION_LOST` or `TOKEN_REFUSED`.
   */
  passFor(host: HostConfig, last: SessionPass | null, refused: boolean, signal: AbortSignal): Promise<SessionPass>;
}

/** A host failed before the request itself was sent. The session's own requests have blamed it for that already. */
export class HostStop {
  /** What it means for the request, which may go anywhere else. */
  readonly outcome: Outcome;
  readonly error: unknown;

  constructor(outcome: Outcome, error: unknown) {
    this.outcome = outcome;
    this.error = error;
  }
}

/**
 * Sends requests within a session. A 401 renews the session once, and the request is sent again: it was not processed.
 * A request stays in the session that it began in: once that is over, it is not carried on in another one.
 */
export function sessionPart(gate: SessionGate): SessionPart {
  // The trace is what all runs of one request share.
  const passes = new WeakMap<readonly AttemptTrace[], SessionPass>();
  return async (host, init, run, controller) => {
    const startedMs = run.pool.ports.clock.now();
    const send = (pass: SessionPass) => {
      passes.set(run.trace, pass);
      return sendWith(pass, host, init, run, controller);
    };
    let refusal: EndedAttempt | null = null;
    try {
      const last = passes.get(run.trace) ?? null;
      const pass = gate.passNow(host, last) ?? (await waitForPass(gate, host, last, false, run, controller));
      const ended = await send(pass);
      if (ended.response?.status !== 401 || !run.request.sent.replayable) return ended;
      refusal = ended;
      const renewed = await waitForPass(gate, host, pass, true, run, controller);
      if (renewed === pass) return ended;
      dispose(ended);
      return await send(renewed);
    } catch (thrown) {
      if (refusal !== null) dispose(refusal);
      if (thrown instanceof HostStop) return stopped(host, startedMs, thrown, run);
      throw thrown;
    }
  };
}

/** Waits at the gate, no longer than the request has, and only while its caller and its leg of a hedge want it. */
async function waitForPass(
  gate: SessionGate,
  host: HostConfig,
  last: SessionPass | null,
  refused: boolean,
  run: Run,
  controller: AbortController | undefined,
): Promise<SessionPass> {
  const { limits } = run.pool;
  const waiting = new AbortController();
  const links = [linkSignal(run.request.signal, waiting), linkSignal(controller?.signal, waiting)];
  const overdue = (): undefined => {
    abortWith(waiting, requestFailure('deadline', run.trace, undefined));
  };
  const limit = limits.set(run.request.traits.deadlineMs, overdue);
  try {
    return await gate.passFor(host, last, refused, waiting.signal);
  } finally {
    limits.lift(limit);
    for (const unlink of links) unlink();
  }
}

function dispose({ response, unlink }: EndedAttempt): void {
  if (response !== null) void discard(response);
  unlink?.();
}

function stopped({ origin }: HostConfig, startedMs: number, stop: HostStop, run: Run): EndedAttempt {
  return {
    origin,
    startedMs,
    tookMs: run.pool.ports.clock.now() - startedMs,
    outcome: stop.outcome,
    controller: new AbortController(),
    unlink: null,
    response: null,
    error: stop.error,
  };
}

/**
 * Sends a request with a pass. Where a redirect leaves the origin, `fetch` drops `Authorization` but no other header; so with
 * any other, redirects are refused rather than followed with the token.
 */
async function sendWith(
  pass: SessionPass,
  host: HostConfig,
  init: RequestInit,
  run: Run,
  controller: AbortController | undefined,
): Promise<EndedAttempt> {
  const names = Object.keys(pass.headers);
  const headers = new Headers(init.headers);
  for (const name of names) headers.set(name, pass.headers[name] ?? '');
  const plain = names.every((name) => name.toLowerCase() === 'authorization');
  if (plain || (init.redirect ?? 'follow') !== 'follow') return sendTo(host, { ...init, headers }, run, controller);
  const ended = await sendTo(host, { ...init, headers, redirect: 'manual' }, run, controller);
  if (ended.response === null || !isRedirect(ended.response)) return ended;
  dispose(ended);
  throw refusedRedirect(host);
}

/** Browsers show no more of an unfollowed redirect than its type. */
export function isRedirect({ type, status }: Response): boolean {
  return type === 'opaqueredirect' || [301, 302, 303, 307, 308].includes(status);
}

/** Nothing that carries a token is sent on to wherever a redirect points. */
export function refusedRedirect({ origin }: HostConfig): SwitchoverError {
  return new SwitchoverError('TOKEN_REFUSED', `${origin} redirects a request that carries a session's token.`, {
    remedy: "Ask for the final URL, or set the request's redirect option and take care of the token yourself.",
  });
}
