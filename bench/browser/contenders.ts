import type { PublishOptions } from '../../src/publish/options.ts';
import { siteFiles } from '../../src/publish/siteFiles.ts';
import type { NavigationMode } from '../../src/site/config.ts';
import type { SiteOptions } from '../../src/site/options.ts';
import { bundled } from '../lib/bundle.ts';
import { partsFromSources } from './parts.ts';
import { HAND_WRITTEN, OFFLINE_FALLBACK, SERWIST, WORKBOX, WORKBOX_FILES, withPlugin } from './workers.ts';

/** A site with a worker, or without one. */
export interface Contender {
  readonly name: string;
  /** The first label of its hostnames. */
  readonly label: string;
  readonly how: string;
  /** The path of its worker. Absent: it has none. */
  readonly worker?: string;
  /** What it has beside its pages, by path. */
  files(options: SiteOptions): Promise<Readonly<Record<string, string>>>;
}

const OWN = '/sw.js';
const OFFLINE_PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>offline</title><h1>Offline</h1>';

export const noWorker: Contender = {
  name: 'no worker',
  label: 'none',
  how: 'The browser by itself.',
  files: async () => ({}),
};

const ours = (mode: NavigationMode): Contender => ({
  name: `sw.js, ${mode}`,
  label: mode,
  how: `\`switchover-sw.js\` as \`npx switchover init --mode ${mode}\` writes it, with its offline page. It takes pages, and the site's files.`,
  worker: '/switchover-sw.js',
  files: (options) => published({ ...options, mode }),
});

export const OURS: readonly Contender[] = [ours('offline-page'), ours('redirect'), ours('transparent')];

export const plugin: Contender = {
  name: 'workboxPlugin',
  label: 'plugin',
  how: "Workbox' worker for pages (below), whose `NetworkOnly` has `workboxPlugin(options)`.",
  worker: OWN,
  async files(options) {
    // The page that the plug-in keeps; the worker is the site's own.
    const { '/switchover-sw.js': _, ...rest } = await published(options);
    return { ...rest, [OWN]: await bundled(withPlugin(options)) };
  },
};

const other = (name: string, label: string, how: string, source: string): Contender => ({
  name,
  label,
  how,
  worker: OWN,
  files: async () => ({ [OWN]: await bundled(source), '/offline.html': OFFLINE_PAGE }),
});

export const workbox = other(
  'Workbox, pages',
  'workbox',
  '`registerRoute(new NavigationRoute(new NetworkOnly()))` and navigation preload. Files go past it.',
  WORKBOX,
);

export const workboxFiles = other(
  'Workbox, pages and files',
  'workbox-files',
  'The same with `setDefaultHandler(new NetworkOnly())`: files go through it, as through `sw.js`.',
  WORKBOX_FILES,
);

export const serwist = other(
  'Serwist, pages',
  'serwist',
  '`new Serwist({ navigationPreload: true, runtimeCaching })` with `NetworkOnly` for navigations.',
  SERWIST,
);

export const handWritten = other(
  'hand-written',
  'hand',
  'Forty lines: navigation preload, else `fetch` that is given up after 5 s; a page out of a cache where that fails or says 502 and above.',
  HAND_WRITTEN,
);

export const fallbackRecipe = other(
  'Workbox offlineFallback',
  'fallback',
  '`setDefaultHandler(new NetworkOnly()); offlineFallback();` of `workbox-recipes`, as its documentation has it. It shows its page, and stays.',
  OFFLINE_FALLBACK,
);

/** What `init` writes. */
export async function published(options: PublishOptions): Promise<Record<string, string>> {
  const files = siteFiles(options, await partsFromSources());
  return Object.fromEntries(files.map(({ path, text }) => [`/${path}`, text]));
}
