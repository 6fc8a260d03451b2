import { SwitchoverError } from '../policy/error.ts';
import { scanHost } from '../policy/host.ts';
import type { Clock, Fetch } from '../runtime/ports.ts';
import { systemClock } from '../runtime/systemPorts.ts';
import { wait } from '../runtime/wait.ts';
import { type HostAnswer, type HostBehaviour, type RequestHandler, readBehaviour } from './behaviour.ts';
import { asReceived, responseOf } from './fakeResponse.ts';
import { networkError, unwantedRedirect } from './networkError.ts';

/** Options of {@link faultyNetwork}. */
export interface FaultyNetworkOptions {
  /** What each host does at first, by its origin. A host that is not named here has no name in DNS. */
  readonly hosts: Readonly<Record<string, HostBehaviour>>;
  /** Times the delays. Give it the {@link virtualClock} that the pool has. Default: real time. */
  readonly clock?: Clock;
}

/** One request that was sent, as it stands now. */
export interface SentRequest {
  /** Origin of the host that it was sent to, listed or not. */
  readonly host: string;
  /** In capitals. */
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** When it was sent, in milliseconds of the clock. */
  readonly atMs: number;
  /** `answered` once its head has come; `open` until it ends in one way or another. */
  readonly end: 'open' | 'answered' | 'failed' | 'aborted';
}

/** A network with faults. */
export interface FaultyNetwork {
  /** A `fetch` over this network. Needs no `this`. */
  readonly fetch: Fetch;
  /** Everything that was sent, probes included, oldest first. */
  readonly log: readonly SentRequest[];
  /**
   * Changes what a host does, for requests that are sent from now on.
   *
   * @throws SwitchoverError `UNLISTED_HOST` for one that the network has not got, `INVALID_HOST`, `INVALID_OPTION`.
   */
  set(origin: string, behaviour: HostBehaviour): void;
  /**
   * What was sent to a host, oldest first; with `path`, only what was sent to that path.
   *
   * @throws SwitchoverError `INVALID_HOST`.
   */
  sentTo(origin: string, path?: string): readonly SentRequest[];
}

/**
 * A network for tests: a `fetch` whose hosts refuse, hang, break and recover as they are told. It rejects as Node's `fetch`
 * does, and ends at once when its signal aborts. Redirects are not followed.
 *
 * @throws SwitchoverError `INVALID_HOST`, `INVALID_OPTION`.
 */
export function faultyNetwork(options: FaultyNetworkOptions): FaultyNetwork {
  const { clock = systemClock } = options;
  const hosts = new Map<string, HostAnswer | RequestHandler>();
  for (const [text, behaviour] of Object.entries(options.hosts)) hosts.set(originOf(text), readBehaviour(behaviour));
  const log: SentRequest[] = [];
  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      const url = new URL(request.url);
      // A request's own signal follows the one that it was made with, but only while somebody holds both.
      const signal = init?.signal ?? request.signal;
      const at = log.push(note(request, url, clock.now())) - 1;
      const close = (end: SentRequest['end']) => log.splice(at, 1, { ...(log[at] as SentRequest), end });
      try {
        const response = await answer(hosts.get(url.origin) ?? { fault: 'dns' }, request, signal, clock);
        close('answered');
        return response;
      } catch (error) {
        close(signal.aborted ? 'aborted' : 'failed');
        throw error;
      }
    },
    get log() {
      return [...log];
    },
    set(origin, behaviour) {
      if (!hosts.has(originOf(origin))) {
        const remedy = 'Name it among the hosts of faultyNetwork.';
        throw new SwitchoverError('UNLISTED_HOST', `The network has no host ${origin}.`, { remedy });
      }
      hosts.set(originOf(origin), readBehaviour(behaviour));
    },
    sentTo: (origin, path) =>
      log.filter((sent) => sent.host === originOf(origin) && (path === undefined || sent.path === path)),
  };
}

function originOf(text: string): string {
  const host = scanHost(text);
  if (host !== null) return host.origin;
  throw new SwitchoverError('INVALID_HOST', `${text} is no host.`, { remedy: 'Write https://name[:port].' });
}

function note({ method, headers }: Request, { origin, pathname, search }: URL, atMs: number): SentRequest {
  const sent = Object.fromEntries(headers.entries());
  return { host: origin, method, path: pathname + search, headers: sent, atMs, end: 'open' };
}

async function answer(
  behaviour: HostAnswer | RequestHandler,
  request: Request,
  signal: AbortSignal,
  clock: Clock,
): Promise<Response> {
  signal.throwIfAborted();
  if (typeof behaviour === 'function') return finish(await unlessAborted(signal, behaviour(request)), request);
  const { delayMs = 0, fault } = behaviour;
  if (delayMs > 0) await wait(clock, delayMs, signal);
  if (fault === 'hang') return unlessAborted(signal, new Promise<never>(() => {}));
  if (fault !== undefined) throw networkError(fault, new URL(request.url));
  return finish(responseOf(behaviour, signal), request);
}

function finish(response: Response, request: Request): Response {
  const redirects = response.status >= 300 && response.status < 400 && response.headers.has('location');
  if (redirects && request.redirect === 'error') throw unwantedRedirect();
  return asReceived(response, request.url);
}

/** Does not wait for what knows nothing of signals, and leaves no listener behind. */
function unlessAborted<T>(signal: AbortSignal, work: T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    Promise.resolve(work)
      .finally(() => signal.removeEventListener('abort', abort))
      .then(resolve, reject);
  });
}
