// Builds the app, serves it from two hosts, two processes, and shows a page with buttons that kill and start them.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';

const file = (/** @type {string} */ name) => join(import.meta.dirname, name);
const [portA = '8021', portB = '8022', portC = '8020'] = process.argv.slice(2);
const ports = { a: portA, b: portB };
const hosts = Object.entries(ports).map(([name, port]) => `http://${name}.localhost:${port}`);
/** @type {Map<string, import('node:child_process').ChildProcess>} */
const servers = new Map();
const folder = await mkdtemp(join(tmpdir(), 'switchover-react-'));
const app = join(folder, 'app');

/** @param {'a' | 'b'} name */
async function start(name) {
  if (servers.has(name)) return;
  const server = fork(file('server.mjs'), [name, ports[name], join(folder, 'room.db'), app, ...hosts]);
  servers.set(name, server);
  const listening = await Promise.race([once(server, 'message'), once(server, 'exit').then(() => null)]);
  if (listening === null) throw new Error(`${name} could not listen at port ${ports[name]}.`);
  console.log(`${name} serves http://${name}.localhost:${ports[name]} (process ${server.pid})`);
}

/** @param {string} name */
async function kill(name) {
  const server = servers.get(name);
  servers.delete(name);
  if (server === undefined || server.exitCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
  console.log(`${name} is dead`);
}

/** @param {string} order @param {string} name */
async function act(order, name) {
  if (name !== 'a' && name !== 'b') return;
  if (order === 'kill') await kill(name);
  if (order === 'freeze') servers.get(name)?.kill('SIGSTOP');
  if (order === 'thaw') servers.get(name)?.kill('SIGCONT');
  if (order === 'start') await start(name);
}

const STYLE = 'font: 1rem/2.5 system-ui, sans-serif; max-inline-size: 40rem; margin: 2rem auto; padding: 0 1rem';

/** Shown anew after each order. */
function page() {
  const rows = Object.entries(ports).map(([name, port]) => {
    const buttons = ['kill', 'start', 'freeze', 'thaw'].map(
      (order) => `<button name="${order}" value="${name}">${order}</button>`,
    );
    const link = `<a href="http://${name}.localhost:${port}" target="_blank">server ${name}</a>`;
    return `<form method="post">${link} (${servers.has(name) ? 'runs' : 'is dead'}) ${buttons.join(' ')}</form>`;
  });
  const head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">';
  return `${head}<title>Two servers</title><body style="${STYLE}"><h1>Two servers</h1>${rows.join('')}</body></html>`;
}

const control = createServer(async (request, response) => {
  // A page of another site could post here, too.
  if (request.method === 'POST' && request.headers['sec-fetch-site'] !== 'cross-site') {
    let body = '';
    for await (const part of request) body += part;
    const [[order = '', name = ''] = []] = new URLSearchParams(body);
    await act(order, name);
    response.writeHead(303, { Location: '/' }).end();
  } else response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page());
});

try {
  process.env['HOSTS'] = hosts.join(' ');
  process.env['OUT'] = app;
  await build({ configFile: file('vite.config.ts'), logLevel: 'warn' });
  await start('a');
  await start('b');
  await once(control.listen(Number(portC), '127.0.0.1'), 'listening');
  console.log(`
1. Open http://localhost:${portC}, and the app at server a. Sign in with any name, and say something.
2. Kill server a. The app goes on at b; its banner says so, once.
3. Kill b, too, and say something: it waits. Start one of them: it is there.

Orders here do the same: kill a, start a, freeze a (it takes connections and says nothing), thaw a. Ctrl-D ends everything.`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [order = '', name = ''] = line.trim().split(' ');
    await act(order, name);
  }
} finally {
  control.close();
  control.closeAllConnections();
  for (const name of [...servers.keys()]) await kill(name);
  await rm(folder, { recursive: true, force: true });
}
