import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bakeConfig } from '../../../src/publish/bakedConfig.ts';
import { readSiteOptions, type SiteOptions } from '../../../src/site/options.ts';
import { guard } from '../../rig/guard.ts';
import { bundle } from '../rig/bundle.ts';

const HERE = import.meta.dirname;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Apps that have a service worker of their own, each made with its own tools. */
export const APPS = {
  'workbox-generate': { tool: 'build.js', site: 'public' },
  'workbox-inject': { tool: 'build.js', site: 'public' },
  serwist: { tool: 'build.js', site: 'public' },
  'hand-written': { tool: null, site: 'public' },
  'vite-generate': { tool: 'vite', site: 'dist' },
  'vite-inject': { tool: 'vite', site: 'dist' },
} as const;

const OFFLINE_PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Offline page</title>';

export type AppName = keyof typeof APPS;

/** An app, built. */
export interface BuiltApp extends AsyncDisposable {
  /** What is to be served. */
  readonly folder: string;
}

/** Builds an app as its user would: in a folder of its own, with the package installed, by the tool's own command. */
export async function buildApp(name: AppName, options: SiteOptions): Promise<BuiltApp> {
  const project = mkdtempSync(join(tmpdir(), 'switchover-app-'));
  const release = guard({ kind: 'directory', path: project });
  const { tool, site } = APPS[name];
  try {
    cpSync(join(HERE, name), project, { recursive: true });
    mkdirSync(join(project, 'public'), { recursive: true });
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
    writeFileSync(
      join(project, 'switchover.options.js'),
      `export const options = ${JSON.stringify(options, null, 2)};\n`,
    );
    await installPackages(join(project, 'node_modules'));
    await writeSiteFiles(join(project, 'public'), options);
    if (tool !== null) await run(project, tool === 'vite' ? [viteCommand(), 'build'] : [tool]);
  } catch (error) {
    rmSync(project, { recursive: true, force: true });
    release();
    throw error;
  }
  return {
    folder: join(project, site),
    async [Symbol.asyncDispose]() {
      rmSync(project, { recursive: true, force: true });
      release();
    },
  };
}

/** The root's packages, and `switchover` beside them: the same modules, made from the sources. */
async function installPackages(folder: string): Promise<void> {
  const all = join(ROOT, 'node_modules');
  const own = join(folder, 'switchover');
  mkdirSync(own, { recursive: true });
  for (const name of readdirSync(all)) if (!name.startsWith('.')) symlinkSync(join(all, name), join(folder, name));
  const manifest = { name: 'switchover', type: 'module', exports: { './service-worker': './service-worker.js' } };
  writeFileSync(join(own, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(own, 'service-worker.js'), await bundle('src/serviceWorker/index.ts', 'esm'));
}

/** What `switchover init` writes, but for an offline page that stays where it is. */
async function writeSiteFiles(folder: string, options: SiteOptions): Promise<void> {
  const config = readSiteOptions(options);
  const interposer = bakeConfig(config) + (await bundle('src/serviceWorker/interposer.ts'));
  writeFileSync(join(folder, 'switchover-interpose.js'), interposer);
  writeFileSync(join(folder, 'switchover-health.txt'), 'ok\n');
  writeFileSync(join(folder, 'switchover-offline.html'), OFFLINE_PAGE);
}

function viteCommand(): string {
  const manifest = createRequire(import.meta.url).resolve('vite/package.json');
  return join(dirname(manifest), 'bin/vite.js');
}

function run(cwd: string, command: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command.join(' ')} in ${cwd} ended with ${code}: ${said}`));
    });
  });
}
