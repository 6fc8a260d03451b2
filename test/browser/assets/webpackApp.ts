import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import webpack from 'webpack';

const ROOT = join(import.meta.dirname, '../../..');

const SOURCES: Readonly<Record<string, string>> = {
  'package.json': '{ "private": true, "type": "module" }',
  'state.js': 'window.runs = (window.runs ?? 0) + 1; export const visits = [];',
  'settings.js': `
    import './settings.css';
    import { visits } from './state.js';
    visits.push('settings');
    export const Settings = 'Settings';`,
  'settings.css': ':root { --settings: yes }',
};

/** What the guide's entry is given to be seen by a test. */
const SEEN = `
import { visits } from './state.js';
visits.push('page');
window.app = { visits, openSettings };`;

/** The entry of webpack in the guide, with hosts that run. */
function entryFor(hosts: readonly string[]): string {
  const guide = readFileSync(join(ROOT, 'docs/assets.md'), 'utf8');
  const [entry] = /(?<=^```js\n)\/\/ webpack's entry\n.*?(?=^```$)/ms.exec(guide) ?? [];
  if (entry === undefined) throw new Error('docs/assets.md shows no entry for webpack.');
  const listed = hosts.map((host) => `'${host}'`).join(', ');
  return entry.replace("'https://a.example.com', 'https://b.example.com'", listed) + SEEN;
}

/** `switchover` as an app has it installed: modules, made from the sources, that share the pool's code. */
async function installSwitchover(folder: string): Promise<void> {
  await build({
    entryPoints: { index: join(ROOT, 'src/index.browser.ts'), browser: join(ROOT, 'src/browser/index.ts') },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
  });
  const exports = { '.': './index.js', './browser': './browser.js' };
  const manifest = { name: 'switchover', type: 'module', sideEffects: false, exports };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
}

/** An app whose entry is that of docs/assets.md, built by webpack with its defaults, but for CSS, chunks that are called by their name, and no minimizer. */
export async function buildWebpackApp(project: string, hosts: readonly string[], out: string): Promise<void> {
  const packages = join(project, 'node_modules/switchover');
  mkdirSync(packages, { recursive: true });
  for (const [name, content] of Object.entries(SOURCES)) writeFileSync(join(project, name), content);
  writeFileSync(join(project, 'main.js'), entryFor(hosts));
  await installSwitchover(packages);
  await run({
    context: project,
    entry: './main.js',
    output: { path: out },
    optimization: { chunkIds: 'named', minimize: false },
  });
}

function run(configuration: webpack.Configuration): Promise<void> {
  return new Promise((resolve, reject) => {
    webpack({ mode: 'production', experiments: { css: true }, ...configuration }, (error, stats) => {
      if (error !== null) reject(error);
      else if (stats?.hasErrors()) reject(new Error(stats.toString({ colors: false })));
      else resolve();
    });
  });
}
