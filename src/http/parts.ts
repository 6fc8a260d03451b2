import type { HostConfig } from '../policy/topology.ts';
import type { AnsweredAttempt, EndedAttempt } from './attempt.ts';
import type { SentBody } from './requestBody.ts';
import type { RequestRun } from './requestRun.ts';

/** Makes a request's body ready to be sent, as often as it can be. `init` is the caller's own: a body in it wins. */
export type BodyPart = (
  request: Request | null,
  init: RequestInit | undefined,
  signal: AbortSignal | undefined,
) => SentBody | Promise<SentBody>;

/** Hands an answer to the caller, and watches over its body. */
export type AnswerPart = (run: RequestRun, ended: AnsweredAttempt) => Response;

/** Sends a request to a host, and to another one too where that host is slow. `delayMs` null: the part's own delay. */
export type HedgePart = (
  run: RequestRun,
  host: HostConfig,
  init: RequestInit,
  delayMs: number | null,
) => Promise<EndedAttempt>;

/** Sends a request to a host within a session. */
export type SessionPart = (
  host: HostConfig,
  init: RequestInit,
  run: RequestRun,
  controller?: AbortController,
) => Promise<EndedAttempt>;

/** What a `fetch` does beyond moving between hosts. Each part is a function of its own, so that only what is used is bundled. */
export interface FetchParts {
  /** {@link bufferedBodies}. Default: texts, forms and buffers can be sent again; a stream is sent once. */
  readonly bodies: BodyPart;
  /** {@link guardedAnswers}. Default: the answer is handed on as it is. */
  readonly answers: AnswerPart;
  /** {@link hedging}. Default none. */
  readonly hedging: HedgePart | null;
  /** The session that every request belongs to. Default none. */
  readonly session: SessionPart | null;
}

/** Sends what `fetch` can send twice by itself; of a `Request`, whose body is always a stream, the bytes. */
export const plainBodies: BodyPart = (request, init) => {
  const given = init?.body;
  const { body, method } = request ?? { body: null, method: '' };
  if (given == null && request !== null && body !== null && method !== 'GET' && method !== 'HEAD') {
    return request.arrayBuffer().then((bytes) => ({ body: bytes, replayable: true }));
  }
  const isStream =
    typeof given === 'object' && given !== null && ('getReader' in given || Symbol.asyncIterator in given);
  return isStream ? { body: given, replayable: false, duplex: 'half' } : { body: given, replayable: true };
};

/** Hands answers on as they are. A caller's long-lived signal keeps nothing of those that are collected. */
export function plainAnswers(): AnswerPart {
  const collected =
    typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<() => void>((unlink) => unlink()) : null;
  return (_run, { response, unlink }) => {
    if (unlink !== null) collected?.register(response, unlink);
    return response;
  };
}
