import { beforeAll, expect, test } from 'vitest';
import type { SiteOptions } from '../../src/site/options.ts';
import type { Server } from '../rig/cluster.ts';
import { freePort } from '../rig/ports.ts';
import { useRig } from '../rig/vitest.ts';
import { until } from '../rig/wait.ts';
import { APPS, type AppName, buildApp } from './apps/build.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine } from './rig/vitest.ts';

const LIMIT_MS = 20_000;
const SITE = new URL('programs/site.ts', import.meta.url).pathname;
const NAMES = Object.keys(APPS) as AppName[];
/** Vite has Workbox make its workers, as others have: that the tool puts our part in is no engine's affair. */
const isMadeByVite = (app: AppName): boolean => APPS[app].tool === 'vite';
/** One that has the part between, one that has the plug-in. */
const MOVING = ['hand-written', 'serwist'] as const satisfies AppName[];
const LIMITS = { navigationMs: 2_000, waryNavigationMs: 500, probeMs: 500, dwellMs: 0, holdMs: 0 } as const;

const rig = useRig({ for: 'all' });
let a: Server;
let b: Server;

const originOn = (server: { readonly port: number; readonly name: string }, app: string): string =>
  `http://${app}.${server.name}.localhost:${server.port}`;

beforeAll(async () => {
  const ports = { a: await freePort('127.0.0.1'), b: await freePort('127.0.0.1') };
  const folders: Record<string, string> = {};
  const build = async (app: AppName, name: string, options: Omit<SiteOptions, 'hosts'>): Promise<void> => {
    const hosts = (['a', 'b'] as const).map((host) => originOn({ name: host, port: ports[host] }, name));
    const { folder } = rig.owns(await buildApp(app, { hosts, ...LIMITS, ...options }));
    for (const host of ['a', 'b']) folders[`${name}.${host}.localhost`] = folder;
  };
  await Promise.all([
    ...NAMES.map((app) => build(app, app, { mode: 'offline-page' })),
    ...MOVING.map((app) => build(app, `moving-${app}`, { mode: 'redirect' })),
    ...MOVING.map((app) => build(app, `staying-${app}`, { mode: 'transparent' })),
  ]);
  a = await rig.server({ name: 'a', port: ports.a, program: SITE, extra: { folders } });
  b = await rig.server({ name: 'b', port: ports.b, program: SITE, extra: { folders } });
}, 120_000);

eachEngine(({ openTab, name: engine }) => {
  test.each(NAMES.filter((app) => engine === 'chromium' || !isMadeByVite(app)))(
    '%s: an app with a worker of its own outlives its server, and what it keeps is its own',
    async (app) => {
      await a.restart();
      const origin = originOn(a, app);
      const tab = await openControlled(openTab, origin);
      const show = async (path: string): Promise<string> => {
        await tab.goto(origin + path);
        expect(await tab.url()).toBe(origin + path);
        return tab.title();
      };
      const showKept = async (): Promise<string[]> => [await show('/'), await show('/news/1')];
      const kept = ["The app's own shell", 'a /news/1'];

      expect(await show('/account/1')).toBe('a /account/1');
      expect(await showKept()).toEqual(kept);

      await a.mode({ kind: 'status', status: 503 });
      expect(await show('/account/2')).toBe('Offline page');
      expect(await showKept()).toEqual(kept);

      await a.kill();
      expect(await show('/account/3')).toBe('Offline page');
      expect(await showKept()).toEqual(kept);

      await a.restart();
      expect(await show('/account/4')).toBe('a /account/4');

      await a.freeze();
      expect(await show('/account/5')).toBe('Offline page');
      expect(await showKept()).toEqual(kept);
      if (MOVING.some((moving) => moving === app)) {
        // More than a browser has connections for a host: one that is not let go is lost.
        expect(await tab.evaluate(titlesInFrames, 10)).toEqual(Array(10).fill('Offline page'));
      }
      await a.thaw();
      expect(await show('/account/6')).toBe('a /account/6');
    },
  );

  test.each(MOVING)('%s: an app with a worker of its own leads to the backup', async (app) => {
    await a.restart();
    const tab = await openControlled(openTab, originOn(a, `moving-${app}`));
    await a.kill();
    await tab.goto(`${originOn(a, `moving-${app}`)}/account/1?of=me#there`);
    expect(await tab.url()).toBe(`${originOn(b, `moving-${app}`)}/account/1?of=me#there`);
    expect(await tab.title()).toBe('b /account/1');
  });

  test.each(MOVING)('%s: an app with a worker of its own leads back from the backup', async (app) => {
    await a.restart();
    const [home, away] = [originOn(a, `moving-${app}`), originOn(b, `moving-${app}`)];
    const tab = await openControlled(openTab, away);
    const isHome = async (): Promise<boolean> => {
      await tab.goto(`${away}/account/1`);
      return (await tab.url()) === `${home}/account/1`;
    };
    await until(isHome, LIMIT_MS, () => `${away} does not lead back`);
    expect(await tab.title()).toBe('a /account/1');
  });

  test.each(MOVING)('%s: an app with a worker of its own shows the backup’s page at its own address', async (app) => {
    await a.restart();
    const origin = originOn(a, `staying-${app}`);
    const tab = await openControlled(openTab, origin);
    await a.kill();
    for (const path of ['/account/1?of=me', '/account/2']) {
      await tab.goto(origin + path);
      expect(await tab.url()).toBe(origin + path);
      expect(await tab.title()).toBe(`b ${path.replace(/\?.*/, '')}`);
    }
    await tab.goto(`${origin}/`);
    expect(await tab.title()).toBe("The app's own shell");
  });
});

/** The titles of as many pages, each in a frame. Loading a frame is a navigation, too. */
async function titlesInFrames(count: number): Promise<string[]> {
  const titles = Array.from({ length: count }, async (_, at) => {
    const frame = document.createElement('iframe');
    frame.src = `/account/framed-${at}`;
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    document.body.append(frame);
    await loaded;
    return frame.contentDocument?.title ?? '';
  });
  return Promise.all(titles);
}

/** A tab at the app, under its worker. */
async function openControlled(openTab: (url: string) => Promise<Tab>, origin: string): Promise<Tab> {
  const tab = await openTab(`${origin}/`);
  await tab.evaluate(async () => void (await navigator.serviceWorker.ready));
  await tab.reload();
  const isControlled = () => tab.evaluate(() => navigator.serviceWorker.controller !== null);
  await until(isControlled, LIMIT_MS, () => `${origin} is not under its worker`);
  return tab;
}
