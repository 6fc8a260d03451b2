import { createWebSocket } from '../../../src/socket/webSocket/createWebSocket.ts';
import type { SocketOptions } from '../../../src/socket/webSocket/options.ts';
import type { FailoverWebSocket } from '../../../src/socket/webSocket/types.ts';
import { type WorldOptions, world } from '../runtime/world.ts';

interface Handlers {
  onopen: ((event: object) => void) | null;
  onmessage: ((event: object) => void) | null;
  onerror: ((event: object) => void) | null;
  onclose: ((event: object) => void) | null;
}

/** What a host does with a socket that is opened to it; nothing where it stays mute. */
export type OnDial = (socket: FakeSocket) => void;

/** A platform's socket whose other side is the test. */
export class FakeSocket implements Handlers {
  onopen: ((event: object) => void) | null = null;
  onmessage: ((event: object) => void) | null = null;
  onerror: ((event: object) => void) | null = null;
  onclose: ((event: object) => void) | null = null;
  readonly extensions = '';
  bufferedAmount = 0;
  binaryType = 'blob';
  readyState = 0;
  readonly sent: unknown[] = [];
  readonly closes: (readonly [number | undefined, string | undefined])[] = [];
  readonly url: string;
  readonly protocols: unknown;
  readonly options: unknown;
  protocol = '';

  constructor(url: string, protocols?: unknown, options?: unknown) {
    this.url = url;
    this.protocols = protocols;
    this.options = options;
  }

  /** `a` of `wss://a.example.com/live`. */
  get host(): string {
    return this.url.slice('wss://'.length)[0] ?? '';
  }

  /** The other side accepts. */
  open(): void {
    this.readyState = 1;
    this.protocol = (this.protocols as string[])[0] ?? '';
    this.onopen?.({});
  }

  say(data: unknown): void {
    this.onmessage?.({ data });
  }

  /** The connection ends. Without a code it breaks. */
  end(code = 1006, reason = ''): void {
    this.readyState = 3;
    if (code === 1006) this.onerror?.({});
    this.onclose?.({ code, reason, wasClean: code !== 1006 });
  }

  send(data: unknown): void {
    this.sent.push(data);
  }

  close(code?: number, reason?: string): void {
    this.closes.push([code, reason]);
    this.readyState = 2;
  }
}

export interface SocketWorldOptions extends WorldOptions {
  /** What hosts do when they are dialled, by letter. Default: all accept. */
  readonly dial?: Record<string, OnDial>;
  readonly socket?: SocketOptions;
}

/** Accepts, at once but not within the constructor. */
export const accept: OnDial = (socket) => queueMicrotask(() => socket.open());
export const refuse: OnDial = (socket) => queueMicrotask(() => socket.end());
export const mute: OnDial = () => {};

/** A pool and its sockets in a world of their own. */
export function socketWorld({ dial = {}, socket, ...options }: SocketWorldOptions = {}) {
  const base = world(options);
  const sockets: FakeSocket[] = [];
  const behaviour: Record<string, OnDial> = { ...dial };
  class Platform extends FakeSocket {
    constructor(url: string, protocols?: unknown, platformOptions?: unknown) {
      super(url, protocols, platformOptions);
      sockets.push(this);
      (behaviour[this.host] ?? accept)(this);
    }
  }
  const log: string[] = [];
  const WebSocket = createWebSocket(base.pool, { WebSocket: Platform as never, ...socket });
  return {
    ...base,
    behaviour,
    sockets,
    Platform,
    WebSocket,
    log,
    /** Makes a socket, and writes down what it tells. */
    make(...args: Partial<ConstructorParameters<typeof WebSocket>>): FailoverWebSocket {
      const [url = '/live', ...rest] = args;
      const made = new WebSocket(url, ...rest);
      watch(made, log);
      return made;
    },
    /** What was told since the last look. */
    heard: () => log.splice(0),
    /** The hosts that were dialled so far, by letter. */
    dialled: () => sockets.map(({ host }) => host).join(''),
    last: () => sockets.at(-1) as FakeSocket,
  };
}

function watch(socket: FailoverWebSocket, log: string[]): void {
  const at = (origin: string | null) => origin?.slice('https://'.length)[0] ?? '-';
  socket.addEventListener('open', () => log.push(`open ${socket.url[6]}`));
  socket.addEventListener('message', ({ data }) => log.push(String(data)));
  socket.addEventListener('error', (event) => log.push((event as Event & { error: { code: string } }).error.code));
  socket.addEventListener('close', ({ code, reason, wasClean }) =>
    log.push(`close ${code} ${reason}${wasClean ? 'clean' : 'broken'}`),
  );
  socket.addEventListener('reconnecting', ({ detail }) => log.push(`lost ${at(detail.from)} ${detail.cause}`));
  socket.addEventListener('reconnected', ({ detail }) =>
    log.push(`moved ${at(detail.from)}${at(detail.to)} ${detail.cause}`),
  );
}
