import type { HostList } from '../policy/hostList.ts';
import type { MaybePromise } from '../runtime/ports.ts';
import { encode } from '../session/codec.ts';
import { CLOSE } from '../session/frames.ts';
import { Connection } from './connection.ts';
import type { MessageHandler } from './delivery.ts';
import { type DrainOptions, drain } from './drain.ts';
import type { SessionServerEvents } from './events.ts';
import { Hub, type Standing } from './hub.ts';
import {
  invalid,
  originOf,
  readOrigins,
  readServerOptions,
  type SessionServerOptions,
  whole,
} from './serverOptions.ts';
import type { Identity, Session } from './session.ts';
import type { StoreTransaction } from './sessionStore.ts';
import type { ConnectRequest, Transport, Wire } from './transport.ts';

/** A server of sessions (docs/protocol.md). It speaks over whatever transport it is given. */
export interface SessionServer<Transaction extends StoreTransaction = StoreTransaction, I extends Identity = Identity> {
  /** Takes a connection that has just opened. What comes on it goes to the {@link Wire} that is returned. Never throws. */
  connect(transport: Transport, request?: ConnectRequest): Wire;
  /**
   * Handles messages, each once and in the order in which its session sent them, inside the store's transaction: what the handler
   * does with `transaction` is committed together with the fact that the message was accepted. It should be short, as any
   * transaction. Where it throws, the message is not accepted: see {@link SessionServerOptions.poison}. As with any transaction that did
   * not commit, it is called again then, for messages that came together with that one, too: what it did outside of the transaction
   * it may find done.
   *
   * Without a handler no message is accepted.
   */
  on(event: 'message', handler: MessageHandler<Transaction, I>): this;
  /** Calls `listener` at each such event from now on. */
  on<N extends keyof SessionServerEvents<I>>(event: N, listener: SessionServerEvents<I>[N]): this;
  /** Takes a handler of messages off. */
  off(event: 'message', handler: MessageHandler<Transaction, I>): this;
  /** Takes a listener off. */
  off<N extends keyof SessionServerEvents<I>>(event: N, listener: SessionServerEvents<I>[N]): this;
  /**
   * Sends to a session, wherever it is connected, or will be. JSON, or bytes as a `Uint8Array`. Within a message's handler, before
   * its first `await`, it joins the handler's transaction.
   *
   * @returns True once the message is in the session's log; false where there is no such session. Rejects with `STORE_FAILED` where
   * nobody knows, with what the store said where it is full; that is a `warning` as well, so the promise may be left alone.
   * @throws SwitchoverError `INVALID_MESSAGE` for what has no form in JSON, `TOO_LARGE` for what no frame can carry.
   */
  send(sid: string, data: unknown): MaybePromise<boolean>;
  /** The sessions of a subject that can still be resumed, connected or not. */
  sessionsOf(subject: string): MaybePromise<readonly string[]>;
  /** A session that is connected to this server. */
  get(sid: string): Session<I> | undefined;
  /** How many sessions are connected to this server. */
  readonly size: number;
  /** Upper limit of one frame, in bytes. */
  readonly maxBytes: number;
  /** `draining` from the moment that {@link drain} is called. */
  readonly role: 'active' | 'standby' | 'draining';
  /** Where clients are sent that are not served here; null: to any other host. */
  readonly active: string | null;
  /**
   * Makes the server active, or a standby. A standby sends all clients away at once, to `active` if it is given; to let them go
   * without a gap, {@link drain} first.
   *
   * @throws SwitchoverError `INVALID_OPTION`, `INVALID_HOST`.
   */
  setRole(role: 'active' | 'standby', active?: string): void;
  /** The hosts that clients are told of; null if none were given. */
  readonly hosts: {
    /** As in `createFailover`. */
    readonly list: HostList;
    /** Grows with each change of the list. */
    readonly generation: number;
  } | null;
  /**
   * Gives clients another list, from their next welcome on.
   *
   * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`; `INVALID_OPTION` also for a generation that is not above the last.
   */
  setHosts(list: HostList, generation: number): void;
  /** What clients are told to spread their reconnects over, as of now, in milliseconds. */
  readonly retryWindowMs: number;
  /**
   * Sends everybody to another server, without a gap. See {@link DrainOptions}. Resolves when nobody is left.
   *
   * @throws SwitchoverError at once: `INVALID_OPTION`, `INVALID_HOST`.
   */
  drain(options?: DrainOptions): Promise<void>;
  /** Closes all connections (1012) and ends what runs by itself. Sessions and store stay. */
  close(): void;
}

/**
 * Makes a server of sessions. It does nothing until it is given connections: by `attachWebSocketServer`, or by any other adapter
 * that calls {@link SessionServer.connect}.
 *
 * @throws SwitchoverError `INVALID_OPTION`; `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST` for its hosts.
 */
export function createSessionServer<Transaction extends StoreTransaction, I extends Identity>(
  options: SessionServerOptions<Transaction, I>,
): SessionServer<Transaction, I> {
  return new Server(options);
}

/** Refused connections are told so, up to this share over the limit; beyond it they are dropped. */
const GRACE = 1.1;

class Server<Transaction extends StoreTransaction, I extends Identity> implements SessionServer<Transaction, I> {
  readonly #hub: Hub<Transaction, I>;
  readonly #settings;
  readonly #unwatch: () => void;
  #hosts: SessionServer['hosts'] = null;
  #cancelCollecting: () => void = () => {};
  #draining: Promise<void> | null = null;
  /** Transports that are not closed yet, whatever their sessions do. */
  #wires = 0;
  #isClosed = false;

  constructor(options: SessionServerOptions<Transaction, I>) {
    this.#settings = readServerOptions(options);
    const { role = 'active', active } = options;
    assertRole(role);
    const standing: Standing = { role, to: active === undefined ? null : originOf(active) };
    this.#hub = new Hub(this.#settings, standing, (sid, data) => this.send(sid, data));
    if (options.hosts !== undefined) this.#tellHosts(options.hosts, whole('generation', options.generation ?? 0, 0));
    this.#unwatch = this.#settings.store.watch(this.#hub.newsroom.hear);
    this.#collect();
  }

  connect(transport: Transport, request: ConnectRequest = {}): Wire {
    this.#wires += 1;
    const { connections } = this.#settings.limits;
    if (this.#isClosed || this.#wires > connections) return this.#refuse(transport, this.#wires > connections * GRACE);
    const connection = new Connection(this.#hub, transport, request);
    this.#hub.connections.add(connection);
    return {
      message: (data) => connection.message(data),
      closed: () => {
        this.#wires -= 1;
        connection.closed();
      },
    };
  }

  on(event: string, listener: unknown): this {
    if (event === 'message') this.#hub.delivery.addHandler(listener as MessageHandler<Transaction, I>);
    else this.#hub.announcer.on(event as 'session', listener as SessionServerEvents<I>['session']);
    return this;
  }

  off(event: string, listener: unknown): this {
    if (event === 'message') this.#hub.delivery.removeHandler(listener as MessageHandler<Transaction, I>);
    else this.#hub.announcer.off(event as 'session', listener as SessionServerEvents<I>['session']);
    return this;
  }

  send(sid: string, data: unknown): MaybePromise<boolean> {
    const { desk, delivery, policy } = this.#hub;
    const payload = desk.payload(data, policy.maxBytes);
    if (delivery.open !== null) return delivery.open.append(sid, payload);
    return desk.append(sid, payload, (result) => this.#hub.open.get(sid)?.feed({ kind: 'stored', result }));
  }

  sessionsOf(subject: string): MaybePromise<readonly string[]> {
    return this.#settings.store.sessionsOf(subject);
  }

  get(sid: string): Session<I> | undefined {
    return this.#hub.open.get(sid)?.session ?? undefined;
  }

  get size(): number {
    return this.#hub.open.size;
  }

  get maxBytes(): number {
    return this.#settings.policy.maxBytes;
  }

  get role(): Standing['role'] {
    return this.#hub.standing.role;
  }

  get active(): string | null {
    return this.#hub.standing.to;
  }

  setRole(role: 'active' | 'standby', active?: string): void {
    assertRole(role);
    const hub = this.#hub;
    hub.standing = { role, to: active === undefined ? null : originOf(active) };
    if (role === 'standby') this.#sendAway();
  }

  get hosts(): SessionServer['hosts'] {
    return this.#hosts;
  }

  setHosts(list: HostList, generation: number): void {
    const least = this.#hosts === null ? 0 : this.#hosts.generation + 1;
    this.#tellHosts(list, whole('generation', generation, least));
  }

  get retryWindowMs(): number {
    return this.#hub.policy.retryWindowMs;
  }

  drain(options: DrainOptions = {}): Promise<void> {
    const hub = this.#hub;
    if (this.#draining !== null) return this.#draining;
    const done = drain(hub, options).then(() => {
      this.#draining = null;
      hub.announcer.emit('drained');
    });
    this.#draining = done;
    return done;
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelCollecting();
    this.#unwatch();
    this.#sendAway();
    this.#hub.close();
  }

  #sendAway(): void {
    const { connections, standing, policy } = this.#hub;
    const to = standing.to === null ? {} : { to: standing.to };
    for (const connection of [...connections]) {
      connection.feed({ kind: 'close', code: CLOSE.away, windowMs: policy.retryWindowMs, ...to });
    }
  }

  /** Says that it is busy, if that is not too much already. */
  #refuse(transport: Transport, curtly: boolean): Wire {
    try {
      if (curtly && transport.terminate !== undefined) transport.terminate();
      else {
        transport.send(encode({ kind: 'close', code: CLOSE.busy, windowMs: this.retryWindowMs }));
        transport.close(CLOSE.busy, '');
      }
    } catch (error) {
      this.#hub.failed(error);
    }
    return {
      message: () => {},
      closed: () => {
        this.#wires -= 1;
      },
    };
  }

  #tellHosts(list: HostList, generation: number): void {
    this.#hub.hosts = { hosts: readOrigins(list), generation };
    this.#hosts = { list, generation };
  }

  #collect(): void {
    const { clock, collectMs } = this.#settings;
    const again = () => {
      if (!this.#isClosed) this.#cancelCollecting = clock.setTimer(() => this.#collect(), collectMs, true);
    };
    const done = this.#hub.desk.collect();
    if (done instanceof Promise) void done.then(again);
    else again();
  }
}

/** @throws SwitchoverError `INVALID_HOST`. */

function assertRole(role: unknown): void {
  if (role !== 'active' && role !== 'standby')
    throw invalid('role', `can't be ${String(role)}`, 'Say active or standby.');
}
