import { SwitchoverError } from '../policy/error.ts';
import { refuseUnknown } from '../runtime/poolOptions.ts';
import type { Fetch, KeyValueStore, MaybePromise } from '../runtime/ports.ts';

/** What a host gave for a login: the token alone, or with what goes along. Other fields are ignored. */
export interface SessionGrant {
  /** What shows whose requests these are, at every host. */
  readonly token: string;
  /** What the server process calls itself, the same until it restarts. Tells apart the instances that `onReady` runs for. */
  readonly instance?: string | undefined;
  /** How long the token is good, in milliseconds: it is renewed before it is sent after that. Default: until a 401. */
  readonly expiresInMs?: number | undefined;
}

/** What a session's own code is called with. */
export interface SessionContext {
  /**
   * A `fetch` to this one host: relative URLs, and those of any listed host, go there. One attempt, without the session's
   * token, and redirects are not followed unless the request says so. Any other URL is passed on untouched.
   */
  readonly fetch: Fetch;
  /** Origin of the host that is asked. */
  readonly host: string;
  /** Aborts when the result is no longer wanted: its time is over, the session was ended, the pool was closed. */
  readonly signal: AbortSignal;
}

/** What {@link SessionOptions.resume} is called with. */
export interface ResumeContext extends SessionContext {
  /** The newest token. The host may not have seen it before. */
  readonly token: string;
}

/** What {@link SessionOptions.onReady} is called with. Its `fetch` carries the session's token. */
export interface ReadyContext extends ResumeContext {
  /** What the server instance called itself; null where it did not. */
  readonly instance: string | null;
}

/** Options of {@link FailoverOptions.session}. Only `open` is needed. */
export interface SessionOptions {
  /**
   * Logs in at a host, and returns the token. Called before the first request, and again once a session was lost. Has
   * `timeout.totalMs` of the pool. If the host fails, another one is asked; any other error is `SESSION_OPEN_FAILED`.
   */
  readonly open: (context: SessionContext) => MaybePromise<string | SessionGrant>;
  /**
   * Makes the session known to a host that a request goes to for the first time, or again after it was out of service;
   * also after a 401, and when the token's time is over. Returns the token to use from then on at every host. If it throws,
   * and the host did not fail, the session is lost. Default: the token is used as it is, and a 401 leads to `open`.
   */
  readonly resume?: ((context: ResumeContext) => MaybePromise<string | SessionGrant>) | undefined;
  /** The headers that show a token to a server. With any but `Authorization`, redirects are refused. Default `Authorization: Bearer …`. */
  readonly attach?: ((token: string) => Readonly<Record<string, string>>) | undefined;
  /** Where the token outlives a page or a process. Default: the pool's storage. */
  readonly storage?: KeyValueStore | undefined;
  /** Names the stored token. Default: made from the listed origins, so a change of the list is a new session after a restart. */
  readonly key?: string | undefined;
  /**
   * What has to be done once on each server instance before work begins there: registering, subscribing. Known by
   * {@link SessionGrant.instance}; without it, each landing on a host counts. Has `timeout.attemptMs` of the pool. Requests to
   * that host wait for it; if it fails there is a `warning`, and they go on. Default: nothing.
   */
  readonly onReady?: ((context: ReadyContext) => unknown) | undefined;
}

const FUNCTIONS = ['open', 'resume', 'attach', 'onReady'] as const;
const STORE_METHODS = ['get', 'set', 'delete'] as const;
const KNOWN: ReadonlySet<string> = new Set([...FUNCTIONS, 'storage', 'key']);

/** @throws SwitchoverError `INVALID_OPTION` for an unknown name or a value of the wrong kind. */
export function checkSessionOptions(options: SessionOptions): void {
  refuseUnknown(options, KNOWN);
  for (const name of FUNCTIONS) {
    const value: unknown = options[name];
    if (typeof value !== 'function' && (name === 'open' || value !== undefined)) throw invalid(name, 'a function');
  }
  const { key, storage } = options;
  if (key !== undefined && (typeof key !== 'string' || key === '')) throw invalid('key', 'a text that is not empty');
  if (storage !== undefined && !STORE_METHODS.every((name) => typeof storage?.[name] === 'function')) {
    throw invalid('storage', 'an object with get, set and delete');
  }
}

function invalid(name: string, wanted: string): SwitchoverError {
  return new SwitchoverError('INVALID_OPTION', `The session's ${name} is missing or of the wrong kind.`, {
    remedy: `Give ${wanted}.`,
  });
}

/**
 * Checks what `open` or `resume` returned.
 *
 * @throws SwitchoverError `SESSION_OPEN_FAILED`. It says what is wrong, and shows nothing of what came.
 */
export function readGrant(given: unknown, caller: 'open' | 'resume'): SessionGrant {
  const grant = (typeof given === 'string' ? { token: given } : given) as Partial<SessionGrant> | null | undefined;
  const { token, instance, expiresInMs } = grant ?? {};
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const isTime = (value: unknown) => typeof value === 'number' && value > 0 && value < Number.MAX_SAFE_INTEGER;
  const wrong = !isText(token)
    ? 'no token'
    : instance != null && !isText(instance)
      ? 'an instance that is no text'
      : expiresInMs != null && !isTime(expiresInMs)
        ? 'an expiresInMs that is no time'
        : null;
  if (wrong === null) return grant as SessionGrant;
  throw new SwitchoverError('SESSION_OPEN_FAILED', `${caller} returned ${wrong}.`, {
    remedy: 'Let it check the answer, and return the token as a text, or { token, instance?, expiresInMs? }.',
  });
}
