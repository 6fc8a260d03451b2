import { afterEach, beforeAll, expect, test } from 'vitest';
import { useRig } from '../rig/vitest.ts';
import { buildWebpackApp } from './assets/webpackApp.ts';
import { temporaryFolder } from './rig/profile.ts';
import { type Site, startSite } from './rig/site.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine } from './rig/vitest.ts';

interface WebpackApp {
  readonly visits: readonly string[];
  openSettings(): Promise<string>;
}

const PAGE =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>App</title></head><body><script src="/main.js"></script></body></html>';

const rig = useRig({ for: 'all' });
let site: Site;

beforeAll(async () => {
  site = await startSite(rig, { files: { 'index.html': PAGE } });
  const project = temporaryFolder('webpack');
  await buildWebpackApp(project.path, site.hosts, site.folder);
  project.remove();
}, 120_000);
afterEach(() => Promise.all([site.a.restart(), site.b.restart()]));

/** Has the page load its chunk, and tells what came of that, and of the page's own modules. */
const openSettings = (tab: Tab) =>
  tab.evaluate(async () => {
    const { app } = window as unknown as { readonly app: WebpackApp };
    const opened = await app.openSettings().catch(({ name }: Error) => name);
    const style = getComputedStyle(document.documentElement).getPropertyValue('--settings').trim();
    return { opened, style, visits: app.visits, runs: window.runs };
  });

/** The chunk is there, and the page has one copy of what both use. */
const WHOLE = { opened: 'Settings', style: 'yes', visits: ['page', 'settings'], runs: 1 };
const CHUNK = ['/settings_css-settings_js.css', '/settings_css-settings_js.js'];

eachEngine(({ openTab }) => {
  const asked = (since: number) =>
    site.b
      .counts()
      .received.slice(since)
      .map(({ path }) => path)
      .sort();

  test('a chunk of webpack comes from the next origin by one request more, and shares the page’s modules', async () => {
    const tab = await openTab(`${site.a.url}/`);
    const { requests } = site.b.counts();
    await site.a.kill();
    expect(await openSettings(tab)).toEqual(WHOLE);
    expect(await openSettings(tab)).toEqual(WHOLE);
    expect(asked(requests)).toEqual(CHUNK);
  });

  test('a chunk of webpack that no origin had is there for a later import(), once one of them is back', async () => {
    const tab = await openTab(`${site.a.url}/`);
    await Promise.all([site.a.kill(), site.b.kill()]);
    expect(await openSettings(tab)).toEqual({ opened: 'ChunkLoadError', style: '', visits: ['page'], runs: 1 });
    await site.b.restart();
    const { requests } = site.b.counts();
    expect(await openSettings(tab)).toEqual(WHOLE);
    expect(asked(requests)).toEqual(CHUNK);
  });
});
