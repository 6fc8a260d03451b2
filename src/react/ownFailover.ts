import type { Failover, FailoverOptions } from '../createFailover.ts';
import type { FailoverSession } from '../http/session.ts';
import { type HostConfig, readTopology } from '../policy/topology.ts';
import type { PoolStatus } from '../runtime/status.ts';
import { notMounted } from './errors.ts';
import { createFailover } from './platform.ts';
import { unseen } from './statusStore.ts';

type Http = Failover['http'];

/**
 * A failover that belongs to a provider: there while somebody holds it. Before that it can be passed around and taken apart, as
 * components do when they render, on a server, too; but nothing of it can be used, and so nothing is opened there.
 */
export class OwnFailover implements Failover {
  /** The hosts as they are configured. */
  readonly hosts: readonly HostConfig[];
  readonly session: FailoverSession | null;
  readonly http: Http;
  readonly #options: FailoverOptions;
  readonly #unseen: PoolStatus;
  #made: Failover | null = null;
  #holds = 0;

  /** @throws SwitchoverError as `createFailover` does for `hosts`; all other options are looked at when it is made. */
  constructor(options: FailoverOptions) {
    const { hosts, discovery, allowInsecure = false, session } = options;
    const isEmpty = discovery !== undefined && Array.isArray(hosts) && hosts.length === 0;
    this.hosts = isEmpty ? [] : readTopology(hosts, allowInsecure).hosts;
    this.#options = options;
    this.#unseen = unseen(this.hosts);
    this.http = lateHttp(
      () => this.#now.http,
      () => this.#made?.http,
    );
    this.session =
      session === undefined
        ? null
        : lateSession(
            () => this.#made,
            () => this.#now,
          );
  }

  /** Null while nobody holds it. */
  get made(): Failover | null {
    return this.#made;
  }

  /** Makes it, unless it is there. The returned function lets go of it: after the last one it is closed. */
  readonly hold = (): (() => void) => {
    this.#made ??= createFailover(this.#options);
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      // Strict mode and hot reloads take a component away only to put it back at once.
      queueMicrotask(() => this.#rest());
    };
  };

  get status(): PoolStatus {
    return this.#made?.status ?? this.#unseen;
  }

  get pool(): Failover['pool'] {
    return this.#now.pool;
  }

  get ready(): Promise<void> {
    return this.#now.ready;
  }

  get EventSource(): Failover['EventSource'] {
    return this.#now.EventSource;
  }

  get WebSocket(): Failover['WebSocket'] {
    return this.#now.WebSocket;
  }

  readonly fetch: Failover['fetch'] = async (input, init) => this.#now.fetch(input, init);
  readonly channel: Failover['channel'] = (path, options) => this.#now.channel(path, options);
  readonly on: Failover['on'] = (event, listener) => this.#now.on(event, listener);
  readonly setHosts: Failover['setHosts'] = (hosts) => this.#now.setHosts(hosts);
  readonly prefer: Failover['prefer'] = (origin) => this.#now.prefer(origin);
  readonly close = (): void => this.#made?.close();

  get #now(): Failover {
    if (this.#made === null) throw notMounted();
    return this.#made;
  }

  #rest(): void {
    if (this.#holds > 0) return;
    this.#made?.close();
    this.#made = null;
  }
}

/** A ky instance that is there already, for `const { http } = useFailover()`. Its calls need the real one. */
function lateHttp(now: () => Http, made: () => Http | undefined): Http {
  const later = (...call: Parameters<Http>) => now()(...call);
  return new Proxy(later as Http, {
    get(_target, name) {
      const http = made();
      if (http !== undefined) return Reflect.get(http, name);
      return (...call: readonly unknown[]) => {
        const method = Reflect.get(now(), name) as (...call: readonly unknown[]) => unknown;
        return method(...call);
      };
    },
  });
}

function lateSession(made: () => Failover | null, now: () => Failover): FailoverSession {
  const session = () => made()?.session ?? null;
  return {
    get state() {
      return session()?.state ?? 'none';
    },
    get host() {
      return session()?.host ?? null;
    },
    onChange: (tell) => now().session?.onChange(tell) ?? (() => {}),
    end: async () => now().session?.end(),
  };
}
