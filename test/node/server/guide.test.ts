import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULTS } from '../../../src/policy/defaults.ts';
import { freePort } from '../../rig/ports.ts';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/server.md'), 'utf8');
const HOSTS = "'https://chat1.example.com', 'https://chat2.example.com'";

/** A program of the guide; the package's names lead to the sources, and its hosts to servers that run here. */
function program(kind: string, hosts: readonly string[]): string {
  const code = [...guide.matchAll(/^```js (\w+)\n(.*?)^```$/gms)].find(([, of]) => of === kind)?.[2] ?? '';
  const source = (path: string) => `'${pathToFileURL(join(root, path)).href}'`;
  expect(code).toContain(HOSTS);
  return code
    .replaceAll("'switchover'", source('src/index.node.ts'))
    .replaceAll("'switchover/server'", source('src/server/index.ts'))
    .replaceAll(HOSTS, hosts.map((host) => `'${host}'`).join());
}

function start(file: string, ...args: string[]): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (more) => (text += more));
  return { child, said: () => text };
}

const role = (host: string) =>
  fetch(`${host}/healthz/ready`).then(
    (answer) => answer.headers.get('switchover-role'),
    () => null,
  );

test('the servers and the client of docs/server.md do what it says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchover-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ports = [await freePort('127.0.0.1'), await freePort('127.0.0.1')];
  const hosts = ports.map((port) => `http://127.0.0.1:${port}`);
  const [first = '', second = ''] = hosts;
  writeFileSync(join(folder, 'server.mjs'), program('server', hosts));
  const later = "\nsetInterval(() => void channel.send({ text: 'still here' }), 500);\n";
  writeFileSync(join(folder, 'client.mjs'), program('client', hosts) + later);
  const serve = (at: number) =>
    start(join(folder, 'server.mjs'), String(ports[at]), hosts[at] ?? '', join(folder, 'chat.db'));

  const one = serve(0);
  await expect.poll(() => role(first), { timeout: 15_000 }).toBe('active');
  serve(1);
  await expect.poll(() => role(second), { timeout: 15_000 }).toBe('standby');
  const { said } = start(join(folder, 'client.mjs'));
  await expect.poll(said, { timeout: 15_000 }).toContain('ann: hi\nann: still here\n');

  one.child.kill('SIGTERM');
  expect(await once(one.child, 'exit')).toEqual([0, null]);
  expect(await role(second)).toBe('active');
  const before = said().length;
  await expect.poll(() => said().slice(before), { timeout: 15_000 }).toContain('ann: still here\n');
  expect(said().match(/ann: hi/g)).toHaveLength(1);
  expect(said()).not.toMatch(/Error/);
});

test('the guide has the paths that clients look at', () => {
  for (const path of [DEFAULTS.probe.path, DEFAULTS.discovery.path]) expect(guide).toContain(path);
});
