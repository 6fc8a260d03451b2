import type { WorkerScope } from '../events.ts';
import { either } from './either.ts';
import type { Watch } from './watch.ts';

/** Navigations whose requests to the server are watched, wherever in the worker they are made. */
export interface WatchedFetches {
  /** Returns what takes it out again. */
  add(url: string, watch: Watch): () => void;
}

/**
 * Puts a function of ours in the place of the worker's `fetch`. It does what `fetch` does; but what other code asks the server for in
 * order to answer a watched navigation ends with that navigation's time. A request that hangs would hold a connection for good, and
 * after six of them a browser could not reach the server any more, however well that is.
 */
export function watchFetches(scope: WorkerScope): WatchedFetches {
  let watched: readonly { readonly address: string; readonly watch: Watch }[] = [];
  // Of two navigations to one address, it is the later one whose listeners run now.
  const watchOf = (address: string) => watched.find((each) => each.address === address)?.watch;
  const fetchAsEver = scope.fetch.bind(scope);
  scope.fetch = async (input, init) => {
    const watch = isForPage(input, init) ? watchOf(addressOf(input, scope)) : undefined;
    if (watch === undefined) return fetchAsEver(input, init);
    try {
      return watch.heard(await fetchAsEver(input, under(watch.signal, input, init)));
    } catch (error) {
      watch.lost();
      throw error;
    }
  };
  return {
    add(url, watch) {
      const entry = { address: withoutFragment(url), watch };
      watched = [entry, ...watched];
      return () => {
        watched = watched.filter((each) => each !== entry);
      };
    },
  };
}

/** True for the navigation's own request, and for one that a worker makes from its address. Not for what a page fetches. */
function isForPage(input: string | URL | Request, init: RequestInit = {}): boolean {
  const { method, mode } = input instanceof Request ? input : { method: 'GET', mode: 'navigate' };
  return (init.method ?? method).toUpperCase() === 'GET' && (mode === 'navigate' || mode === 'same-origin');
}

function under(signal: AbortSignal, input: string | URL | Request, init: RequestInit = {}): RequestInit {
  // A request that is changed in any way loses whence it came.
  const origin = input instanceof Request ? { referrer: input.referrer, referrerPolicy: input.referrerPolicy } : {};
  const own = init.signal ?? (input instanceof Request ? input.signal : undefined);
  return { ...origin, ...init, signal: own ? either(signal, own) : signal };
}

const addressOf = (input: string | URL | Request, { location }: WorkerScope): string =>
  withoutFragment(new URL(input instanceof Request ? input.url : input, location.origin).href);

const withoutFragment = (url: string): string => url.replace(/#.*/s, '');
