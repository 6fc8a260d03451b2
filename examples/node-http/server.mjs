import { createServer } from 'node:http';

// A server as it may be: nothing of Switchover is in it.
const [name] = process.argv.slice(2);
const server = createServer((_request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ server: name }));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const origin = `http://127.0.0.1:${port}`;
  console.log(`${name} listens at ${origin}`);
  process.send?.({ origin });
});
// Started by run.mjs, it ends when run.mjs does.
process.on('disconnect', () => process.exit());
