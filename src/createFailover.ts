import { type AnswerOptions, guardedAnswers } from './http/answer.ts';
import { createSender, type Sender, withFetch } from './http/createFetch.ts';
import { hedging } from './http/hedge.ts';
import { createKy, type KyInstance, type KyOptions } from './http/kyClient.ts';
import { bufferedBodies } from './http/requestBody.ts';
import { perRequest, type RequestOptions } from './http/requestOptions.ts';
import { createSession, type FailoverSession } from './http/session.ts';
import type { SessionOptions } from './http/sessionOptions.ts';
import { fill } from './policy/fill.ts';
import type { HostList } from './policy/hostList.ts';
import { affinity } from './runtime/affinity.ts';
import { discovery } from './runtime/discovery.ts';
import type { FailoverEvents } from './runtime/events.ts';
import { type FullPoolOptions, fullPool } from './runtime/fullPool.ts';
import type { HostPool, PoolOptions, PoolPart } from './runtime/hostPool.ts';
import type { Fetch, HostSource } from './runtime/ports.ts';
import type { PoolStatus } from './runtime/status.ts';
import { storedHealth } from './runtime/storedHealth.ts';
import { openChannel } from './socket/channel/openChannel.ts';
import type { Channel, ChannelOptions } from './socket/channel/types.ts';
import { createEventSource, type FailoverEventSourceConstructor } from './socket/eventSource/createEventSource.ts';
import { createWebSocket } from './socket/webSocket/createWebSocket.ts';
import { readSocketOptions, type SocketOptions } from './socket/webSocket/options.ts';
import type { FailoverWebSocketConstructor } from './socket/webSocket/types.ts';

/** Options of {@link Failover}. Only `hosts` is needed. */
export interface FailoverOptions extends FullPoolOptions, AnswerOptions {
  /**
   * Origins, best first: `['https://a.example.com', 'https://b.example.com']`, or M+N: `{ active: […], standby: […] }`.
   * May be empty where `discovery` finds them.
   */
  readonly hosts: HostList;
  /** Names what is stored for this pool. Default: made from the listed origins. */
  readonly name?: string;
  /** M+N: what keeps this client at its own active host. Default: drawn once and stored. See {@link affinity}. */
  readonly affinity?: string;
  /** M+N: this client's zone; hosts of the same zone come first within their tier. Default none. */
  readonly zone?: string;
  /** Where hosts come from beside the list: {@link wellKnownHosts}, `srvHosts` of `switchover/node`. Default none. */
  readonly discovery?: HostSource;
  /** A request stream up to this size, in bytes, is held in memory so that it can be sent again; a larger one is sent once. Default 1 MiB. */
  readonly bufferCapBytes?: number;
  /** Whether requests are hedged that don't say; see `hedge` of {@link RequestOptions}. Default false. */
  readonly hedge?: RequestOptions['hedge'];
  /** The session that all requests belong to: how to log in, and how to go on at another host. Default none. */
  readonly session?: SessionOptions;
  /** Defaults for {@link Failover.http}: any of ky's own options, such as `headers` or `hooks`. Default none. */
  readonly ky?: KyOptions;
  /**
   * In a browser: the tabs of an origin act as one client. One of them probes, and all know at once what one has learned. No other
   * platform has tabs. Default true.
   */
  readonly tabs?: boolean;
  /** Options of {@link Failover.WebSocket}. Default: those of {@link createWebSocket}. */
  readonly socket?: SocketOptions;
}

/** Everything over one pool of hosts. */
export interface Failover {
  /** A `fetch` that fails over. Needs no `this`; give it to any library. */
  readonly fetch: Fetch;
  /** A ky instance that fails over. */
  readonly http: KyInstance;
  /** The session, where `session` was given; else null. */
  readonly session: FailoverSession | null;
  /** The hosts as they stand now, frozen. */
  readonly status: PoolStatus;
  /** The pool itself, for what takes one. */
  readonly pool: HostPool;
  /**
   * Opens a channel to a session server: messages both ways that outlive servers. See {@link openChannel}.
   *
   * @param path Where the hosts' session server listens: `/channel`.
   * @throws SwitchoverError `INVALID_OPTION`.
   */
  channel(path: string, options?: ChannelOptions): Channel;
  /**
   * A class of the shape of `EventSource` whose streams fail over. Give it to any library. See {@link createEventSource}; its
   * options go to the constructor.
   */
  readonly EventSource: FailoverEventSourceConstructor;
  /**
   * A class of the shape of `WebSocket` whose sockets fail over, and by themselves live on from link to link. To a library that
   * makes a new socket when one has closed, give `failover.WebSocket.with({ reconnect: false })`. See {@link createWebSocket}.
   */
  readonly WebSocket: FailoverWebSocketConstructor;
  /** Settles when remembered health was read and hosts are known. Requests wait for it by themselves. */
  readonly ready: Promise<void>;
  /** Calls `listener` at each such event; the returned function ends it. */
  on<Name extends keyof FailoverEvents>(event: Name, listener: FailoverEvents[Name]): () => void;
  /**
   * Replaces the list of hosts. Hosts that stay keep what is known of them.
   *
   * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`; the old list then stays.
   */
  setHosts(hosts: HostList): void;
  /**
   * Puts one listed host before all others for as long as it is well; `null` takes that back.
   *
   * @throws SwitchoverError `UNLISTED_HOST`.
   */
  prefer(origin: string | null): void;
  /** Ends timers, probes and waits. Requests under way come to their end; new ones are refused with `CLOSED`. */
  close(): void;
}

/** A platform's own defaults. */
export interface Platform extends PoolOptions {
  /** Origin that the app was loaded from, whether or not it is a host. */
  readonly servedBy?: string;
}

/** Puts the parts together over one pool. Each platform's entry gives its own defaults. */
export function assemble(options: FailoverOptions, platform: Platform, closePlatform?: () => void): Failover {
  const { name, affinity: key, zone, bufferCapBytes, sharedEtags, tabs } = options;
  const own = { name: '', affinity: '', zone: '', bufferCapBytes: 0, sharedEtags: false, tabs: true };
  fill<object>('createFailover', own, { name, affinity: key, zone, bufferCapBytes, sharedEtags, tabs });
  const pool = poolOf(options, platform);
  try {
    return over(pool, options, closePlatform);
  } catch (error) {
    pool.close();
    throw error;
  }
}

function over(pool: HostPool, options: FailoverOptions, closePlatform: (() => void) | undefined): Failover {
  const { name, session: asked, ky, socket } = options;
  // Refused now, not when the first socket is made.
  readSocketOptions(socket);
  const session = asked === undefined ? null : createSession(pool, { key: name, ...asked });
  const send = senderOf(pool, options, session);
  const eventSource = lazily(() => createEventSource(pool));
  const webSocket = lazily(() => createWebSocket(pool, socket));
  return {
    fetch: withFetch(send, pool),
    http: createKy(send, pool, ky),
    session,
    pool,
    channel: (path, options) => openChannel(pool, path, options),
    ready: pool.ready ?? Promise.resolve(),
    get EventSource() {
      return eventSource();
    },
    get WebSocket() {
      return webSocket();
    },
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

/** A fetch with all of its parts. */
function senderOf(pool: HostPool, options: FailoverOptions, session: ReturnType<typeof createSession> | null): Sender {
  const { bufferCapBytes, sharedEtags, hedge } = options;
  return createSender(pool, {
    bodies: bufferedBodies(bufferCapBytes),
    answers: guardedAnswers({ sharedEtags }),
    options: perRequest,
    hedging: hedging(hedge),
    session: session?.part ?? null,
  });
}

/** Makes a class when it is asked for first: some platforms have not got what it needs. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** What is left of the options when the others' are taken away is the pool's, so that it can refuse unknown names. */
function poolOf(options: FailoverOptions, { servedBy, ...platform }: Platform): HostPool {
  const { hosts, name: _name, affinity: _affinity, zone: _zone, discovery: _discovery, ...rest } = options;
  const { bufferCapBytes: _cap, sharedEtags: _etags, hedge: _hedge, session: _session, ky: _ky, ...mine } = rest;
  const { socket: _socket, tabs: _tabs, ...own } = mine;
  const budget = { ...platform.budget, ...own.budget };
  const parts = [...partsOf(options, servedBy), ...(platform.parts ?? []), ...(options.parts ?? [])];
  return fullPool(hosts, { ...platform, ...own, budget, parts });
}

function partsOf(options: FailoverOptions, servedBy: string | undefined): PoolPart[] {
  const { name, affinity: key, zone, discovery: source, hosts } = options;
  return [
    ...(typeof hosts === 'object' && hosts !== null && 'active' in hosts ? [affinity({ key, zone, name })] : []),
    storedHealth(name, servedBy),
    ...(source === undefined ? [] : [discovery(source)]),
  ];
}
