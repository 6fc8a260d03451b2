import { judgePage, type PageEnd } from '../../policy/navigation.ts';
import type { FetchEvent } from '../events.ts';
import { type Asked, endOf } from '../navigation/ownAnswer.ts';
import { inTime } from '../navigation/time.ts';

/** How long a worker whose request was given up may take to answer without the server, in milliseconds: it looks into its caches. */
const GRACE_MS = 1_000;

/** A navigation that somebody else's code answers, and what that hears from the server meanwhile. */
export interface Watch {
  /** Aborted when the server's time is over. Every request to it is to bear this. */
  readonly signal: AbortSignal;
  /**
   * The server has answered. Passes the answer on, but for one that says that nobody is there (503 and its like): that is thrown, so
   * that the other code does as it would without a server, and looks into its caches.
   */
  heard(response: Response): Response;
  /** No answer came from the server. */
  lost(): void;
  /** What the core needs to mend the navigation, if the other code answers with `response`. */
  asked(response: Promise<Response>): Asked;
  /** The other code does not answer. The event is as it was. */
  end(): void;
}

export function watchNavigation(event: FetchEvent): Watch {
  const control = new AbortController();
  const { signal } = control;
  let end: PageEnd | null = null;
  const watch: Watch = {
    signal,
    heard(response) {
      end = endOf(response);
      const { kind, cause } = judgePage(end, true);
      if (kind === 'failed') throw new TypeError(`The server of ${response.url} is not there: ${cause}.`);
      return response;
    },
    lost() {
      end ??= endOf(signal.aborted ? undefined : null);
    },
    asked: (response) => ({
      response,
      abort() {
        control.abort();
        return inTime(response, GRACE_MS).catch(() => undefined);
      },
      end: () => end,
    }),
    end: () => void Reflect.deleteProperty(event, 'preloadResponse'),
  };
  watchPreload(event, watch);
  return watch;
}

/** What the browser has asked the server while the worker started counts as the other code's request, and ends with its time. */
function watchPreload(event: FetchEvent, { signal, heard, lost }: Watch): void {
  const { preloadResponse } = event;
  if (preloadResponse === undefined) return;
  const given = new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const watched = Promise.race([preloadResponse, given]).then(
    (response) => response && heard(response),
    (error: unknown) => {
      lost();
      throw error;
    },
  );
  // The other code may do without it.
  watched.catch(() => {});
  Object.defineProperty(event, 'preloadResponse', { configurable: true, value: watched });
}
