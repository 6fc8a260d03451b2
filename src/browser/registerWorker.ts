import type { Workbox, WorkboxLifecycleEvent } from 'workbox-window';
import type { SwitchoverError } from '../policy/error.ts';
import { Emitter } from '../runtime/emitter.ts';
import { readWorkerOptions, type WorkerOptions, workerFailed } from './workerOptions.ts';

/** What a registered worker tells. */
export interface WorkerEvents {
  /** A new version is there, and waits until no page uses the old one: the moment to offer {@link RegisteredWorker.activateWaiting}. */
  waiting: () => void;
  /** Another version serves this page from now on. `asked`: by this page's `activateWaiting`; else by another tab's, or its own. */
  controlling: (event: { readonly asked: boolean }) => void;
  /** A version is in service. `update`: it has replaced one. */
  activated: (event: { readonly update: boolean }) => void;
  /** `WORKER_FAILED`: it could not be registered. The page works without it. */
  error: (error: SwitchoverError) => void;
}

/** A service worker, as a page sees it. */
export interface RegisteredWorker {
  /**
   * `unsupported` where there are no service workers: no secure context, no http(s), a private window of some browsers. Nothing
   * happens then, whatever is called · `registering` · `registered` · `failed`, until {@link update} · `unregistered`.
   */
  readonly state: 'unsupported' | 'registering' | 'registered' | 'failed' | 'unregistered';
  /** True while a new version waits. */
  readonly waiting: boolean;
  /** Resolves when it is known whether it is registered: to whether it is. Never rejects. */
  readonly ready: Promise<boolean>;
  /** Calls `listener` at each such event; the returned function ends it. */
  on<Name extends keyof WorkerEvents>(event: Name, listener: WorkerEvents[Name]): () => void;
  /** Looks for a new version now; browsers do so by themselves at navigations. Rejects with `WORKER_FAILED`. */
  update(): Promise<void>;
  /**
   * Puts the version that waits into service, and then loads this page anew; other tabs hear `controlling`. Does nothing where none
   * waits. The worker must heed the message `{ type: 'SKIP_WAITING' }`, as ours do.
   *
   * @param options `reload: false` leaves the page as it is: see to it that it can go on with a new worker. Default true.
   */
  activateWaiting(options?: { readonly reload?: boolean }): Promise<void>;
  /** Takes the worker away. Pages that it serves keep it until they are loaded anew. Rejects with `WORKER_FAILED`. */
  unregister(): Promise<void>;
}

/**
 * Registers a service worker, by workbox-window, which is loaded only then. Its script is never taken from the HTTP cache
 * (`updateViaCache: 'none'`). A new version waits until the app lets it in, so that no page is loaded anew under its user's hands.
 *
 * @param options Or the script's path alone.
 * @throws SwitchoverError `INVALID_OPTION`.
 * @example
 * const worker = registerWorker();
 * worker.on('waiting', () => showUpdateButton(() => worker.activateWaiting()));
 */
export function registerWorker(options: WorkerOptions | string = {}): RegisteredWorker {
  return new WorkerHandle(readWorkerOptions(options));
}

const isSupported = (): boolean =>
  typeof document !== 'undefined' && 'serviceWorker' in navigator && /^https?:$/.test(location.protocol);

/** What an earlier visit has registered. The browser gives any that holds for the scope: another script's is not ours to take away. */
async function registrationOf({ url, scope = url }: WorkerOptions & { readonly url: string }) {
  const found = await navigator.serviceWorker.getRegistration(scope);
  const worker = found?.active ?? found?.waiting ?? found?.installing;
  return worker?.scriptURL === new URL(url, location.href).href ? found : undefined;
}

class WorkerHandle implements RegisteredWorker {
  readonly #options: ReturnType<typeof readWorkerOptions>;
  readonly #events = new Emitter<WorkerEvents>();
  #state: RegisteredWorker['state'] = 'registering';
  #workbox: Workbox | null = null;
  #registration: ServiceWorkerRegistration | null = null;
  #asked: { readonly reload: boolean } | null = null;
  #failure: SwitchoverError | null = null;
  #ready: Promise<boolean>;

  constructor(options: ReturnType<typeof readWorkerOptions>) {
    this.#options = options;
    this.#ready = this.#begin();
  }

  get state(): RegisteredWorker['state'] {
    return this.#state;
  }

  get ready(): Promise<boolean> {
    return this.#ready;
  }

  get waiting(): boolean {
    return this.#registration?.waiting != null;
  }

  on<Name extends keyof WorkerEvents>(event: Name, listener: WorkerEvents[Name]): () => void {
    this.#events.on(event, listener);
    return () => this.#events.off(event, listener);
  }

  async update(): Promise<void> {
    if (this.#state === 'failed') this.#ready = this.#begin();
    if (!(await this.#ready) && this.#failure !== null) throw this.#failure;
    try {
      if (this.#state === 'registered') await this.#registration?.update();
    } catch (cause) {
      throw workerFailed('updated', cause);
    }
  }

  async activateWaiting({ reload = true }: { readonly reload?: boolean } = {}): Promise<void> {
    await this.#ready;
    const next = this.#registration?.waiting;
    if (!next) return;
    this.#asked = { reload };
    // A page that no worker serves (its first visit, or loaded past its worker) hears of no new one when that takes over.
    if (navigator.serviceWorker.controller === null)
      next.addEventListener('statechange', () => {
        if (next.state === 'activated') this.#followAsked();
      });
    this.#workbox?.messageSkipWaiting();
  }

  async unregister(): Promise<void> {
    await this.#ready;
    if (this.#state === 'unsupported') return;
    try {
      const registration = this.#registration ?? (await registrationOf(this.#options));
      await registration?.unregister();
      this.#state = 'unregistered';
    } catch (cause) {
      throw workerFailed('taken away', cause);
    }
  }

  async #begin(): Promise<boolean> {
    if (!isSupported()) {
      this.#state = 'unsupported';
      return false;
    }
    this.#state = 'registering';
    this.#failure = null;
    const { url, immediate, ...others } = this.#options;
    try {
      const { Workbox } = await import('workbox-window');
      const workbox = new Workbox(url, { ...others, updateViaCache: 'none' });
      this.#listen(workbox);
      this.#registration = (await workbox.register({ immediate })) ?? null;
      this.#workbox = workbox;
      this.#state = 'registered';
      return true;
    } catch (cause) {
      this.#state = 'failed';
      this.#failure = workerFailed('registered', cause);
      this.#events.emit('error', this.#failure);
      return false;
    }
  }

  #listen(workbox: Workbox): void {
    workbox.addEventListener('waiting', () => this.#events.emit('waiting'));
    workbox.addEventListener('activated', ({ isUpdate, isExternal }: WorkboxLifecycleEvent) => {
      this.#events.emit('activated', { update: isUpdate === true || isExternal === true });
    });
    workbox.addEventListener('controlling', () => {
      this.#events.emit('controlling', { asked: this.#asked !== null });
      this.#followAsked();
    });
  }

  /** What this page has asked for is there. */
  #followAsked(): void {
    const asked = this.#asked;
    this.#asked = null;
    if (asked?.reload) location.reload();
  }
}
