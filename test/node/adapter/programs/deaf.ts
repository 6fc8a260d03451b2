import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';

// Listens on the same port of each address, says which, and from then on never comes back to accept anybody.
let port = 0;
for (const host of process.argv.slice(2)) {
  const server = createServer().listen({ port, host, backlog: 1 });
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
}
writeSync(1, String(port));
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
