import { SwitchoverError } from '../policy/error.ts';
import type { HostConfig } from '../policy/topology.ts';
import { discard } from '../runtime/boundedText.ts';
import type { MaybePromise } from '../runtime/ports.ts';
import { type EndedAttempt, type Sending, sendTo } from './attempt.ts';

/** What a request shows at one host to belong to its session. */
export interface SessionPass {
  readonly headers: Readonly<Record<string, string>>;
}

/** How a request gets into its session. Implemented by the session; the attempt loop knows it only by this. */
export interface SessionGate {
  /**
   * A pass for this host. Opens the session if there is none, resumes it if it was last used at another host.
   *
   * @param refused The pass that the host answered with 401: then the session is resumed, once for all who were refused.
   * @throws SwitchoverError of a host's failure where that is what stopped it; else `SESSION_OPEN_FAILED`, `SESSION_LOST`
   * or `TOKEN_REFUSED`.
   */
  passFor(host: HostConfig, refused: SessionPass | null, signal: AbortSignal | undefined): MaybePromise<SessionPass>;
}

/** Sends a request within its session. A 401 renews the session once, and sends the request again: it was not processed. */
export async function sendInSession(
  gate: SessionGate,
  host: HostConfig,
  init: RequestInit,
  sending: Sending,
  controller?: AbortController,
): Promise<EndedAttempt> {
  const startedMs = sending.pool.ports.clock.now();
  try {
    const pass = await gate.passFor(host, null, sending.signal);
    const ended = await sendTo(host, withPass(init, pass), sending, controller);
    if (ended.response?.status !== 401 || !sending.sent.replayable) return ended;
    const renewed = await gate.passFor(host, pass, sending.signal);
    await discard(ended.response);
    ended.unlink();
    return await sendTo(host, withPass(init, renewed), sending, controller);
  } catch (error) {
    if (!isHostFailure(error)) throw error;
    return stoppedAtTheGate(host, startedMs, error, sending);
  }
}

/** The host failed before the request itself was sent, so that it may go anywhere else. The session's own requests have blamed it already. */
function stoppedAtTheGate(
  host: HostConfig,
  startedMs: number,
  error: SwitchoverError,
  { pool }: Sending,
): EndedAttempt {
  return {
    origin: host.origin,
    startedMs,
    controller: new AbortController(),
    unlink: () => {},
    outcome: {
      kind: 'host-fault',
      cause: `session: ${error.attempts.at(-1)?.cause ?? error.code}`,
      processed: 'no',
      answered: false,
    },
    tookMs: pool.ports.clock.now() - startedMs,
    response: null,
    error,
  };
}

const HOST_FAILURES: ReadonlySet<unknown> = new Set([
  'HOSTS_FAILED',
  'TIMEOUT',
  'BUDGET_EMPTY',
  'NOT_REPLAYABLE',
  'BODY_BROKEN',
]);

function isHostFailure(error: unknown): error is SwitchoverError {
  return SwitchoverError.is(error) && HOST_FAILURES.has(error.code);
}

/**
 * `fetch` drops `Authorization` where a redirect leaves the origin, but no other header: so with any other, redirects are
 * refused rather than followed with the token.
 */
function withPass(init: RequestInit, pass: SessionPass): RequestInit {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(pass.headers)) headers.set(name, value);
  const plain = Object.keys(pass.headers).every((name) => name.toLowerCase() === 'authorization');
  return plain || init.redirect === 'manual' ? { ...init, headers } : { ...init, headers, redirect: 'error' };
}
