import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Speaks frames over a real socket, and remembers all that comes. */
export class RawClient {
  readonly ws: WebSocket;
  readonly frames: Record<string, unknown>[] = [];
  readonly closed: Promise<number>;
  #wake: () => void = () => {};

  constructor(url: string, headers: Record<string, string> = {}) {
    this.ws = new WebSocket(url, { headers, perMessageDeflate: false });
    this.ws.on('message', (data: Buffer, binary) => {
      const end = binary ? data.indexOf(10) : data.length;
      const frame = JSON.parse(data.subarray(0, end).toString()) as Record<string, unknown>;
      this.frames.push(binary ? { ...frame, bytes: [...data.subarray(end + 1)] } : frame);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.ws.on('error', () => {});
      this.ws.on('close', (code) => {
        resolve(code);
        this.#wake();
      });
    });
  }

  /** Connects and says hello; gives the answer. */
  async hello(hello: object = {}): Promise<Record<string, unknown>> {
    await once(this.ws, 'open');
    this.say({ ...HELLO, ...hello });
    return this.next();
  }

  say(frame: object | string | Buffer): void {
    this.ws.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** The next frame, now or when it comes; pings are passed over. */
  async next(): Promise<Record<string, unknown>> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame !== undefined && frame['kind'] !== 'ping') return frame;
      if (frame !== undefined) continue;
      if (this.ws.readyState === WebSocket.CLOSED) throw new Error('closed, and no frame is left');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const HELLO = {
  kind: 'hello',
  v: 1,
  sid: '',
  token: '',
  stream: '',
  rx: 0,
  txLow: 1,
  txHigh: 0,
  host: 'https://a.example',
  cause: 'start',
  auth: 'ann',
};
