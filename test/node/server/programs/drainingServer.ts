/** A server as docs/server.md has it: it says where it listens, and drains on SIGTERM. Its argument is the deadline. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  attachWebSocketServer,
  createSessionServer,
  drainOnSignal,
  memorySessionStore,
  sessionHandler,
  toNodeListener,
} from '../../../../src/server/index.ts';

const store = memorySessionStore();
const sessions = createSessionServer({ store, authenticate: ({ auth }) => (auth ? { subject: auth } : null) });
const server = createServer(toNodeListener(sessionHandler(sessions)));
await attachWebSocketServer(sessions, { server });
drainOnSignal(sessions, {
  server,
  deadlineMs: Number(process.argv[2]),
  jitterMs: 0,
  afterwards: async () => {
    await store.close();
    process.send?.('closed');
    process.disconnect?.();
  },
});
process.exitCode = 3;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
