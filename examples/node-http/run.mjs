// Starts two servers and the client, and kills the server that the client prefers in the middle of its work.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const file = (/** @type {string} */ name) => join(import.meta.dirname, name);

/** @param {string} name */
async function startServer(name) {
  const server = fork(file('server.mjs'), [name]);
  const [{ origin }] = await once(server, 'message');
  return { server, origin };
}

const a = await startServer('a');
const b = await startServer('b');
const client = spawn(process.execPath, [file('client.mjs'), a.origin, b.origin], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(client, 'exit');
for await (const line of createInterface({ input: client.stdout })) {
  console.log(line);
  if (line.startsWith('15:')) {
    a.server.kill('SIGKILL');
    console.log('a is killed');
  }
}
const [code] = await ended;
b.server.kill();
console.log(code === 0 ? 'The client has not lost a request.' : `The client failed with code ${code}.`);
process.exitCode = code === 0 ? 0 : 1;
