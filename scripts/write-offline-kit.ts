/**
 * Writes `dist/offline-page.json`, what `npx switchover init` and the Vite plug-in put offline pages together from, and `dist/offline.html`,
 * the page of a site with two hosts: to be looked at, and to be weighed.
 */
import { writeFileSync } from 'node:fs';
import { renderOfflinePage } from '../src/serviceWorker/offlinePage/render.ts';
import { readSiteOptions } from '../src/site/options.ts';
import { buildOfflineKit } from './offlineKit.ts';

const kit = await buildOfflineKit();
const { script, handoffScript, style } = kit;
const site = readSiteOptions({ hosts: ['https://www.example.com', 'https://backup.example.net'] });

writeFileSync('dist/offline-page.json', JSON.stringify({ script, handoffScript, style }));
writeFileSync('dist/offline.html', renderOfflinePage(site, { title: 'Example' }, kit));
