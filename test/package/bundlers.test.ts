import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, missingPackages, startEngine } from '../browser/rig/engine.ts';
import type { Tab } from '../browser/rig/tab.ts';
import { installed } from '../rig/installed.ts';
import { createRig } from '../rig/rig.ts';
import { until } from '../rig/wait.ts';
import { BUNDLERS, NODE_BUNDLERS } from './bundlers/build.ts';
import { type FileServer, serveFolder } from './bundlers/serve.ts';
import { start } from './runtimes/programs.ts';
import type { scenario } from './runtimes/scenario.ts';
import { SEEN, SEEN_WITHOUT_PROOF } from './runtimes/seen.ts';
import { createStage, type Stage } from './runtimes/stage.ts';

declare const window: { readonly app?: typeof import('./bundlers/app.ts').app; readonly scenario?: typeof scenario };

const HERE = import.meta.dirname;
const NAMES = Object.keys(BUNDLERS) as (keyof typeof BUNDLERS)[];
/** Code of other platforms, by the names of modules. */
const FOREIGN = /undici|node:|workerd|deno|react|server\.js/;
/** As in test/browser/rig: what is not there fails in CI, and is not run elsewhere. */
const isChromiumMissing = !process.env['CI'] && missingPackages('chromium').length > 0;
const rig = createRig();
let project = '';
let engine: Engine;
let files: FileServer;

beforeAll(async () => {
  project = await installed(join(HERE, 'bundlers'), { switchover: true });
  await rm(join(project, 'out'), { recursive: true, force: true });
  await cp(join(HERE, 'bundlers/app.ts'), join(project, 'app.ts'));
  for (const name of ['main.ts', 'scenario.ts']) await cp(join(HERE, 'runtimes', name), join(project, name));
  if (!isChromiumMissing) engine = rig.owns(await startEngine('chromium'));
  const script = (name: string): string =>
    `<script ${name === 'webpack' ? 'defer' : 'type="module"'} src="/out/${name}/main.js"></script>`;
  const pages = Object.fromEntries(NAMES.map((name) => [`/${name}`, script(name)]));
  files = rig.owns(await serveFolder(project, { ...pages, '/plain': await plainPage() }));
});
afterAll(() => rig.close());

/** A page without a bundler: the file that CDNs give, held to its hash, and a script that uses the global. */
async function plainPage(): Promise<string> {
  const { unpkg, jsdelivr } = JSON.parse(await readFile(join(project, 'node_modules/switchover/package.json'), 'utf8'));
  expect(jsdelivr).toBe(unpkg);
  const src = join('node_modules/switchover', unpkg);
  const hash = createHash('sha384')
    .update(await readFile(join(project, src)))
    .digest('base64');
  const globalNamed = {
    name: 'global',
    setup(setup: import('esbuild').PluginBuild) {
      setup.onResolve({ filter: /^switchover$/ }, () => ({ path: 'switchover', namespace: 'global' }));
      setup.onLoad({ filter: /.*/, namespace: 'global' }, () => ({
        contents: 'module.exports = globalThis.switchover',
      }));
    },
  };
  await build({
    entryPoints: [join(HERE, 'bundlers/page.ts')],
    outfile: join(project, 'out/plain.js'),
    bundle: true,
    tsconfigRaw: {},
    plugins: [globalNamed],
    // What the global has not got, from the package.
    nodePaths: [join(project, 'node_modules')],
  });
  return `<script src="/${src}" integrity="sha384-${hash}" crossorigin></script><script src="/out/plain.js"></script>`;
}

async function newStage(): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'switchover-bundlers-'));
  rig.owns({ [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) });
  return createStage(rig, directory);
}

const open = async (path: string): Promise<Tab> => (await engine.newProfile()).openTab(`${files.url}${path}`);

describe('a page', () => {
  test.each(NAMES)('is bundled by %s without the code of another platform', async (name) => {
    const outdir = join(project, 'out', name);
    await mkdir(outdir, { recursive: true });
    const { modules } = await BUNDLERS[name](project, 'app.ts', outdir);
    expect(modules).toContain(join('node_modules/switchover/dist/index.browser.js'));
    expect(modules.filter((path) => FOREIGN.test(path.replace('node_modules/switchover/node_modules', '')))).toEqual(
      [],
    );
    const scripts = (await readdir(outdir, { recursive: true })).filter((path) => path.endsWith('.js'));
    const text = (await Promise.all(scripts.map((path) => readFile(join(outdir, path), 'utf8')))).join('');
    expect(text).not.toMatch(/\brequire\(|["']node:/);
    // What is imported later lies in files of its own.
    expect(scripts.length).toBeGreaterThan(1);
  });

  test.skipIf(isChromiumMissing)('fails over, by whatever it was bundled', async () => {
    const { hosts, control } = await newStage();
    const tabs = await Promise.all(NAMES.map((name) => open(`/${name}`)));
    const ask = (): Promise<unknown[]> =>
      Promise.all(tabs.map((tab) => tab.evaluate((list: readonly string[]) => window.app?.ask(list), hosts)));
    const isThere = (tab: Tab) =>
      until(
        () => tab.evaluate(() => window.app !== undefined),
        20_000,
        () => 'no app',
      );
    await Promise.all(tabs.map(isThere));
    expect(await ask()).toEqual(NAMES.map(() => ({ whole: 'a', small: 'a', later: 'function' })));
    await fetch(`${control}/kill a`);
    expect(await ask()).toEqual(NAMES.map(() => ({ whole: 'b', small: 'b', later: 'function' })));
  });

  test.skipIf(isChromiumMissing)(
    'with a plain script, held to its hash, keeps everything through the death of a server',
    async () => {
      const { hosts, control } = await newStage();
      const tab = await open('/plain');
      const seen = await tab.evaluate(
        async ({ hosts: list, control: url }: Stage) =>
          window.scenario?.(list, async (what) => (await fetch(`${url}/${what}`)).text()),
        { hosts, control },
      );
      expect(seen).toEqual(SEEN_WITHOUT_PROOF);
      console.log(`Chromium, <script>: ${JSON.stringify(seen)}`);
    },
  );
});

describe('a program for Node', () => {
  test.each(Object.entries(NODE_BUNDLERS))('in one file of %s keeps everything, too', async (name, bundle) => {
    const outdir = join(project, 'out/node', name);
    await mkdir(outdir, { recursive: true });
    await bundle(project, 'main.ts', outdir);
    const { hosts, control } = await newStage();
    const client = rig.owns(start([process.execPath], join(outdir, 'main.js'), control, ...hosts));
    expect(JSON.parse(await client.line)).toEqual(SEEN);
    expect(await client.ended).toBe(0);
  });
});

describe('what is not used is not bundled', () => {
  // What a page loads at first, minified by esbuild, in bytes of brotli: about what .size-limit.mjs allows, and what a bundler adds.
  test.each(
    NAMES.flatMap(
      (name) =>
        [
          [name, "import { createFetch } from 'switchover/fetch'; globalThis.used = createFetch;", 6_500],
          [name, "import { SwitchoverError } from 'switchover'; globalThis.used = SwitchoverError;", 1_000],
          [name, "import 'switchover'; import 'switchover/browser'; globalThis.used = true;", 400],
        ] as const,
    ),
  )('by %s: %s', async (name, text, limit) => {
    const entry = `part-${name}-${limit}.ts`;
    const outdir = join(project, 'out', entry);
    await mkdir(outdir, { recursive: true });
    await writeFile(join(project, entry), text);
    await BUNDLERS[name](project, entry, outdir);
    const { code } = await transform(await readFile(join(outdir, 'main.js'), 'utf8'), { minify: true, format: 'esm' });
    const bytes = brotliCompressSync(code).length;
    console.log(`${name}: ${bytes} bytes for ${text}`);
    expect(bytes).toBeLessThan(limit);
  });
});
