import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eachEngine } from '../browser/rig/vitest.ts';
import { freePort } from '../rig/ports.ts';
import { until, within } from '../rig/wait.ts';

const root = join(import.meta.dirname, '../..');
const example = join(root, 'examples/offline-page');
const LIMIT_MS = 30_000;

interface Running {
  readonly child: ChildProcess;
  readonly ports: { readonly a: number; readonly b: number };
  /** Waits until it has said so. */
  says(words: string): Promise<void>;
  order(line: string): void;
}

let running: Running | undefined;

afterEach(async () => {
  const { child } = running ?? {};
  running = undefined;
  if (child === undefined || child.exitCode !== null) return;
  // It takes its folder and its servers along.
  const ended = once(child, 'exit');
  child.stdin?.end();
  await within(ended, LIMIT_MS, () => 'the example does not end').finally(() => child.kill('SIGKILL'));
});

async function start(): Promise<Running> {
  expect(existsSync(join(root, 'dist')), 'the example runs what the build made: run `npm run build`').toBe(true);
  const ports = { a: await freePort('127.0.0.1'), b: await freePort('127.0.0.1') };
  const child = spawn(process.execPath, [join(example, 'run.mjs'), String(ports.a), String(ports.b)], { cwd: root });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  running = {
    child,
    ports,
    says: (words) =>
      until(
        () => said.includes(words),
        LIMIT_MS,
        () => `never said: ${words}\n${said}`,
      ),
    order: (line) => child.stdin.write(`${line}\n`),
  };
  await running.says('Orders:');
  return running;
}

const get = (port: number, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers });

describe('examples/offline-page', () => {
  test('serves a site with the files of init from two processes, each of which can be killed and started', async () => {
    const { child, ports, says, order } = await start();
    await says('created    switchover-sw.js');
    const worker = await get(ports.b, '/switchover-sw.js');
    expect(worker.headers.get('content-type')).toContain('text/javascript');
    expect(await worker.text()).toContain(`"origin": "http://b.localhost:${ports.b}"`);
    expect(await (await get(ports.a, '/switchover-offline.html')).text()).toContain('lang="en"');

    const origin = `http://a.localhost:${ports.a}`;
    const health = await get(ports.b, '/switchover-health.txt', { origin });
    expect([health.headers.get('access-control-allow-origin'), (await health.text()).slice(0, 2)]).toEqual([
      origin,
      'ok',
    ]);
    const foreign = await get(ports.b, '/switchover-health.txt', { origin: 'https://evil.example' });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();

    order('kill a');
    await says('a is dead');
    await expect(get(ports.a, '/')).rejects.toThrow();
    expect((await get(ports.b, '/tides.html')).status).toBe(200);
    order('start a');
    await until(
      async () => (await get(ports.a, '/').catch(() => null))?.status === 200,
      LIMIT_MS,
      () => 'a is not back',
    );

    const ended = once(child, 'exit');
    child.stdin?.end();
    expect(await ended).toEqual([0, null]);
    await expect(get(ports.b, '/')).rejects.toThrow();
  });

  eachEngine(({ openTab }) => {
    test('shows every page that was asked for, though its server is killed, and the server’s own again when it is back', async () => {
      const { ports, says, order } = await start();
      const [a, b] = [`http://a.localhost:${ports.a}`, `http://b.localhost:${ports.b}`];
      const tab = await openTab(`${a}/`);
      await until(
        () => tab.evaluate(isInstalled),
        LIMIT_MS,
        () => 'the worker is not installed',
      );
      order('kill a');
      await says('a is dead');
      await tab.goto(`${a}/tides.html?day=monday#now`);
      await until(
        // A page that is being left has no answer.
        async () => (await tab.text().catch(() => '')).includes('comes from b.localhost'),
        LIMIT_MS,
        () => 'the page did not come from b',
      );
      expect(await tab.url()).toBe(`${b}/tides.html?day=monday#now`);
      order('start a');
      await until(
        async () => (await get(ports.a, '/').catch(() => null))?.status === 200,
        LIMIT_MS,
        () => 'a is not back',
      );
      await tab.goto(`${a}/`);
      expect(await tab.url()).toBe(`${a}/`);
      expect(await tab.text()).toContain('comes from a.localhost');
    });
  });

  test('says in its README what stands in its pages', () => {
    const [line] =
      /<script>navigator\.serviceWorker.*<\/script>/.exec(readFileSync(join(example, 'README.md'), 'utf8')) ?? [];
    expect(line).toBeDefined();
    for (const page of ['index.html', 'tides.html']) {
      expect(readFileSync(join(example, 'site', page), 'utf8')).toContain(line);
    }
  });
});

const isInstalled = (): Promise<boolean> =>
  navigator.serviceWorker.ready.then(({ active }) => active?.state === 'activated');
