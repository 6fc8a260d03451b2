import { expect, test } from 'vitest';
import { useRig } from '../rig/vitest.ts';
import { until } from '../rig/wait.ts';
import { startSite } from './rig/site.ts';
import { eachEngine, untilIn } from './rig/vitest.ts';

const rig = useRig();
const FILES = {
  'index.html': '<title>home</title><h1>%SERVER%</h1>',
  'any.html': '<title>any</title><button>press</button><input>',
  'frame.html': '<title>frame</title><script>parent.postMessage(localStorage.seen ?? "nothing", "*")</script>',
};
const WORKER = `addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate') event.respondWith(new Response('kept', { headers: { 'content-type': 'text/html' } }));
});`;

/** What a tab's document says of a navigation. */
const place = async (tab: { url(): Promise<string>; text(): Promise<string> }) => [await tab.url(), await tab.text()];

eachEngine(({ openTab, newProfile, testWith }) => {
  test('a tab goes wherever it is sent, and says where it is when nothing is there', async () => {
    const { a, b, hosts } = await startSite(rig, { files: FILES });
    const tab = await openTab(`${hosts[0]}/`);
    expect([await tab.title(), ...(await place(tab))]).toEqual(['home', `${a.url}/`, 'a']);
    await b.kill();
    expect(await tab.goto(`${b.url}/x?q#h`)).toBe(true);
    expect(await tab.url()).toBe(`${b.url}/x?q#h`);
    await b.restart({ mode: { kind: 'mute', only: 'navigations' } });
    expect(await tab.goto(`${b.url}/x`, 500)).toBe(false);
    expect(await tab.goto(`${a.url}/any#part`)).toBe(true);
    expect(await tab.goto(`${a.url}/any#other`)).toBe(true);
    expect([await tab.back(), await tab.url()]).toEqual([true, `${a.url}/any#part`]);
    await tab.evaluate(() => void Object.assign(window, { mark: 1 }));
    await tab.reload();
    expect(await tab.evaluate(() => 'mark' in window)).toBe(false);
  });

  test('a page takes arguments, promises, clicks and keys, under the strictest policy', async () => {
    const headers = { 'content-security-policy': "default-src 'none'" };
    const { a } = await startSite(rig, { files: FILES, answers: { '/form': { headers } } });
    const tab = await openTab(`${a.url}/form`);
    await tab.evaluate(() => {
      const button = document.querySelector('button');
      button?.addEventListener('click', ({ isTrusted }) => Object.assign(window, { pressed: isTrusted }));
    });
    await tab.click('button');
    await tab.type('input', 'grüße');
    const seen = await tab.evaluate(
      async ({ waitMs }) => {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        return [(window as { pressed?: boolean }).pressed, document.querySelector('input')?.value];
      },
      { waitMs: 150 },
    );
    expect(seen).toEqual([true, 'grüße']);
    expect(await tab.evaluate(() => {})).toBeUndefined();
    await expect(tab.evaluate(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect((await tab.screenshot()).subarray(1, 4).toString()).toBe('PNG');
  });

  test('storage is partitioned, and a profile shares none with another', async () => {
    const { a, b } = await startSite(rig, { files: FILES });
    const own = await openTab(`${a.url}/`);
    await own.evaluate(() => localStorage.setItem('seen', 'the first profile'));
    const framed = (url: string): Promise<string> =>
      new Promise((resolve) => {
        addEventListener('message', ({ data }) => resolve(data));
        document.body.append(Object.assign(document.createElement('iframe'), { src: `${url}/frame` }));
      });
    expect(await own.evaluate(framed, a.url)).toBe('the first profile');
    const foreign = await openTab(`${b.url}/`);
    expect(await foreign.evaluate(framed, a.url)).toBe('nothing');
    const other = await newProfile();
    expect(await (await other.openTab(`${a.url}/`)).evaluate(() => localStorage.length)).toBe(0);
  });

  testWith(
    ['restart'],
    'a profile that is kept has its worker and storage after a restart, with its server dead',
    async () => {
      const { a } = await startSite(rig, { files: { ...FILES, 'sw.js': WORKER } });
      const profile = await newProfile({ kept: true });
      const tab = await profile.openTab(`${a.url}/`);
      await tab.evaluate(async () => {
        localStorage.setItem('seen', 'before');
        await navigator.serviceWorker.register('/sw.js');
        await navigator.serviceWorker.ready;
      });
      await a.kill();
      await profile.restart();
      const again = await profile.openTab(`${a.url}/x`);
      expect(await place(again)).toEqual([`${a.url}/x`, 'kept']);
      expect(await again.evaluate(() => localStorage.getItem('seen'))).toBe('before');
    },
  );

  testWith(['crash'], 'a tab whose process is killed answers no more, and one of another origin lives on', async () => {
    const { a, b } = await startSite(rig, { files: FILES });
    const [doomed, other] = [await openTab(`${a.url}/`), await openTab(`${b.url}/`)];
    await doomed.crash();
    await expect(doomed.evaluate(() => 1)).rejects.toThrow();
    expect(await other.evaluate(() => 1)).toBe(1);
  });

  testWith(['stopWorkers'], 'a worker that is stopped starts anew with the next page', async () => {
    const worker = `const born = Math.random();
addEventListener('fetch', (event) => event.respondWith(new Response(String(born))));`;
    const { a } = await startSite(rig, { files: { ...FILES, 'sw.js': worker } });
    const tab = await openTab(`${a.url}/`);
    await tab.evaluate(async () => {
      await navigator.serviceWorker.register('/sw.js');
      await navigator.serviceWorker.ready;
    });
    const born = async (): Promise<string> => {
      await tab.goto(`${a.url}/x`);
      return tab.text();
    };
    await until(
      async () => (await born()).startsWith('0.'),
      20_000,
      () => 'the worker is not in service',
    );
    const first = await born();
    expect(await born()).toBe(first);
    await tab.stopWorkers();
    expect(await born()).toMatch(/^0\./);
    expect(await born()).not.toBe(first);
  });

  testWith(['offline'], 'a profile without network has none in its pages, and says so', async () => {
    const { a } = await startSite(rig, { files: FILES });
    const profile = await newProfile();
    const tab = await profile.openTab(`${a.url}/`);
    const reach = () =>
      fetch('/index.html').then(
        ({ status }) => [navigator.onLine, status],
        () => [navigator.onLine],
      );
    await profile.setOffline(true);
    expect(await tab.evaluate(reach)).toEqual([false]);
    await profile.setOffline(false);
    await untilIn(tab, () => navigator.onLine, null, 'still offline');
    expect(await tab.evaluate(reach)).toEqual([true, 200]);
  });

  testWith(['hear'], 'what a page says on its console is heard', async () => {
    const { a } = await startSite(rig, { files: FILES });
    const tab = await openTab(`${a.url}/`);
    await tab.evaluate(() => console.log(`said in a page`));
    await until(
      () => tab.said.join('\n').includes('said in a page'),
      20_000,
      () => `only heard ${tab.said}`,
    );
  });
});
