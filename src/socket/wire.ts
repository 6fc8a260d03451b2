import { NO_HINTS } from '../policy/hints.ts';
import type { AttemptEnd, Fault } from '../policy/outcome.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import type { PlainSocket, WebSocketConstructor } from './plainSocket.ts';

/** What a connection is opened with. */
export interface WireRequest {
  readonly WebSocket: WebSocketConstructor;
  /** `ws:` or `wss:`, at the host itself. */
  readonly url: string;
  readonly protocols: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a connection tells. After `closed`, and after {@link Wire.drop}, it tells nothing more. */
export interface WireListener {
  opened(): void;
  message(data: unknown): void;
  closed(code: number, reason: string, wasClean: boolean): void;
}

/**
 * One connection to one host. What becomes of it is booked with the pool: one that ends before {@link Wire.proven} was
 * called is a failure of its host, and so is one that breaks later.
 */
export class Wire {
  readonly origin: string;
  readonly socket: PlainSocket;
  readonly #pool: HostPool;
  readonly #startedMs: number;
  #proven = false;

  /** @throws what the constructor throws: the arguments are the caller's. */
  constructor(pool: HostPool, origin: string, request: WireRequest, listener: WireListener) {
    const { WebSocket, url, protocols, headers } = request;
    this.origin = origin;
    this.#pool = pool;
    this.#startedMs = pool.ports.clock.now();
    this.socket =
      headers === undefined ? new WebSocket(url, [...protocols]) : new WebSocket(url, [...protocols], { headers });
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => listener.opened();
    this.socket.onmessage = (event: { readonly data: unknown }) => listener.message(event.data);
    this.socket.onclose = ({ code, reason, wasClean }: Pick<CloseEvent, 'code' | 'reason' | 'wasClean'>) => {
      this.#detach();
      if (!wasClean || code === 1006) this.blame(this.#proven ? 'reset' : 'network');
      listener.closed(code, reason, wasClean);
    };
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
    this.#pool.report(this.origin, end, this.#startedMs, this.#pool.ports.clock.now(), null);
  }

  /**
   * Leaves the connection. Detaches first: a dead one may take for ever to close, and what it says then is of no
   * interest (multica#8525).
   */
  drop(code?: number, reason?: string): void {
    this.#detach();
    this.socket.close(code, reason);
  }

  #detach(): void {
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    // `ws` throws an error that nobody listens to.
    this.socket.onerror = () => {};
  }
}
