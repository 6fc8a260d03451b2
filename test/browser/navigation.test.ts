import { describe, expect, test } from 'vitest';
import { useRig } from '../rig/vitest.ts';
import { until } from '../rig/wait.ts';
import { FAULTS } from './navigation/faults.ts';
import { install, startWorkerSite, visit } from './navigation/site.ts';
import { eachEngine } from './rig/vitest.ts';

const LIMIT_MS = 20_000;

eachEngine(({ openTab, newProfile, testWith }) => {
  const rig = useRig();

  describe('the offline page', () => {
    test('stands for a page whose server fails in whatever way, at its address, and the page is back when the server is', async () => {
      const { a } = await startWorkerSite(rig);
      const tab = await openTab(`${a.url}/`);
      await install(tab);
      const seen: string[] = [];
      for (const [name, [fail, mend]] of Object.entries(FAULTS)) {
        await fail(a);
        seen.push(`${name}: ${await visit(tab, `${a.url}/news?of=${seen.length}#today`)}`);
        await mend(a);
        seen.push(`${name}: ${await visit(tab, `${a.url}/news`)}`);
      }
      const expected = Object.keys(FAULTS).flatMap((name, index) => [
        `${name}: offline ${a.url}/news?of=${index * 2}#today`,
        `${name}: a ${a.url}/news`,
      ]);
      expect(seen).toEqual(expected);
    });

    test('is let go by a server that hung ten times: no connection to it is held', async () => {
      const { a } = await startWorkerSite(rig, { navigationMs: 700, probeMs: 500 });
      const tab = await openTab(`${a.url}/`);
      await install(tab);
      await a.freeze();
      // Browsers have six connections for a host.
      for (let time = 0; time < 10; time++)
        expect(await visit(tab, `${a.url}/${time}`)).toBe(`offline ${a.url}/${time}`);
      await a.thaw();
      expect(await visit(tab, `${a.url}/again`)).toBe(`a ${a.url}/again`);
    });
  });

  testWith(['restart'], 'is there for a server that was dead before the browser was started', async () => {
    const { a } = await startWorkerSite(rig);
    const profile = await newProfile({ kept: true });
    const tab = await profile.openTab(`${a.url}/`);
    await install(tab);
    await a.kill();
    await profile.restart();
    const later = await profile.openTab();
    expect(await visit(later, `${a.url}/first#here`)).toBe(`offline ${a.url}/first#here`);
    // What browsers throw away when the disk is full.
    await later.evaluate(async () => {
      for (const name of await caches.keys()) await caches.delete(name);
    });
    await later.goto(`${a.url}/second?x="><script>document.title='run'</script>`);
    expect(await later.title()).toBe('No answer');
    expect(await later.text()).toContain(a.url);
    await a.restart();
    expect(await visit(later, `${a.url}/third`)).toBe(`a ${a.url}/third`);
  });

  test('a new worker waits until its pages let it, and takes its own caches away, but no other', async () => {
    const { a, writeWorker } = await startWorkerSite(rig, { name: 'first' });
    const tab = await openTab(`${a.url}/`);
    await install(tab);
    await visit(tab, `${a.url}/`);
    await writeWorker({ name: 'second' });
    const state = () =>
      tab.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        return [registration?.waiting?.state ?? null, (await caches.keys()).sort()] as const;
      });
    await tab.evaluate(async () => {
      await caches.open("somebody's");
      await caches.open('switchover:other:offline');
      await (await navigator.serviceWorker.getRegistration())?.update();
    });
    const other = ["somebody's", 'switchover:other:offline'];
    await until(
      async () => (await state())[0] === 'installed',
      LIMIT_MS,
      () => 'no worker waits',
    );
    await visit(tab, `${a.url}/again`);
    expect(await state()).toEqual([
      'installed',
      [...other, 'switchover:first:offline', 'switchover:second:offline'].sort(),
    ]);
    // As `messageSkipWaiting()` of workbox-window says it.
    await tab.evaluate(async () => {
      (await navigator.serviceWorker.getRegistration())?.waiting?.postMessage({ type: 'SKIP_WAITING' });
    });
    await until(
      async () =>
        JSON.stringify(await state()) === JSON.stringify([null, [...other, 'switchover:second:offline'].sort()]),
      LIMIT_MS,
      () => 'the new worker does not take over',
    );
    await a.kill();
    expect(await visit(tab, `${a.url}/after`)).toBe(`offline ${a.url}/after`);
  });

  test('an offline page that a server redirects, or has not got, is not installed', async () => {
    const answers = { '/moved.html': { status: 302, headers: { location: '/sign-in' } } };
    const { a, writeWorker } = await startWorkerSite(rig, {}, { answers });
    const tab = await openTab(`${a.url}/`);
    const installed = () =>
      tab.evaluate(async () => {
        const registration = await navigator.serviceWorker.register('/switchover-sw.js');
        const worker = registration.installing ?? registration.waiting ?? registration.active;
        return new Promise<string | undefined>((resolve) => {
          const look = () => /activated|redundant/.test(worker?.state ?? 'redundant') && resolve(worker?.state);
          worker?.addEventListener('statechange', look);
          look();
        });
      });
    for (const offlinePage of ['/moved.html', '/missing.html']) {
      await writeWorker({ offlinePage });
      expect(await installed()).toBe('redundant');
    }
    await writeWorker();
    expect(await installed()).toBe('activated');
  });

  test('what the worker learns of a host is told to the pages and stored, and what a page tells is heeded', async () => {
    const { a, b } = await startWorkerSite(rig, { mode: 'redirect', name: 'shared' });
    const page = await openTab(`${a.url}/`);
    await install(page);
    const other = await openTab(`${a.url}/other`);
    await page.evaluate(() => {
      const heard: string[] = [];
      const channel = new BroadcastChannel('switchover:shared');
      channel.onmessage = ({ data }) => heard.push(data.memory);
      Object.assign(window, { heard, channel });
    });
    await a.mode({ kind: 'status', status: 503, only: 'navigations' });
    expect(await visit(other, `${a.url}/moved`)).toBe(`b ${b.url}/moved`);
    const last = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard.at(-1) ?? '{"hosts":[]}');
    await until(
      async () => JSON.parse(await last()).hosts[0]?.kind === 'ejected',
      LIMIT_MS,
      () => 'no page is told',
    );
    const stored = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const opening = indexedDB.open('switchover');
          opening.onsuccess = () => {
            const reading = opening.result.transaction('keyval').objectStore('keyval').get('switchover:shared:health');
            reading.onsuccess = () => resolve(reading.result);
          };
        }),
    );
    expect(stored).toBe(await last());
    // The server has its pages again, and is well. A page knows better: its requests fail there.
    await a.mode({ kind: 'ok' });
    expect(await visit(other, `${a.url}/again`)).toBe(`a ${a.url}/again`);
    await a.mode({ kind: 'status', status: 503, only: ['/switchover-health.txt'] });
    await page.evaluate((origin) => {
      const host = { origin, kind: 'ejected', why: 'http 503', leftMs: 30_000, ejections: 1 };
      const memory = JSON.stringify({ version: 1, savedAtMs: Date.now(), hosts: [host], fence: [] });
      (window as unknown as { channel: BroadcastChannel }).channel.postMessage({ kind: 'health', memory });
    }, a.url);
    expect(await visit(other, `${a.url}/told`)).toBe(`b ${b.url}/told`);
  });
});
