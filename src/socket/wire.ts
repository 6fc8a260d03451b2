import { closeEnd } from '../policy/closeCode.ts';
import { NO_HINTS } from '../policy/hints.ts';
import type { AttemptEnd, Fault } from '../policy/outcome.ts';
import { recordOf } from '../policy/poolState.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import { Packets } from './packets.ts';
import type { PlainSocket, UpgradeAnswer, WebSocketConstructor } from './plainSocket.ts';

/** What a connection is opened with. */
export interface WireRequest {
  readonly WebSocket: WebSocketConstructor;
  /** `ws:` or `wss:`, at the host itself. */
  readonly url: string;
  readonly protocols: readonly string[];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What else the platform's class takes as its third argument. Default nothing. */
  readonly options?: object | undefined;
  /** Default `arraybuffer`; null leaves it to the platform. */
  readonly binaryType?: string | null;
}

/** What a connection tells. After `closed`, and after {@link Wire.drop}, it tells nothing more. */
export interface WireListener {
  opened(): void;
  message(data: unknown): void;
  closed(code: number, reason: string, wasClean: boolean): void;
}

/**
 * One connection to one host. What becomes of it is booked with the pool: one that ends before {@link Wire.proven} was
 * called is a failure of its host, and so is one that breaks later; see `policy/closeCode.ts`.
 */
export class Wire {
  readonly origin: string;
  readonly socket: PlainSocket;
  /** When the host was heard last, or else when the connection was begun. */
  heardMs: number;
  /** The HTTP status with which the upgrade was refused. Only `ws` tells; null else. */
  status: number | null = null;
  readonly #pool: HostPool;
  readonly #startedMs: number;
  #packets: Packets | null = null;
  #proven = false;
  #booked = false;

  /** @throws what the constructor throws: the arguments are the caller's. */
  constructor(pool: HostPool, origin: string, request: WireRequest, listener: WireListener) {
    const { binaryType = 'arraybuffer' } = request;
    this.origin = origin;
    this.#pool = pool;
    this.heardMs = this.#startedMs = pool.ports.clock.now();
    this.socket = openSocket(request);
    if (binaryType !== null) this.socket.binaryType = binaryType;
    this.socket.onopen = () => {
      this.#heard();
      listener.opened();
    };
    this.socket.onmessage = (event: { readonly data: unknown }) => {
      this.#heard();
      listener.message(event.data);
    };
    this.socket.onerror = () => {};
    this.socket.onclose = (event: CloseEnd) => {
      const { code, reason, wasClean } = readClose(event);
      this.#detach();
      const end = closeEnd(wasClean === false ? 1006 : code, this.#proven);
      if (end !== null && this.status === null) this.book(end);
      listener.closed(code, reason, wasClean);
    };
    // Protocol pings and their answers are signs of life as well.
    this.socket.on?.('upgrade', ({ socket }) => {
      this.#packets = new Packets(socket);
    });
    this.socket.on?.('ping', () => this.#heard());
    this.socket.on?.('pong', () => this.#heard());
    this.socket.on?.('unexpected-response', (_, answer) => this.#refused(answer));
  }

  /** True where a ping of the protocol is of use. React Native can send one, but does not tell of the pong. */
  get canPing(): boolean {
    return this.socket.ping !== undefined && this.socket.on !== undefined;
  }

  send(data: Parameters<PlainSocket['send']>[0]): void {
    this.#packets?.gather();
    this.socket.send(data);
  }

  /** The host serves: its upgrade was accepted, or, in a session, its welcome came. */
  proven(): void {
    if (this.#proven) return;
    this.#proven = true;
    this.book({ kind: 'response', status: 101, retryAfterMs: null, hints: NO_HINTS });
  }

  /** Books that the host failed. */
  blame(fault: Fault): void {
    this.book({ kind: 'failure', fault });
  }

  /** Books what the host said of itself, as if it were the answer to a request. */
  book(end: AttemptEnd): void {
    const nowMs = this.#pool.ports.clock.now();
    this.#booked = true;
    this.#pool.report(this.origin, end, this.#sinceMs(nowMs), nowMs, null);
  }

  /**
   * Leaves the connection. Detaches first: a dead one may take for ever to close, and what it says then is of no
   * interest (multica#8525).
   *
   * @param dead True where no answer is expected any more: the connection is ended without a closing handshake, where it can be.
   */
  drop(code?: number, reason?: string, dead = false): void {
    this.#detach();
    if (!this.#booked) this.#pool.abandon(this.origin, this.#startedMs);
    // On Android, React Native can't close a connection before it is open, and opens it all the same.
    this.socket.onopen = () => this.socket.close(code, reason);
    if (dead && this.socket.terminate !== undefined) this.socket.terminate();
    else this.socket.close(code, reason);
  }

  /** The upgrade was answered otherwise: what the host says of itself counts as in any answer. */
  #refused({ statusCode: status = 0, headers }: UpgradeAnswer): void {
    const { settings, ports } = this.#pool;
    const header = (name: string) => headers[name]?.toString() ?? null;
    const retryAfterMs = settings.readRetryAfter(header('retry-after'), ports.clock.wallTime());
    this.status = status;
    this.book({ kind: 'response', status, retryAfterMs, hints: settings.readHints(header) });
    // Who listens to this event has to end the request.
    this.socket.terminate?.();
  }

  #heard(): void {
    this.heardMs = this.#pool.ports.clock.now();
    this.#pool.dispatch({ kind: 'use', origin: this.origin }, this.heardMs);
  }

  /**
   * When that which is booked now began. A connection that stood has only now shown what its host is like; unless it is older
   * than the host's present time in service: then it is one of those that an outage left behind.
   */
  #sinceMs(nowMs: number): number {
    const health = recordOf(this.#pool.state, this.origin)?.health;
    const isRemnant = health !== undefined && 'sinceMs' in health && this.#startedMs < health.sinceMs;
    return this.#proven && !isRemnant ? nowMs : this.#startedMs;
  }

  #detach(): void {
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    // `ws` throws an error that nobody listens to.
    this.socket.onerror = () => {};
  }
}

type CloseEnd = Pick<CloseEvent, 'code' | 'reason' | 'wasClean'>;

/** React Native calls no end clean, whatever it was; but only one that was has a code of its own. */
function readClose({ code, reason, wasClean }: CloseEnd): CloseEnd {
  const isReactNative = globalThis.navigator?.product === 'ReactNative';
  return isReactNative
    ? { code: code || 1006, reason, wasClean: code !== 0 && code !== 1006 }
    : { code, reason, wasClean };
}

function openSocket({ WebSocket, url, protocols, headers, options }: WireRequest): PlainSocket {
  const list = [...protocols];
  if (headers === undefined && options === undefined) return new WebSocket(url, list);
  if (isNodesOwn(WebSocket)) return new WebSocket(url, { protocols: list, ...options, headers } as never);
  return new WebSocket(url, list, { ...options, ...(headers && { headers }) });
}

/** Node's own class takes headers, too, but beside the protocols in its second argument. */
function isNodesOwn(WebSocket: WebSocketConstructor): boolean {
  const { WebSocket: own, process } = globalThis as {
    WebSocket?: unknown;
    process?: { versions?: { undici?: string } };
  };
  return WebSocket === own && process?.versions?.undici !== undefined && typeof document === 'undefined';
}
