import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runInNewContext, Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Consumer, install } from './tarball.ts';

const root = join(import.meta.dirname, '../..');
const manifest: {
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly optionalDependencies?: object;
  readonly peerDependencies: object;
  readonly peerDependenciesMeta: object;
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = Object.keys(manifest.exports)
  .filter((key) => !/\.js(on)?$/.test(key))
  .map((key) => key.replace('.', 'switchover'));

let consumer: Consumer;

beforeAll(async () => {
  consumer = await install();
});

afterAll(() => consumer?.remove());

/** The names that each entry exports, loaded by `import` and by `require` in one process. */
async function exportedNames(...flags: string[]): Promise<Record<string, { esm: string[]; cjs: string[] }>> {
  const text = `
    import { createRequire } from 'node:module';
    const require = createRequire(process.cwd() + '/x.js');
    const names = (module) => Object.keys(module).filter((name) => name !== 'module.exports' && name !== '__esModule').sort();
    const found = {};
    for (const entry of ${JSON.stringify(entries)}) {
      found[entry] = { esm: names(await import(entry)), cjs: names(require(entry)) };
    }
    console.log(JSON.stringify(found));`;
  return JSON.parse(await consumer.script(text, ...flags));
}

describe('the tarball', () => {
  test('says what is missing where an optional package is not installed', async () => {
    const serve = `
      import { createServer } from 'node:http';
      import { attachWebSocketServer, createSessionServer, memorySessionStore } from 'switchover/server';
      const sessions = createSessionServer({ store: memorySessionStore(), authenticate: () => ({ subject: 'ann' }) });
      await attachWebSocketServer(sessions, { server: createServer() }).catch(({ code, remedy }) => console.log(code, remedy));
      process.exit();`;
    expect(await consumer.script(serve)).toBe('INVALID_OPTION Install ws, or give `WebSocketServer`.\n');
    await expect(consumer.script("await import('switchover/react')")).rejects.toThrow("Cannot find package 'react'");
    // The plug-in is Vite's guest, and needs nothing of it to be there.
    expect(await consumer.script("console.log(typeof (await import('switchover/vite')).switchover)")).toBe(
      'function\n',
    );
  });

  test('asks for nothing that can be left out, and runs nothing when it is installed', () => {
    expect(manifest.optionalDependencies).toBeUndefined();
    expect(Object.keys(manifest.peerDependenciesMeta)).toEqual(Object.keys(manifest.peerDependencies));
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts).not.toHaveProperty(name);
  });

  test('exports the same names to import and to require, from every entry', async () => {
    await consumer.bring('react');
    const found = await exportedNames('--no-experimental-require-module');
    expect(Object.keys(found)).toEqual(entries);
    for (const { esm, cjs } of Object.values(found)) {
      expect(esm.length).toBeGreaterThan(0);
      expect(cjs).toEqual(esm);
    }
  });

  test('exports the same names on every platform', async () => {
    const load = "import * as all from 'switchover'; console.log(Object.keys(all).sort().join());";
    const node = await consumer.script(load);
    for (const platform of ['deno', 'bun', 'workerd', 'edge-light', 'browser', 'worker', 'react-native']) {
      expect(await consumer.script(load, `--conditions=${platform}`), platform).toBe(node);
    }
  });

  test('has one error class in all its entries', async () => {
    const text = `
      import { createRequire } from 'node:module';
      import { SwitchoverError as a } from 'switchover';
      import { SwitchoverError as b } from 'switchover/fetch';
      const require = createRequire(process.cwd() + '/x.js');
      const [c, d] = ['switchover', 'switchover/fetch'].map((entry) => require(entry).SwitchoverError);
      const error = new c('CLOSED', 'closed', { remedy: 'none' });
      console.log(a === b, c === d, a.is(error), error.name);`;
    expect((await consumer.script(text)).trim()).toBe('true true true SwitchoverError');
  });

  test.each([
    ['node', [], 'index.node.js'],
    ['a browser', ['--conditions=browser'], 'index.browser.js'],
    ['a worker', ['--conditions=worker'], 'index.browser.js'],
    ['Deno', ['--conditions=deno'], 'index.deno-bun.js'],
    ['Bun', ['--conditions=bun'], 'index.deno-bun.js'],
    ['workerd', ['--conditions=workerd', '--conditions=worker', '--conditions=browser'], 'index.workerd.js'],
    ['an edge of Vercel', ['--conditions=edge-light', '--conditions=worker'], 'index.workerd.js'],
    ['React Native', ['--conditions=react-native', '--conditions=browser'], 'index.reactNative.js'],
  ])('gives %s its own entry', async (_platform, flags, file) => {
    const resolved = await consumer.script("console.log(import.meta.resolve('switchover'))", ...flags);
    expect(resolved.trim().endsWith(`/dist/${file}`)).toBe(true);
  });

  test.each(['browser', 'worker', 'react-native'])(
    'keeps what Node alone can do from a bundle for %s',
    async (condition) => {
      for (const entry of ['switchover/node', 'switchover/vite']) {
        const load = consumer.script(`await import('${entry}')`, `--conditions=${condition}`);
        await expect(load).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
      }
    },
  );

  test('keeps its inner files to itself', async () => {
    const load = consumer.script("await import('switchover/dist/index.node.js')");
    await expect(load).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  test('has a browser global that exports what the browser entry does', async () => {
    const file = join(consumer.folder, 'node_modules/switchover/dist/switchover.global.js');
    const names = runInNewContext(`${readFileSync(file, 'utf8')}; Object.keys(switchover).sort().join()`, webGlobals());
    const load = "import * as all from 'switchover'; console.log(Object.keys(all).sort().join());";
    expect(`${names}\n`).toBe(await consumer.script(load, '--conditions=browser'));
  });
});

describe('what the tarball has for sites', () => {
  test.each(['sw.js', 'sw-redirect.js', 'sw-transparent.js', 'kill-sw.js', 'interpose.js'])(
    '%s is one file, which a browser can take as a plain script',
    async (name) => {
      const url = await consumer.script(`console.log(import.meta.resolve('switchover/${name}'))`);
      const text = readFileSync(new URL(url.trim()), 'utf8');
      expect(() => new Script(text)).not.toThrow();
      expect(text).not.toMatch(/\bimportScripts\b|\bimport\s*\(|sourceMappingURL/);
    },
  );

  test('npx switchover init makes a site’s files, and says which version it is', async () => {
    await mkdir(join(consumer.folder, 'public'));
    const npx = (...words: string[]): Promise<string> => consumer.run('npx', 'switchover', ...words);
    expect((await npx('--version')).trim()).toBe(manifest.version);
    const said = await npx('init', 'public', '--hosts', 'a.example.com,b.example.com');
    for (const name of [
      'switchover-sw.js',
      'switchover-offline.html',
      'switchover-health.txt',
      'switchover-README.md',
    ]) {
      expect(said).toContain(`created    ${name}`);
    }
    const worker = readFileSync(join(consumer.folder, 'public/switchover-sw.js'), 'utf8');
    expect(() => new Script(worker)).not.toThrow();
    expect(await npx('init', 'public', '--hosts', 'a.example.com,b.example.com', '--dry-run')).not.toMatch(
      /created|updated/,
    );
  });

  test('the Vite plug-in finds the files of its package, loaded either way', async () => {
    const text = `
      import { createRequire } from 'node:module';
      import { switchover as esm } from 'switchover/vite';
      const { switchover: cjs } = createRequire(process.cwd() + '/x.js')('switchover/vite');
      const made = [esm, cjs].map((switchover) => {
        const plugin = switchover({ hosts: ['https://a.example.com', 'https://b.example.com'] });
        plugin.configResolved({ base: '/', publicDir: '', build: {} });
        const files = {};
        plugin.generateBundle.call({ emitFile: ({ fileName, source }) => (files[fileName] = source) });
        return files;
      });
      console.log(JSON.stringify(made));`;
    const [esm, cjs] = JSON.parse(await consumer.script(text));
    expect(Object.keys(esm)).toEqual(['switchover-offline.html', 'switchover-health.txt', 'switchover-sw.js']);
    expect(cjs).toEqual(esm);
  });
});

/** What a page gives a script, as far as loading one needs it. */
function webGlobals(): object {
  const { Request, Response, Headers, ReadableStream, AbortController, AbortSignal, URL, URLSearchParams } = globalThis;
  const { fetch, FormData, TextEncoder, TextDecoder } = globalThis;
  return {
    Request,
    Response,
    Headers,
    ReadableStream,
    AbortController,
    AbortSignal,
    URL,
    URLSearchParams,
    fetch,
    FormData,
    TextEncoder,
    TextDecoder,
  };
}
