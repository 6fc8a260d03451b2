import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../rig/ports.ts';

const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/handoff.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'switchover-handoff-'));
const servers: ChildProcess[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const block = (kind: string): string => new RegExp(`^\`\`\`js ${kind}\\n(.*?)^\`\`\`$`, 'ms').exec(guide)?.[1] ?? '';

/** The package's own names lead to the sources. */
const inPlace = (code: string): string =>
  code.replace("'switchover/server'", `'${pathToFileURL(join(root, 'src/server/index.ts')).href}'`);

async function start(name: string, port: number, origins: readonly string[]): Promise<ChildProcess> {
  const file = join(folder, 'server.mjs');
  const shared = block('server').replace('origins,\n', 'origins, codes: sharedCodes(db),\n');
  writeFileSync(file, inPlace(`${shared}\n${block('codes')}`));
  const child = fork(file, [name, String(port), join(folder, 'app.db'), ...origins], { execPath: process.execPath });
  servers.push(child);
  await once(child, 'message');
  return child;
}

test('the server of the guide lets a user in who comes from a host that is dead', async () => {
  const ports = [await freePort('127.0.0.1'), await freePort('127.0.0.1')];
  const [a = '', b = ''] = ports.map((port) => `http://127.0.0.1:${port}`);
  const first = await start('a', ports[0] ?? 0, [a, b]);
  await start('b', ports[1] ?? 0, [a, b]);
  const post = (url: string, origin: string, body: object) =>
    fetch(url, { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const { token } = (await (await post(`${a}/login`, a, { user: 'ada' })).json()) as { token: string };
  first.kill('SIGKILL');
  const { code } = (await (await post(`${b}/switchover-handoff/mint`, a, { token })).json()) as { code: string };
  const redeemed = await post(`${b}/switchover-handoff/redeem`, b, { code, from: a });
  const cookie = redeemed.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect(await (await fetch(`${b}/me`, { headers: { cookie } })).json()).toEqual({ user: 'ada', server: 'b' });
  expect((await post(`${b}/switchover-handoff/redeem`, b, { code, from: a })).status).toBe(403);
});

test('the page of the guide names what there is', async () => {
  const { errors, outputFiles } = await build({
    stdin: { contents: block('page'), resolveDir: root },
    bundle: true,
    write: false,
    format: 'esm',
    alias: { 'switchover/browser': './src/browser/index.ts', switchover: './src/index.browser.ts' },
    logLevel: 'silent',
  });
  expect([errors, outputFiles.length]).toEqual([[], 1]);
});

test('the guide gives the defaults that the code has', async () => {
  const { RATES } = await import('../../../src/server/handoff/rateLimit.ts');
  const { perAddress, addressBurst, total, totalBurst } = RATES;
  const words = `${perAddress} a second and ${addressBurst} at once for an address; ${total} and ${totalBurst.toLocaleString('en')} in all`;
  expect(guide).toContain(words);
});
