import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInNewContext, Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Consumer, install } from './tarball.ts';

const root = join(import.meta.dirname, '../..');
const manifest: { version: string; exports: Record<string, unknown> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
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
  test('holds what is published and nothing else', () => {
    const other = consumer.files.filter(
      (path) => !/^(dist\/|docs\/|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/.test(path),
    );
    expect(other).toEqual([]);
    expect(consumer.files).toEqual(expect.arrayContaining(['LICENSE', 'dist/index.node.js', 'dist/index.node.d.cts']));
  });

  test('exports the same names to import and to require, from every entry', async () => {
    const found = await exportedNames();
    expect(Object.keys(found)).toEqual(entries);
    for (const { esm, cjs } of Object.values(found)) {
      expect(esm.length).toBeGreaterThan(0);
      expect(cjs).toEqual(esm);
    }
  });

  test('exports the same names on every platform', async () => {
    const load = "import * as all from 'switchover'; console.log(Object.keys(all).sort().join());";
    const node = await consumer.script(load);
    expect(await consumer.script(load, '--conditions=browser')).toBe(node);
    expect(await consumer.script(load, '--conditions=worker')).toBe(node);
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

describe('the types in the tarball', () => {
  // `switchover/node` speaks of Node's own types, which a user of it has installed.
  const typeRoots = [join(root, 'node_modules/@types')];
  const strict = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
    typeRoots,
  };

  test.each([
    ['bundler', 'ESNext', ['consumer.ts']],
    ['node16', 'Node16', ['consumer.ts', 'consumer.cts']],
    ['nodenext', 'NodeNext', ['consumer.ts', 'consumer.cts']],
  ])('compile in a project that resolves as %s', async (moduleResolution, module, files) => {
    const { folder } = consumer;
    await writeFile(join(folder, 'consumer.cts'), readFileSync(join(folder, 'consumer.ts')));
    const lib = ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'];
    const compilerOptions = { ...strict, target: 'ES2022', lib, module, moduleResolution };
    await writeFile(join(folder, `tsconfig.${moduleResolution}.json`), JSON.stringify({ compilerOptions, files }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    expect(await consumer.run(process.execPath, tsc, '-p', `tsconfig.${moduleResolution}.json`)).toBe('');
  });
});
