import { expect, test } from 'vitest';
import type { Tab } from '../rig/tab.ts';
import { eachEngine, untilIn } from '../rig/vitest.ts';
import { useSite } from './setup.ts';

/** A worker that says which version it is, and waits until it is let in. */
const worker = (version: number) => `
  addEventListener('message', ({ data }) => { if (data?.type === 'SKIP_WAITING') skipWaiting(); });
  addEventListener('fetch', (event) => {
    if (event.request.url.endsWith('/version')) event.respondWith(new Response('${version}'));
  });
`;

eachEngine((browser) => {
  let version = 1;
  let isBroken = false;
  const { open } = useSite(browser, ({ url = '' }, response) => {
    if (!url.endsWith('.js') || url === '/page.js') return false;
    if (isBroken && url === '/fragile.js') response.writeHead(404).end();
    else {
      // Whoever asks the cache first would not see a new version for an hour.
      response.setHeader('cache-control', 'max-age=3600');
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(worker(version));
    }
    return true;
  });

  /** Registers the worker, and writes down what it tells. */
  const register = (tab: Tab, url = '/sw.js') =>
    tab.evaluate(async (script) => {
      const { kept, log, registerWorker } = window.side;
      const made = registerWorker({ url: script, immediate: true });
      kept.worker = made;
      made.on('waiting', () => log.push('waiting'));
      made.on('controlling', ({ asked }) => log.push(`controlling ${asked ? 'asked' : 'unasked'}`));
      made.on('error', ({ code }) => log.push(code));
      return made.ready;
    }, url);

  const log = (tab: Tab) => tab.evaluate(() => window.side.log);

  const told = (tab: Tab, line: string) =>
    untilIn(tab, (wanted) => window.side.log.includes(wanted), line, `not told: ${line}`);

  /** A tab under the worker of the present version. */
  async function underWorker(): Promise<Tab> {
    const tab = await open();
    expect(await register(tab)).toBe(true);
    await tab.evaluate(async () => void (await navigator.serviceWorker.ready));
    await tab.reload();
    await untilIn(tab, () => navigator.serviceWorker.controller !== null, null, 'not under the worker');
    expect(await register(tab)).toBe(true);
    return tab;
  }

  const versionOf = (tab: Tab) => tab.evaluate(async () => (await fetch('/version')).text());

  test('a new version waits until the app lets it in; only the page that asked is loaded anew', async () => {
    version = 1;
    const tab = await underWorker();
    const other = await underWorker();
    version = 2;
    for (const each of [tab, other]) await each.evaluate(() => void Object.assign(window, { mark: 'not loaded anew' }));
    await tab.evaluate(() => window.side.kept.worker?.update());
    await Promise.all([told(tab, 'waiting'), told(other, 'waiting')]);
    expect(await tab.evaluate(() => window.side.kept.worker?.waiting)).toBe(true);
    expect([await versionOf(tab), await versionOf(other)]).toEqual(['1', '1']);
    await tab.evaluate(() => void window.side.kept.worker?.activateWaiting());
    await untilIn(tab, () => !('mark' in window) && 'side' in window, null, 'not loaded anew');
    await told(other, 'controlling unasked');
    expect([await versionOf(tab), await versionOf(other)]).toEqual(['2', '2']);
    expect(await other.evaluate(() => 'mark' in window)).toBe(true);
  });

  test('a page that no worker serves yet lets a new version in, too, and is loaded anew under it', async () => {
    version = 1;
    const lone = await open();
    expect(await register(lone)).toBe(true);
    const other = await underWorker();
    expect(await lone.evaluate(() => navigator.serviceWorker.controller)).toBe(null);
    version = 2;
    await lone.evaluate(async () => {
      Object.assign(window, { mark: 'not loaded anew' });
      await window.side.kept.worker?.update();
    });
    await told(lone, 'waiting');
    await lone.evaluate(() => void window.side.kept.worker?.activateWaiting());
    await untilIn(lone, () => !('mark' in window) && 'side' in window, null, 'not loaded anew');
    await told(other, 'controlling unasked');
    expect([await versionOf(lone), await versionOf(other)]).toEqual(['2', '2']);
  });

  test('an app that can go on with a new worker is not loaded anew', async () => {
    version = 1;
    const tab = await underWorker();
    version = 2;
    await tab.evaluate(async () => {
      Object.assign(window, { mark: 'not loaded anew' });
      await window.side.kept.worker?.update();
    });
    await told(tab, 'waiting');
    await tab.evaluate(() => window.side.kept.worker?.activateWaiting({ reload: false }));
    await told(tab, 'controlling asked');
    expect([await versionOf(tab), await tab.evaluate(() => 'mark' in window)]).toEqual(['2', true]);
    // Nothing waits any more.
    await tab.evaluate(() => window.side.kept.worker?.activateWaiting());
    expect(await tab.evaluate(() => 'mark' in window)).toBe(true);
  });

  test('a script that is not there is told of, and tried again when the app asks for it', async () => {
    isBroken = true;
    const tab = await open();
    expect(await register(tab, '/fragile.js')).toBe(false);
    expect([await tab.evaluate(() => window.side.kept.worker?.state), await log(tab)]).toEqual([
      'failed',
      ['WORKER_FAILED'],
    ]);
    const again = () => window.side.kept.worker?.update().catch(({ code }: { code: string }) => code);
    expect(await tab.evaluate(again)).toBe('WORKER_FAILED');
    isBroken = false;
    await tab.evaluate(() => window.side.kept.worker?.update());
    expect(await tab.evaluate(() => window.side.kept.worker?.state)).toBe('registered');
    await tab.evaluate(() => window.side.kept.worker?.unregister());
    const left = await tab.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
    expect([await tab.evaluate(() => window.side.kept.worker?.state), left]).toEqual(['unregistered', 0]);
  });

  test('a worker of another script is left alone, though it holds for the same pages', async () => {
    isBroken = true;
    const tab = await open();
    await tab.evaluate(async () => void (await navigator.serviceWorker.register('/sw.js')));
    expect(await register(tab, '/fragile.js')).toBe(false);
    await tab.evaluate(() => window.side.kept.worker?.unregister());
    const left = await tab.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
    expect(left).toBe(1);
  });

  test('where there are no workers nothing happens, whatever is called', async () => {
    const tab = await open();
    await tab.evaluate(() => {
      addEventListener('message', ({ data }) => window.side.log.push(data));
      const run = async () => {
        const made = window.side.registerWorker();
        const { state } = made;
        const ready = await made.ready;
        for (const act of ['update', 'activateWaiting', 'unregister'] as const) await made[act]();
        parent.postMessage(`${state} ${ready} ${made.waiting} ${made.state}`, '*');
      };
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', 'allow-scripts');
      frame.srcdoc = `<script src="${location.origin}/page.js"></script><script>(${run})()</script>`;
      document.body.append(frame);
    });
    await told(tab, 'unsupported false false unsupported');
  });
});
