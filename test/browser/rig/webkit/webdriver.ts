import { freePort } from '../../../rig/ports.ts';
import { until } from '../../../rig/wait.ts';
import { type StartOptions, type SystemProcess, startProcess } from '../process.ts';

const START_LIMIT_MS = 20_000;

/** A WebDriver session (https://www.w3.org/TR/webdriver2/): one browser, its own storage, some windows. */
export interface Session {
  /** Sends commands of one window, as one piece: a session has one window that commands are for. */
  inWindow<Result>(handle: string, commands: (send: Send) => Promise<Result>): Promise<Result>;
  /** Gives the window's handle. */
  newWindow(): Promise<string>;
  end(): Promise<void>;
}

/** Sends a command to the driver: its path below the session's. Rejects with what the driver says against it. */
export type Send = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>;

export interface SessionOptions extends StartOptions {
  /** The driver's program. */
  readonly driver: string;
  /** `webkitgtk:browserOptions`: the program that is the browser, and its arguments. */
  readonly browserOptions: object;
}

/** Starts a driver and with it a browser. A driver has one session at a time, so each session has a driver. */
export async function startSession({ driver, browserOptions, ...options }: SessionOptions): Promise<Session> {
  const port = await freePort('127.0.0.1');
  const running = startProcess(driver, [`--port=${port}`], options);
  try {
    await until(
      () => answers(port),
      START_LIMIT_MS,
      () => 'The driver does not answer',
    );
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions, pageLoadStrategy: 'none' } };
    const begun = await command(port, 'POST', '/session', { capabilities });
    const { sessionId } = begun as { readonly sessionId: string };
    const send: Send = (method, path, body) => command(port, method, `/session/${sessionId}${path}`, body);
    return createSession(send, running);
  } catch (error) {
    await running.kill();
    throw error;
  }
}

async function answers(port: number): Promise<boolean> {
  return command(port, 'GET', '/status').then(
    () => true,
    () => false,
  );
}

async function command(port: number, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
  });
  const { value } = (await response.json()) as { readonly value: unknown };
  if (response.ok) return value;
  const { error, message } = value as { readonly error: string; readonly message: string };
  throw new Error(`${error}: ${message}`);
}

function createSession(send: Send, running: SystemProcess): Session {
  let last: Promise<unknown> = Promise.resolve();
  let current: string | undefined;
  let first: unknown;
  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(act, act);
    last = turn;
    return turn;
  };
  return {
    inWindow: (handle, commands) =>
      inTurn(async () => {
        if (current !== handle) await send('POST', '/window', { handle });
        current = handle;
        return commands(send);
      }),
    newWindow: () =>
      inTurn(async () => {
        // The browser's first window is nobody's tab: it is still there when the current one is not.
        first ??= await send('GET', '/window');
        await send('POST', '/window', { handle: first });
        current = undefined;
        const { handle } = (await send('POST', '/window/new', { type: 'window' })) as { readonly handle: string };
        return handle;
      }),
    async end() {
      // The driver asks the browser to end; what that has to write, its helper processes write when it has.
      await send('DELETE', '').catch(() => {});
      await running.alone().catch(() => {});
      await running.kill();
    },
  };
}
