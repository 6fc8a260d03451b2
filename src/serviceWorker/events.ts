/**
 * What a service worker's code sees of its surroundings, as far as this library touches it. The DOM's types do not know it, and the
 * compiler's library of worker types can't stand beside them.
 */

/** An event whose work may go on after its listeners have returned. */
export interface ExtendableEvent extends Event {
  /** The browser lets the worker live until `work` has settled; it takes what is no promise for settled. */
  waitUntil(work: unknown): void;
}

/** A request of a page in the worker's scope, or of a navigation to one. */
export interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  /** Of a navigation, where the browser has asked the server while the worker started. Absent in browsers without it. */
  readonly preloadResponse?: Promise<Response | undefined>;
  /** To be called before the listener returns, and once. */
  respondWith(response: Response | Promise<Response>): void;
}

/** A message to the worker. */
export interface ExtendableMessageEvent extends ExtendableEvent {
  readonly data: unknown;
  /** Origin of the page that sent it. */
  readonly origin: string;
}

/** What of a worker's registration is needed. */
export interface WorkerRegistration {
  readonly scope: string;
  readonly navigationPreload?: { enable(): Promise<void> };
}

/** The worker's global scope. */
export interface WorkerScope {
  readonly location: { readonly origin: string };
  readonly navigator: { readonly onLine: boolean };
  readonly registration: WorkerRegistration;
  readonly caches: CacheStorage;
  fetch(input: string | Request, init?: RequestInit): Promise<Response>;
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(type: 'message', listener: (event: ExtendableMessageEvent) => void): void;
  removeEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

/**
 * Answers one kind of request. It says at once whether the request is its own, as a browser wants to know it: null passes it on to the
 * next responder, and at last to the browser.
 */
export type Responder = (event: FetchEvent) => Promise<Response> | null;

/** The scope of the worker that runs. Only there. */
export const workerScope = (): WorkerScope => globalThis as unknown as WorkerScope;
