import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../../../src/runtime/ports.ts';

/** A server in this process, whose handler plays the fault. */
export interface Loopback {
  readonly url: string;
  /** Requests that came, oldest first. */
  readonly requests: readonly IncomingMessage[];
  /** Sockets that are open now. */
  readonly open: number;
  close(): Promise<void>;
}

/** @param handle Called with the number of the request, from 0. */
export async function loopback(
  handle: (request: IncomingMessage, response: ServerResponse, turn: number) => void,
): Promise<Loopback> {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<object>();
  const server = createServer((request, response) => {
    requests.push(request);
    handle(request, response, requests.length - 1);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    get open() {
      return sockets.size;
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** Waits until it is so; fails after 20 s. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (const endMs = Date.now() + 20_000; !isSo(); ) {
    if (Date.now() > endMs) throw new Error(`It never came to this: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Collects garbage, without a flag on the command line. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
