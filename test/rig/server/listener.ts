import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type OpenSockets, trackSockets } from './sockets.ts';

/** How long an ending server waits for what is under way. */
const END_GRACE_MS = 5_000;
/** A port that was free a moment ago is waited for this long: the kernel may still be letting go of it. */
const PORT_WAIT_MS = 3_000;

/** A server's port: open, closed, and open again at the same number. */
export interface Listener {
  readonly port: number;
  readonly sockets: OpenSockets;
  /** Opens the port, if it is not open. */
  listen(): Promise<void>;
  /** Closes the port and resets every open connection: the next connect is refused. */
  refuse(): Promise<void>;
  /** Closes the port, lets requests under way end, then exits the process. */
  end(): Promise<void>;
}

export function createListener(server: Server, host: string, wantedPort: number, onConnection: () => void): Listener {
  const sockets = trackSockets(server, onConnection);
  let port = wantedPort;
  // Only the tests decide when a connection ends, save that an idle one may live as long as a test does.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  return {
    get port() {
      return port;
    },
    sockets,
    async listen() {
      if (server.listening) return;
      await listenWithin(server, host, port, PORT_WAIT_MS);
      port = (server.address() as AddressInfo).port;
    },
    async refuse() {
      const closed = close(server);
      sockets.resetAll();
      await closed;
    },
    async end() {
      setTimeout(() => process.exit(0), END_GRACE_MS);
      // Connections that fall idle only after the port closed are nobody's else to end.
      setInterval(() => server.closeIdleConnections(), 20);
      await close(server);
      process.exit(0);
    },
  };
}

function close(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

async function listenWithin(server: Server, host: string, port: number, waitMs: number): Promise<void> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    try {
      return await listenOnce(server, host, port);
    } catch (error) {
      const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!inUse || port === 0 || performance.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, 1_024, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
