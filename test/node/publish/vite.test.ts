import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rollup } from 'rollup';
import { build, createServer, type InlineConfig } from 'vite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { switchover } from '../../../src/publish/vite.ts';

const hosts = ['https://a.example.com', 'https://b.example.com'];
const built = join(import.meta.dirname, '../../../dist/sw.js');

let root: string;

beforeEach(async () => {
  expect(existsSync(built), 'the plug-in copies what the build made: run `npm run build`').toBe(true);
  root = await mkdtemp(join(tmpdir(), 'switchover-vite-'));
  await writeFile(join(root, 'index.html'), '<!doctype html><script type="module" src="/main.js"></script>');
  await writeFile(join(root, 'main.js'), 'document.title = "app";');
});

afterEach(() => rm(root, { recursive: true, force: true }));

const app = (more: InlineConfig = {}): InlineConfig => ({
  root,
  configFile: false,
  logLevel: 'silent',
  plugins: [switchover({ hosts })],
  ...more,
});
const output = (name: string): Promise<string> => readFile(join(root, 'dist', name), 'utf8');

describe('the Vite plug-in', () => {
  test('writes the files with the build, under its base', async () => {
    await build(app({ base: '/app/' }));
    const worker = await output('switchover-sw.js');
    expect(worker).toContain(await readFile(built, 'utf8'));
    expect(worker).toContain('"https://b.example.com/app/switchover-health.txt"');
    expect(worker).toContain('"offlinePage": "/app/switchover-offline.html"');
    expect(await output('switchover-offline.html')).toMatch(/^<!doctype html>/);
    expect(await output('switchover-health.txt')).toMatch(/^ok\n/);
    expect(existsSync(join(root, 'dist/switchover-README.md'))).toBe(false);
  });

  test('takes the base by an option where Vite has none that a worker could know', async () => {
    await expect(build(app({ base: './' }))).rejects.toThrow(/switchover: base can't be ".\/".*Give the path/);
    await build(app({ base: './', plugins: [switchover({ hosts, base: '/app/' })] }));
    expect(await output('switchover-sw.js')).toContain('"https://b.example.com/app/switchover-health.txt"');
  });

  test('writes nothing into a build for a server', async () => {
    await build(app({ build: { ssr: 'main.js' } }));
    expect(existsSync(join(root, 'dist/main.mjs'))).toBe(true);
    expect(existsSync(join(root, 'dist/switchover-sw.js'))).toBe(false);
  });

  test('refuses to hide a file of the public folder, or to be hidden by it', async () => {
    await mkdir(join(root, 'public'));
    await writeFile(join(root, 'public/switchover-offline.html'), 'mine');
    await expect(build(app())).rejects.toThrow(/switchover-offline\.html is there already/);
    await expect(createServer(app())).rejects.toThrow(/switchover-offline\.html is there already/);
  });

  test('says what is wrong with its options when Vite reads its config', async () => {
    await expect(build(app({ plugins: [switchover({ hosts: [] })] }))).rejects.toThrow(
      /No host is listed.*Give at least one/,
    );
  });

  test('serves the files in development, with the headers that they need', async () => {
    const server = await createServer(
      app({ base: '/app/', server: { host: '127.0.0.1', port: 0, strictPort: false } }),
    );
    try {
      await server.listen();
      const { port } = (server.httpServer as Server).address() as AddressInfo;
      const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
      const worker = await get('/app/switchover-sw.js?v=1');
      expect([worker.status, worker.headers.get('content-type'), worker.headers.get('cache-control')]).toEqual([
        200,
        'text/javascript; charset=utf-8',
        'no-cache',
      ]);
      expect(await worker.text()).toContain('self.SWITCHOVER = ');
      const health = await get('/app/switchover-health.txt');
      expect([health.headers.get('access-control-allow-origin'), await health.text()]).toEqual([
        '*',
        expect.stringMatching(/^ok\n/),
      ]);
      expect(await (await get('/app/')).text()).toContain('main.js');
    } finally {
      await server.close();
    }
  });

  test.each([
    [{}, ['switchover-health.txt', 'switchover-offline.html', 'switchover-sw.js']],
    [{ ssr: true }, []],
  ])('works by the hooks that older Vites and Rollup share: %j', async (settings, made) => {
    const plugin = switchover({ hosts });
    plugin.configResolved({ base: '/old/', publicDir: '', build: settings });
    const { name, generateBundle } = plugin;
    const bundle = await rollup({ input: join(root, 'main.js'), plugins: [{ name, generateBundle }] });
    const { output: files } = await bundle.generate({ format: 'es' });
    await bundle.close();
    expect(files.map(({ fileName }) => fileName).sort()).toEqual(['main.js', ...made]);
  });
});
