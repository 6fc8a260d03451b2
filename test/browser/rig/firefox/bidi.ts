import { WebSocket } from 'ws';
import { within } from '../../../rig/wait.ts';

const CONNECT_LIMIT_MS = 20_000;

/** What Firefox answers a command with. Each command has its own shape: whoever sends it knows which. */
export type Answer = Readonly<Record<string, unknown>>;

/** A WebDriver BiDi session with a browser (https://w3c.github.io/webdriver-bidi/). */
export interface Bidi {
  /** Rejects with what the browser says against it, or when the connection has ended. */
  send<Result = Answer>(method: string, params?: object): Promise<Result>;
  /** Calls `listener` for each event of that name. */
  on<Params>(method: string, listener: (params: Params) => void): void;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Connects to a browser that listens at `url`, and begins a session. */
export async function connectBidi(url: string): Promise<Bidi & { readonly version: string }> {
  const socket = new WebSocket(`${url}/session`);
  const bidi = createBidi(socket);
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  await within(opened, CONNECT_LIMIT_MS, () => `No connection to ${url}`);
  const begun = bidi.send<{ capabilities: { browserVersion: string } }>('session.new', { capabilities: {} });
  const { capabilities } = await within(begun, CONNECT_LIMIT_MS, () => 'Firefox gives no session');
  return { ...bidi, version: capabilities.browserVersion };
}

function createBidi(socket: WebSocket): Bidi {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, ((params: unknown) => void)[]>();
  let lastId = 0;
  socket.on('message', (data) => {
    const { id, method, params, result, error, message } = JSON.parse(String(data));
    if (method !== undefined) for (const listener of listeners.get(method) ?? []) listener(params);
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(`${error}: ${message}`));
    waiting.delete(id);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('The browser is gone.'));
    waiting.clear();
  });
  return {
    send: <Result>(method: string, params: object = {}) =>
      new Promise<Result>((resolve, reject) => {
        lastId += 1;
        const id = lastId;
        waiting.set(id, { resolve: (result) => resolve(result as Result), reject });
        socket.send(JSON.stringify({ id, method, params }), (error) => {
          if (error) reject(error);
        });
      }),
    on(method, listener) {
      listeners.set(method, [...(listeners.get(method) ?? []), listener as (params: unknown) => void]);
    },
  };
}
