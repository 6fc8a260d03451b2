import { readSiteOptions, type SiteOptions } from '../site/options.ts';
import { type FetchEvent, workerScope } from './events.ts';
import { keepOfflinePage } from './lifecycle.ts';
import { MODES } from './modes/byName.ts';
import { passageResponder } from './modes/passage.ts';
import { isNavigation } from './navigation/navigation.ts';
import { openSite } from './navigation/openSite.ts';
import type { WorkerSite } from './navigation/workerSite.ts';
import { either } from './ownWorker/either.ts';
import { listenLast } from './ownWorker/listenLast.ts';
import { mendNavigation } from './ownWorker/mend.ts';
import { type Watch, watchNavigation } from './ownWorker/watch.ts';
import { respondBy } from './responders.ts';

/** What a strategy tells its plug-ins with each call. */
export interface StrategyCall {
  /** What the strategy was asked for. */
  readonly request: Request;
  /** Absent where a strategy is used without an event. */
  readonly event?: object;
  /** The same object in all calls for one request. */
  readonly state?: object;
}

/** A plug-in for a strategy of Workbox 7 or Serwist 9. */
export interface NavigationPlugin {
  /** Takes a navigation on. */
  handlerWillStart(told: StrategyCall): Promise<void>;
  /** Lets the request be given up. */
  requestWillFetch(told: StrategyCall): Promise<Request>;
  /** Rejects for an answer of a server that is in trouble: to the strategy it is an error. */
  fetchDidSucceed(told: StrategyCall & { readonly response: Response }): Promise<Response>;
  /** Notes that the host gave no answer. */
  fetchDidFail(told: StrategyCall): Promise<void>;
  /** Gives what the person gets in the end, where the strategy has nothing. */
  handlerDidError(told: StrategyCall & { readonly error: Error }): Promise<Response | undefined>;
  /** Gives what the person gets in the end, where the strategy has an answer. */
  handlerWillRespond(told: StrategyCall & { readonly response: Response }): Promise<Response>;
}

/** A navigation that a strategy is about to answer. */
interface Handling {
  readonly watch: Watch;
  /** What the strategy has come to. */
  readonly resolve: (response: Response) => void;
  readonly reject: (error: unknown) => void;
  /** What is answered in the end. */
  readonly mended: Promise<Response>;
}

/**
 * A plug-in by which a strategy of Workbox or Serwist (`NetworkOnly`, `NetworkFirst`) that answers navigations outlives its server.
 * Make one, while the worker starts, and give it to each such strategy, as the last of its plug-ins.
 *
 * An answer of 502, 503, 504 or 52x, and none within `navigationMs`, is an error to the strategy: the request is given up, with navigation
 * preload too, and `NetworkFirst` looks into its cache. Where the strategy has nothing, `mode` says what happens. Do not give
 * `NetworkFirst` its `networkTimeoutSeconds`: it stops to wait, but does not give the request up.
 *
 * It keeps the offline page at installation. Requests other than navigations by GET pass through untouched; in `transparent` mode, what
 * a page of a backup asks of its origin is answered where the worker has no route for it. On an origin that is not among `hosts` it does
 * nothing.
 *
 * @throws SwitchoverError as for all options of a site: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`.
 */
export function workboxPlugin(options: SiteOptions): NavigationPlugin {
  const scope = workerScope();
  const config = readSiteOptions(options);
  const site = openSite(config, scope, MODES[config.mode]);
  if (site !== null) {
    keepOfflinePage(site);
    const passage = passageResponder(site);
    listenLast(scope, (event) => respondBy(event, [passage]));
  }
  return pluginFor(site);
}

function pluginFor(site: WorkerSite | null): NavigationPlugin {
  const handlings = new WeakMap<object, Handling>();
  const handlingOf = ({ state }: StrategyCall): Handling | undefined => state && handlings.get(state);
  return {
    handlerWillStart({ request, event, state }) {
      const isOurs = site !== null && state !== undefined && isFetchEvent(event) && isNavigation(request);
      if (isOurs) handlings.set(state, begin(site, event));
      return Promise.resolve();
    },
    requestWillFetch(told) {
      const { request } = told;
      const handling = handlingOf(told);
      if (handling === undefined) return Promise.resolve(request);
      // A request that is changed in any way loses whence it came.
      const { referrer, referrerPolicy } = request;
      const signal = either(handling.watch.signal, request.signal);
      return Promise.resolve(new Request(request, { signal, referrer, referrerPolicy }));
    },
    fetchDidSucceed: (told) => {
      const { response } = told;
      // What is thrown here is an error to the strategy.
      return new Promise((resolve) => resolve(handlingOf(told)?.watch.heard(response) ?? response));
    },
    fetchDidFail: (told) => Promise.resolve(handlingOf(told)?.watch.lost()),
    handlerDidError(told) {
      const handling = handlingOf(told);
      handling?.reject(told.error);
      return handling?.mended ?? Promise.resolve(undefined);
    },
    handlerWillRespond(told) {
      const handling = handlingOf(told);
      // After an error it is our own answer that comes by here, and nothing is left to be resolved.
      handling?.resolve(told.response);
      return handling?.mended ?? Promise.resolve(told.response);
    },
  };
}

function begin(site: WorkerSite, event: FetchEvent): Handling {
  const watch = watchNavigation(event);
  const { promise, resolve, reject } = withResolvers<Response>();
  return { watch, resolve, reject, mended: mendNavigation(site, event, watch.asked(promise)) };
}

const isFetchEvent = (event: object | undefined): event is FetchEvent => event !== undefined && 'respondWith' in event;

/** As `Promise.withResolvers`, which some browsers in use have not got. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}
