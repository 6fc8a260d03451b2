import { SOCKET_DEFAULTS } from '../../policy/defaults.ts';
import type { SwitchoverError } from '../../policy/error.ts';
import { fill, invalidOption } from '../../policy/fill.ts';
import type { MaybePromise } from '../../runtime/ports.ts';
import type { WebSocketConstructor } from '../plainSocket.ts';

/** What a function that is called anew for each attempt is told. */
export interface SocketAttempt {
  /** Origin of the host that is going to be asked: `https://…`. */
  readonly host: string;
  /** True where the last link was refused (1008, 4401, HTTP 401 or 403): fresh credentials get one more chance. */
  readonly refused: boolean;
}

/** A value, or a function that gives it, called anew for each attempt. What it throws is a failed attempt that no host is blamed for. */
export type PerAttempt<T> = T | ((attempt: SocketAttempt) => MaybePromise<T>);

/** How a link ended. */
export interface SocketEnd {
  /** The close code; 1006 where the link broke without one. */
  readonly code: number;
  /** The other side's words; empty for none. */
  readonly reason: string;
  /** True where both sides have closed. */
  readonly wasClean: boolean;
}

/** How a socket comes back. */
export interface ReconnectPolicy {
  /**
   * The first reconnect after a link that had lasted waits a draw from [0, firstWaitMs), in milliseconds, so that the clients
   * of a server that died do not arrive at the next one together; `retry-window=<seconds>` in the server's reason for closing
   * takes its place. Default 1,000.
   */
  readonly firstWaitMs: number;
  /** Upper end of the waits after that, in milliseconds, doubled with each round over the hosts; drawn from zero. Default 500. */
  readonly backoffBaseMs: number;
  /** No wait reaches this, in milliseconds. Default 20,000. */
  readonly backoffCapMs: number;
  /** Only a link that has lasted for this long makes the waits begin anew, in milliseconds. Default 5,000. */
  readonly minUptimeMs: number;
  /** So many rounds over the hosts in a row may fail before the socket gives up. Default Infinity. */
  readonly maxRounds: number;
}

/** How a link that says nothing is found out. */
export interface HeartbeatPolicy {
  /** A link that has said nothing for so long is asked whether it is alive, in milliseconds. Default 4,000. */
  readonly intervalMs: number;
  /** One that has said nothing for so long, although it was asked, is dead, in milliseconds. More than `intervalMs`. Default 7,500. */
  readonly deadMs: number;
  /**
   * Gives what to send as a question. Default: a ping of the protocol where the platform's class has one (`ws`); a browser's has
   * none, so without this function it can't be asked.
   */
  readonly ping?: (() => string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob) | undefined;
  /** True for a message that only answers a ping: it is not handed on. Any message is a sign of life. Default: none is. */
  readonly isPong?: ((data: unknown) => boolean) | undefined;
}

/** Options of `createWebSocket`, and of `socket` in `createFailover`. Every one may be left out. */
export interface SocketOptions {
  /** The platform's class. Default `globalThis.WebSocket` as it is when a socket is made. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /**
   * True, or parts of a {@link ReconnectPolicy}: a socket lives on from link to link until it is closed. False: one link, with
   * failover while it is being opened; for libraries that make a new socket by themselves. Default true.
   */
  readonly reconnect?: boolean | Partial<ReconnectPolicy> | undefined;
  /**
   * Asked when a link has ended unasked, whether to come back: true or false; undefined leaves it to the close code: yes, but
   * for a second refusal in a row. Not asked where `reconnect` is false. Default: the close code decides.
   */
  readonly shouldReconnect?: ((end: SocketEnd) => boolean | undefined) | undefined;
  /** False: no pings. Or parts of a {@link HeartbeatPolicy}. Default: all of its defaults. */
  readonly heartbeat?: false | Partial<HeartbeatPolicy> | undefined;
  /** Headers of the upgrade: React Native, `ws` and Node's own class send them; browsers can't. Default none. */
  readonly headers?: PerAttempt<Readonly<Record<string, string>>> | undefined;
  /** `move`: a living link goes back to a host that is wanted more once that is proven. `stay`: it waits until it is lost. Default `move`. */
  readonly failback?: 'move' | 'stay' | undefined;
  /** A second host is asked beside the first when that has not opened after this, in milliseconds. Default 2,000. */
  readonly staggerMs?: number | undefined;
  /** Until a link must be open, in milliseconds; doubled with each round that failed, up to the pool's `timeout.totalMs`. Default 5,000. */
  readonly openMs?: number | undefined;
  /** What `send` keeps while the socket is between two links, in bytes; 0 for nothing. Default 1 MiB. */
  readonly maxQueuedBytes?: number | undefined;
}

/** Options, complete. */
export interface SocketSettings {
  readonly WebSocket: WebSocketConstructor | undefined;
  readonly reconnect: ReconnectPolicy | null;
  readonly heartbeat: HeartbeatPolicy | null;
  readonly shouldReconnect: ((end: SocketEnd) => boolean | undefined) | undefined;
  readonly headers: PerAttempt<Readonly<Record<string, string>>> | undefined;
  readonly failback: string;
  readonly staggerMs: number;
  readonly openMs: number;
  readonly maxQueuedBytes: number;
}

/** @throws SwitchoverError `INVALID_OPTION` for an unknown name or a value of the wrong kind. */
export function readSocketOptions(options: SocketOptions = {}): SocketSettings {
  const { WebSocket, reconnect, heartbeat, shouldReconnect, headers, ...plain } = options;
  const { intervalMs, deadMs, reconnect: policy, ...numbers } = SOCKET_DEFAULTS;
  const filled = fill<object>('socket', { ...numbers, failback: 'move' }, plain) as SocketSettings;
  if (filled.failback !== 'stay' && filled.failback !== 'move') throw invalid('failback', "'move' or 'stay'");
  mustBe('function', { WebSocket, shouldReconnect });
  if (typeof headers !== 'object' || headers === null) mustBe('function', { headers });
  if (typeof reconnect !== 'boolean') mustBe('object', { reconnect });
  if (heartbeat !== false) mustBe('object', { heartbeat });
  const { ping, isPong, ...beat } = heartbeat || {};
  mustBe('function', { ping, isPong });
  const times = fill<HeartbeatPolicy>('heartbeat', { intervalMs, deadMs }, beat);
  if (!(times.intervalMs > 0 && times.deadMs > times.intervalMs)) throw invalid('heartbeat', 'deadMs > intervalMs > 0');
  return {
    ...filled,
    WebSocket,
    shouldReconnect,
    headers,
    reconnect:
      reconnect === false
        ? null
        : fill<ReconnectPolicy>('reconnect', { ...policy, maxRounds: Infinity }, reconnect === true ? {} : reconnect),
    heartbeat: heartbeat === false ? null : { ...times, ping, isPong },
  };
}

function mustBe(kind: 'function' | 'object', given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && (typeof value !== kind || value === null))
      throw invalid(name, `a value of type ${kind}`);
  }
}

const invalid = (name: string, wanted: string): SwitchoverError =>
  invalidOption(`socket.${name} is of the wrong kind`, `Give ${wanted}.`);
