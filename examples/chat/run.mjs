// Starts two servers. Without arguments two clients then talk, and the server that they prefer is killed in the middle of it;
// with `--open` it leaves everything to you: pages, clients, and a prompt at which servers are killed and started.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const LINES = 40;
const program = (/** @type {string} */ name) => join(import.meta.dirname, name);
const directory = mkdtempSync(join(tmpdir(), 'switchover-chat-'));
const ports = { a: await freePort(), b: await freePort() };
const hosts = Object.values(ports).map((port) => `http://127.0.0.1:${port}`);
/** @type {Map<string, import('node:child_process').ChildProcess>} */
const servers = new Map();

/** @param {'a' | 'b'} name */
async function start(name) {
  const server = fork(program('server.mjs'), [name, String(ports[name]), join(directory, 'chat.db'), ...hosts]);
  servers.set(name, server);
  await once(server, 'message');
  console.log(`${name} listens at http://127.0.0.1:${ports[name]}`);
}

/** @param {string} name @param {NodeJS.Signals} signal */
async function end(name, signal) {
  const server = servers.get(name);
  servers.delete(name);
  if (server === undefined) return;
  server.kill(signal);
  await once(server, 'exit');
  console.log(`${name} is gone (${signal})`);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  return port;
}

/** Two clients say their lines; each hears all of them, its own too. */
async function play() {
  const talkers = ['ann', 'ben'].map((name) => {
    const client = spawn(process.execPath, [program('client.mjs'), name, ...hosts], {
      cwd: directory,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    /** @type {string[]} */
    const heard = [];
    createInterface({ input: client.stdout }).on('line', (line) => {
      console.log(`${name} | ${line}`);
      heard.push(line);
    });
    return { client, heard, ended: once(client, 'exit') };
  });
  while (!talkers.every(({ heard }) => heard.some((line) => line.startsWith('* open')))) await sleep(20);
  for (let line = 1; line <= LINES; line += 1) {
    if (line === LINES / 2) await end('a', 'SIGKILL');
    for (const { client } of talkers) client.stdin.write(`line ${line}\n`);
    await sleep(25);
  }
  const all = talkers.length * LINES;
  const words = (/** @type {string[]} */ heard) => heard.filter((line) => !line.startsWith('*'));
  const untilMs = performance.now() + 20_000;
  while (talkers.some(({ heard }) => words(heard).length < all) && performance.now() < untilMs) await sleep(20);
  for (const { client } of talkers) client.stdin.end();
  await Promise.all(talkers.map(({ ended }) => ended));
  const wrong = talkers.filter(({ heard }) => !isWhole(words(heard)));
  console.log(wrong.length === 0 ? `Each heard all ${all} lines once, in order.` : 'Something was lost.');
  process.exitCode = wrong.length;
}

/** @param {string[]} heard */
function isWhole(heard) {
  const expected = Array.from({ length: LINES }, (_, at) => `line ${at + 1}`).join();
  return ['ann', 'ben'].every((name) => {
    const said = heard.filter((line) => line.startsWith(`${name}: `));
    return said.map((line) => line.slice(name.length + 2, line.indexOf(' ('))).join() === expected;
  });
}

/** Takes orders until the input ends. */
async function open() {
  for (const host of hosts) console.log(`open ${host}/?name=ann in a browser`);
  console.log(`or talk in another terminal: node examples/chat/client.mjs ben ${hosts.join(' ')}`);
  console.log('orders: kill a, stop a (it drains), start a; Ctrl-D ends everything');
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, name] = line.trim().split(' ');
    if (name !== 'a' && name !== 'b') continue;
    if (order === 'kill') await end(name, 'SIGKILL');
    else if (order === 'stop') await end(name, 'SIGTERM');
    else if (order === 'start' && !servers.has(name)) await start(name);
  }
}

try {
  await start('a');
  await start('b');
  await (process.argv.includes('--open') ? open() : play());
} finally {
  for (const name of [...servers.keys()]) await end(name, 'SIGKILL');
  rmSync(directory, { recursive: true, force: true });
}
