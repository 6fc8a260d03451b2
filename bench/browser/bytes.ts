import { renderOfflinePage } from '../../src/serviceWorker/offlinePage/render.ts';
import { readSiteOptions } from '../../src/site/options.ts';
import { type Bundle, type Bytes, bundleBytes, bytesOf, bytesTable, HOW_MEASURED } from '../lib/bundle.ts';
import type { Goal, Part, Section } from '../lib/report.ts';
import { published } from './contenders.ts';
import { partsFromSources } from './parts.ts';
import {
  HAND_WRITTEN,
  OFFLINE_FALLBACK,
  SERWIST,
  WORKBOX,
  WORKBOX_FILES,
  withNavigation,
  withPlugin,
} from './workers.ts';

const SITE = { hosts: ['https://www.example.com', 'https://backup.example.net'], page: { title: 'Example' } } as const;
const { page: _, ...OPTIONS } = SITE;

const WORKERS: readonly Bundle[] = [
  ['handleNavigation() in a worker', withNavigation(OPTIONS)],
  ['workboxPlugin() in Workbox, pages', withPlugin(OPTIONS)],
  ['Workbox, pages', WORKBOX],
  ['Workbox, pages and files', WORKBOX_FILES],
  ['Workbox offlineFallback', OFFLINE_FALLBACK],
  ['Serwist, pages', SERWIST],
  ['hand-written', HAND_WRITTEN],
];

const PAGE_SIDE: readonly Bundle[] = [
  [
    'switchover/browser, workbox-window aside',
    "export * from './src/browser/index.ts'",
    { external: ['workbox-window'] },
  ],
  ['switchover/browser', "export * from './src/browser/index.ts'"],
  [
    'switchover/browser { registerWorker }, the same aside',
    "export { registerWorker } from './src/browser/index.ts'",
    { external: ['workbox-window'] },
  ],
  ['switchover/browser { recoverAssets }', "export { recoverAssets } from './src/browser/index.ts'"],
  ['workbox-window', "export { Workbox } from 'workbox-window'"],
  ['idb-keyval { get, set }', "export { get, set } from 'idb-keyval'"],
];

/** By row. */
const GOALS = { 'sw.js': 4_000, 'offline page, English': 3_000, 'switchover/browser, workbox-window aside': 12_000 };

export const bytes: Part = {
  name: 'bytes',
  summary: 'bytes of workers, offline pages and the page side',
  run: async (): Promise<Section> => {
    const { workers: made, kit } = await partsFromSources();
    const site = await published(SITE);
    const workers = [
      bytesOf('sw.js', made['offline-page']),
      bytesOf('sw-redirect.js', made.redirect),
      bytesOf('sw-transparent.js', made.transparent),
      bytesOf('`sw.js`, as init writes it for two hosts', site['/switchover-sw.js'] ?? ''),
      ...(await Promise.all(WORKERS.map(bundleBytes))),
    ];
    const pages = [
      bytesOf('offline page, English', renderOfflinePage(readSiteOptions(OPTIONS), SITE.page, kit)),
      bytesOf('the same, as init writes it', site['/switchover-offline.html'] ?? ''),
      ...(await otherPages()),
    ];
    const pageSide = await Promise.all(PAGE_SIDE.map(bundleBytes));
    return {
      title: 'Bytes that a browser loads',
      how: [
        HOW_MEASURED,
        '`sw.js` and the offline page are as the package has them, made by rollup; of `switchover/browser`, `workbox-window` is loaded by the',
        'page only when it registers a worker. *Aside*: without it. No row holds ky.',
      ],
      tables: [
        { caption: 'Workers', table: bytesTable(workers) },
        { caption: 'Offline pages for two hosts', table: bytesTable(pages) },
        { caption: 'The page side', table: bytesTable(pageSide) },
      ],
      goals: goals([...workers, ...pages, ...pageSide]),
      figures: { workers, pages, pageSide },
    };
  },
};

async function otherPages(): Promise<Bytes[]> {
  const languages = ['en', 'de', 'fr', 'ar', 'ja'] as const;
  const [several, moving] = await Promise.all([
    published({ ...SITE, page: { ...SITE.page, languages } }),
    published({ ...SITE, handoff: '/switchover-handoff' }),
  ]);
  return [
    bytesOf('offline page, five languages', several['/switchover-offline.html'] ?? ''),
    bytesOf('offline page, English, with handoff', moving['/switchover-offline.html'] ?? ''),
  ];
}

function goals(sizes: readonly Bytes[]): Goal[] {
  return Object.entries(GOALS).map(([row, limit]) => {
    const brotli = sizes.find(({ name }) => name === row)?.brotli ?? Number.NaN;
    return { promise: `${row}: at most ${limit} bytes of brotli`, measured: String(brotli), met: brotli <= limit };
  });
}
