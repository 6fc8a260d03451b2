import type { KyInstance, Options as KyOptions } from 'ky';
import { createSender, type FetchOptions, withFetch } from './http/createFetch.ts';
import { createKy } from './http/kyClient.ts';
import type { HostList } from './policy/hostList.ts';
import type { FailoverEvents } from './runtime/events.ts';
import { HostPool } from './runtime/hostPool.ts';
import type { PoolOptions } from './runtime/poolOptions.ts';
import type { Fetch } from './runtime/ports.ts';
import type { PoolStatus } from './runtime/status.ts';

/** Options of {@link Failover}. Only `hosts` is needed. */
export interface FailoverOptions extends PoolOptions, FetchOptions {
  /**
   * Origins, best first: `['https://a.example.com', 'https://b.example.com']`, or M+N: `{ active: […], standby: […] }`.
   * May be empty where `discovery` finds them.
   */
  readonly hosts: HostList;
  /** Defaults for {@link Failover.http}: any of ky's own options, such as `headers` or `hooks`. */
  readonly ky?: KyOptions;
}

/** Everything over one pool of hosts. */
export interface Failover {
  /** A `fetch` that fails over. Needs no `this`; give it to any library. */
  readonly fetch: Fetch;
  /** A ky instance that fails over. */
  readonly http: KyInstance;
  /** The hosts as they stand now, frozen. */
  readonly status: PoolStatus;
  /** The pool itself, for what takes one. */
  readonly pool: HostPool;
  /** Settles when remembered health was read and hosts are known. Requests wait for it by themselves. */
  readonly ready: Promise<void>;
  /** Calls `listener` at each such event; the returned function ends it. */
  on<Name extends keyof FailoverEvents>(event: Name, listener: FailoverEvents[Name]): () => void;
  /** See {@link HostPool.setHosts}. */
  setHosts(hosts: HostList): void;
  /** See {@link HostPool.prefer}. */
  prefer(origin: string | null): void;
  /** Ends timers, probes and waits. Requests under way come to their end; new ones are refused with `CLOSED`. */
  close(): void;
}

/** Puts the parts together over one pool. Each platform's entry gives its own defaults. */
export function assemble(options: FailoverOptions, platform: PoolOptions, closePlatform?: () => void): Failover {
  const { hosts, ky, bufferCapBytes, sharedEtags, hedge, ...poolOptions } = options;
  const budget = { ...platform.budget, ...poolOptions.budget };
  const pool = new HostPool(hosts, { ...platform, ...poolOptions, budget });
  const send = createSender(pool, { bufferCapBytes, sharedEtags, hedge });
  return {
    fetch: withFetch(send, pool),
    http: createKy(send, pool, ky),
    pool,
    ready: pool.ready ?? Promise.resolve(),
    get status() {
      return pool.status;
    },
    on(event, listener) {
      pool.events.on(event, listener as never);
      return () => pool.events.off(event, listener as never);
    },
    setHosts: (list) => pool.setHosts(list),
    prefer: (origin) => pool.prefer(origin),
    close() {
      pool.close();
      closePlatform?.();
    },
  };
}
