/**
 * Vite plug-ins: a site's worker and offline page, made with each build, and the import map by which recovered chunks share modules.
 *
 * @module switchover/vite
 */
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { SwitchoverError } from '../policy/error.ts';
import { type PublishOptions, readBase } from './options.ts';
import { readParts } from './parts.ts';
import { type SiteFile, siteFiles } from './siteFiles.ts';

export * from '../policy/error.ts';
export type { OfflineLook } from '../serviceWorker/offlinePage/look.ts';
export type { Colours } from '../serviceWorker/offlinePage/palette.ts';
export type { OfflineLanguage } from '../serviceWorker/offlinePage/texts/index.ts';
export type { OfflineTexts } from '../serviceWorker/offlinePage/texts/text.ts';
export type { NavigationMode } from '../site/config.ts';
export type { SiteHostOption, SiteOptions } from '../site/options.ts';
export type { PublishOptions } from './options.ts';
export { type SharedModulesPlugin, sharedModules } from './sharedModules.ts';

/** As much of Vite's resolved config as is read here. */
interface ViteConfig {
  readonly base: string;
  /** Absolute. Empty where the app has none. */
  readonly publicDir: string;
  readonly build: { readonly ssr?: boolean | string };
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * A Vite plug-in, in its shape alone: the types of every Vite from 5 on take it, and a project without Vite can read it. Its hooks are
 * for Vite to call.
 */
export interface SwitchoverPlugin {
  /** As Vite and its messages name it. */
  readonly name: 'switchover';
  /** @internal */
  applyToEnvironment(environment: { readonly config: { readonly consumer: string } }): boolean;
  /** @internal */
  configResolved(config: ViteConfig): void;
  /** @internal */
  configureServer(server: { readonly middlewares: { use(middleware: Middleware): unknown } }): void;
  /** @internal */
  generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: string }): string }): void;
}

/**
 * Makes the worker and the offline page a part of a Vite app: served in development, and written with the build. The base path is
 * Vite's own; where that is relative or on another host, give `base`.
 *
 * @throws SwitchoverError when Vite reads its config: `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`, and
 * `FILE_IN_THE_WAY` where the app's public folder has a file of the same name.
 */
export function switchover(options: PublishOptions): SwitchoverPlugin {
  let files: readonly SiteFile[] = [];
  let base = '/';
  let isForServer = false;
  const prepare = (vite: ViteConfig): void => {
    base = readBase(options.base ?? vite.base);
    isForServer = Boolean(vite.build.ssr);
    files = siteFiles({ ...options, base }, readParts());
    refuseClash(vite.publicDir, files);
  };
  return {
    name: 'switchover',
    applyToEnvironment: ({ config }) => config.consumer === 'client',
    configResolved: (vite) => tellingRemedy(() => prepare(vite)),
    configureServer: ({ middlewares }) => {
      middlewares.use(serve(() => new Map(files.map(({ path, text }) => [base + path, text]))));
    },
    generateBundle() {
      if (isForServer) return;
      for (const { path, text } of files) this.emitFile({ type: 'asset', fileName: path, source: text });
    },
  };
}

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', html: 'text/html', txt: 'text/plain' };

/** Answers as a server is to: the worker is always asked for, and pages of other hosts may read what is probed. */
function serve(texts: () => ReadonlyMap<string, string>): Middleware {
  return ({ url = '', method }, response, next) => {
    const [path = ''] = url.split('?');
    const text = texts().get(path);
    if (text === undefined || (method !== 'GET' && method !== 'HEAD')) return next();
    response.setHeader('Content-Type', `${TYPES[path.replace(/^.*\./, '')] ?? 'text/plain'}; charset=utf-8`);
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.end(text);
  };
}

/** Vite copies the public folder into the build: one of the two files would silently be lost. */
function refuseClash(publicDir: string, files: readonly SiteFile[]): void {
  const clash = files.find(({ path }) => publicDir !== '' && existsSync(join(publicDir, path)));
  if (clash === undefined) return;
  const remedy = 'Take it out of the public folder: the plug-in makes it anew with each build.';
  throw new SwitchoverError('FILE_IN_THE_WAY', `${join(publicDir, clash.path)} is there already.`, { remedy });
}

/** Vite shows an error's message and nothing else. */
function tellingRemedy(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!SwitchoverError.is(error)) throw error;
    const { code, message, remedy } = error;
    throw new SwitchoverError(code, `switchover: ${message} ${remedy}`, { remedy, cause: error });
  }
}
