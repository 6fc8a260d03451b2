// Makes a plain site outlive its server, and serves it from two hosts: two processes, to be killed and started.
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const file = (/** @type {string} */ name) => join(import.meta.dirname, name);
const [portA = '8011', portB = '8012'] = process.argv.slice(2);
const ports = { a: portA, b: portB };
const origins = Object.entries(ports).map(([name, port]) => `http://${name}.localhost:${port}`);
/** @type {Map<string, import('node:child_process').ChildProcess>} */
const servers = new Map();

/** @param {'a' | 'b'} name @param {string} folder */
async function start(name, folder) {
  const server = fork(file('server.mjs'), [folder, ports[name], ...origins]);
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

// What `npx switchover init` does in a project that has installed the package.
const site = await mkdtemp(join(tmpdir(), 'switchover-site-'));
try {
  await cp(file('site'), site, { recursive: true });
  const look = ['--title', 'Kestrel Point Lighthouse', '--logo', file('site/logo.svg'), '--colour', '#b0382a,#ff8a75'];
  const words = ['init', site, '--hosts', origins.join(), '--lang', 'en,de,fr', ...look];
  const { stdout } = await promisify(execFile)(process.execPath, [file('../../dist/cli.js'), ...words]);
  console.log(stdout);
  await start('a', site);
  await start('b', site);
  console.log(`
1. Open ${origins[0]} in a browser.
2. Type: kill a
3. Reload, or go to another page: it is there, from the other host.
4. Type: start a. A page of b stays where it is; ${origins[0]} is served by a again.

Orders: kill a, start a, freeze a (it takes connections and says nothing), thaw a; the same for b. Ctrl-D ends everything.`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, name] = line.trim().split(' ');
    if (name !== 'a' && name !== 'b') continue;
    if (order === 'kill') await kill(name);
    if (order === 'freeze') servers.get(name)?.kill('SIGSTOP');
    if (order === 'thaw') servers.get(name)?.kill('SIGCONT');
    if (order === 'start' && !servers.has(name)) await start(name, site);
  }
} finally {
  for (const name of [...servers.keys()]) await kill(name);
  await rm(site, { recursive: true, force: true });
}
