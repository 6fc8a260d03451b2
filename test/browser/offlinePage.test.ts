import { describe, expect, test } from 'vitest';
import { useRig } from '../rig/vitest.ts';
import { until } from '../rig/wait.ts';
import { install } from './navigation/site.ts';
import { HEALTH, type OfflineSite, startOfflineSite } from './offlinePage/site.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine, untilIn } from './rig/vitest.ts';

const LIMIT_MS = 20_000;

/** So long that whatever is asked again is asked for another reason. */
const NEVER = { baseMs: 1e9, capMs: 1e9 };

const HEADING = 'The server isn’t answering';

/** Waits until a page is shown, and with that title where one is given. */
async function untilAt(tab: Tab, url: string, title?: string): Promise<void> {
  let shown = '';
  const isThere = async (): Promise<boolean> => {
    // While the page is being left, it can't be asked.
    const [at, name] = await Promise.all([tab.url(), tab.title()]).catch(() => []);
    if (at !== undefined) shown = `${name} ${at}`;
    return at === url && (title === undefined || name === title);
  };
  await until(isThere, LIMIT_MS, () => `not ${title} ${url}, but ${shown}`);
}

const untilText = (tab: Tab, part: string): Promise<void> =>
  untilIn(
    tab,
    (text) => document.querySelector('main')?.textContent?.includes(text) ?? false,
    part,
    `the page does not say: ${part}`,
  );

/** What the page says of each host. */
const states = (tab: Tab): Promise<readonly string[]> =>
  tab.evaluate(() => [...document.querySelectorAll('li span')].map((state) => state.textContent ?? ''));

eachEngine(({ openTab, testOnce }) => {
  const rig = useRig();

  /** A tab with the worker in it. */
  async function enter({ a }: OfflineSite): Promise<Tab> {
    const tab = await openTab(`${a.url}/`);
    await install(tab);
    return tab;
  }

  describe('the offline page', () => {
    test('leads on to the backup, to what was asked for and to no other host', async () => {
      const site = await startOfflineSite(rig);
      const { a, b } = site;
      await enter(site);
      await a.kill();
      for (const place of [
        '/shelves/novels?author=austen&x=%2F#new',
        '//evil.example/a?b#c',
        '///evil.example',
        '/%5C%5Cevil.example/..%2F',
        '/@evil.example:80//?next=//evil.example',
      ]) {
        const tab = await openTab(a.url + place);
        await untilAt(tab, b.url + place);
      }
      const backslashes = await openTab(`${a.url}/\\evil.example\\x`);
      await untilAt(backslashes, `${b.url}//evil.example/x`);
    });

    test('stays where it was asked for while none answers, says so, and makes place for the page when its server is back', async () => {
      const site = await startOfflineSite(rig);
      const { a, b } = site;
      const tab = await enter(site);
      await Promise.all([a.kill(), b.kill()]);
      const url = `${a.url}/shelves/%D0%BA%D0%BD?author=austen#new`;
      await tab.goto(url);
      await untilText(tab, 'no answer');
      await untilIn(
        tab,
        () => /^Next try in \d+ seconds?$/.test(document.querySelector('small')?.textContent ?? ''),
        null,
        'no countdown',
      );
      expect(await states(tab)).toEqual(['no answer', 'no answer']);
      expect(await tab.text()).toContain(HEADING);
      expect(await tab.text()).toContain(`You asked for ${a.url.slice(7)}/shelves/кн?author=austen#new`);
      expect(await tab.url()).toBe(url);
      const [asked, isStyled, links] = await tab.evaluate(() => [
        performance.getEntriesByType('resource').map(({ name }) => name),
        getComputedStyle(document.body).display === 'grid',
        [...document.querySelectorAll('a')].map(({ href }) => href),
      ]);
      // Nothing was asked for that is not one of the hosts, and nothing that the page's policy forbids.
      expect(asked.filter((url) => url !== a.url + HEALTH && url !== b.url + HEALTH)).toEqual([]);
      expect(isStyled).toBe(true);
      expect(links).toEqual([a.url, b.url].map((origin) => `${origin}/shelves/%D0%BA%D0%BD?author=austen#new`));
      expect(tab.said.filter((line) => /Content.?Security|refused to/i.test(line))).toEqual([]);
      await a.restart();
      await untilAt(tab, url, 'a');
    });

    test('believes no portal and no redirect: a host is well that says the word', async () => {
      const site = await startOfflineSite(rig);
      const { a, b } = site;
      const tab = await enter(site);
      await site.answerProbes(b, { body: '<title>Sign in</title> to the café’s network' });
      await a.kill();
      await tab.goto(`${a.url}/menu`);
      await untilText(tab, 'not ready');
      await site.answerProbes(b, { status: 302, headers: { location: `${b.url}/elsewhere.txt` } });
      await untilIn(
        tab,
        () => document.querySelectorAll('[data-state=silent]').length === 2,
        null,
        'a redirect counts',
      );
      await site.answerProbes(b, { status: 503 });
      await untilText(tab, 'not ready');
      expect(await tab.url()).toBe(`${a.url}/menu`);
      expect(site.asked(b, '/elsewhere.txt')).toBe(0);
      await site.answerProbes(b);
      await untilAt(tab, `${b.url}/menu`, 'b');
    });

    testOnce('goes in circles twice, and then leaves it to the person', async () => {
      const site = await startOfflineSite(rig);
      const { a, b } = site;
      const tab = await enter(site);
      await b.kill();
      await a.mode({ kind: 'status', status: 503, only: 'navigations' });
      await tab.goto(`${a.url}/circle`);
      await untilText(tab, 'answers, yet your page did not open');
      const probes = site.probes(a);
      await until(
        () => site.probes(a) > probes + 1,
        LIMIT_MS,
        () => 'it has given up asking',
      );
      expect(site.asked(a, '/circle')).toBeLessThanOrEqual(3);
      expect(await tab.evaluate(() => JSON.parse(sessionStorage.getItem('switchover:left') ?? '').length)).toBe(2);
      await a.mode({ kind: 'ok' });
      await tab.click('button');
      await untilAt(tab, `${a.url}/circle`, 'a');
    });

    testOnce('asks at once when something may have changed, and when it is told to', async () => {
      const site = await startOfflineSite(rig, {}, {}, NEVER);
      const { a, b } = site;
      const tab = await enter(site);
      await site.answerProbes(b, { body: 'no' });
      await a.kill();
      await tab.goto(`${a.url}/wait`);
      await untilText(tab, 'not ready');
      const causes: readonly ((tab: Tab) => Promise<void>)[] = [
        (at) => at.evaluate(() => void dispatchEvent(new Event('online'))),
        (at) => at.evaluate(() => void document.dispatchEvent(new Event('visibilitychange'))),
        (at) => at.evaluate(() => void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))),
        (at) => at.click('button'),
      ];
      for (const cause of causes) {
        const before = site.probes(b);
        await cause(tab);
        await until(
          () => site.probes(b) === before + 1,
          LIMIT_MS,
          () => `not asked by ${cause}`,
        );
        await untilIn(tab, () => document.querySelector('[data-state=asking]') === null, null, 'still asking');
      }
      await untilText(tab, 'Still no answer');
      await tab.evaluate(() => {
        Object.defineProperty(document, 'hidden', { value: true });
        document.dispatchEvent(new Event('visibilitychange'));
      });
      expect(site.probes(b)).toBe(causes.length + 1);
      // The way out that needs nobody's health.
      await tab.click('li:last-child a');
      await untilAt(tab, `${b.url}/wait`, 'b');
    });

    testOnce('asks nobody while nobody looks', async () => {
      const site = await startOfflineSite(rig, {}, {}, { baseMs: 50, capMs: 50 });
      const { a, b } = site;
      const tab = await enter(site);
      await site.answerProbes(b, { body: 'no' });
      await a.kill();
      await tab.goto(`${a.url}/`);
      await until(
        () => site.probes(b) > 5,
        LIMIT_MS,
        () => 'not asked again',
      );
      await tab.evaluate(() => Object.defineProperty(document, 'hidden', { value: true, configurable: true }));
      let before = -1;
      await until(
        async () => {
          const last = before;
          before = site.probes(b);
          await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
          return last === before;
        },
        LIMIT_MS,
        () => 'still asking',
      );
      await tab.evaluate(() => {
        Reflect.deleteProperty(document, 'hidden');
        document.dispatchEvent(new Event('visibilitychange'));
      });
      await until(
        () => site.probes(b) > before + 3,
        LIMIT_MS,
        () => 'not asked again',
      );
    });

    test('brings the document of a backup here where the site is transparent', async () => {
      const site = await startOfflineSite(rig, { mode: 'transparent' });
      const { a, b } = site;
      const tab = await enter(site);
      await Promise.all([a.kill(), b.kill()]);
      await tab.goto(`${a.url}/shop?x#y`);
      await untilText(tab, 'no answer');
      await b.restart();
      await untilAt(tab, `${a.url}/shop?x#y`, 'b');
    });

    test('leads to the site where somebody opens it by its own address', async () => {
      // Both are well: however busy the machine is, the first has the time to say so.
      const site = await startOfflineSite(rig, { probeMs: 10_000 });
      const tab = await openTab(`${site.a.url}/switchover-offline.html`);
      await untilAt(tab, `${site.a.url}/`, 'a');
    });

    testOnce(
      'tells a person whose browser says that it is offline so, asks all the same, and at once when that is over',
      async () => {
        const site = await startOfflineSite(rig, {}, {}, NEVER);
        const { a, b } = site;
        const tab = await enter(site);
        await site.answerProbes(b, { body: 'no' });
        await a.kill();
        await tab.goto(`${a.url}/news#today`);
        await untilText(tab, 'not ready');
        const before = site.probes(b);
        const say = (isOnline: boolean) =>
          tab.evaluate((onLine) => {
            Object.defineProperty(navigator, 'onLine', { value: onLine, configurable: true });
            dispatchEvent(new Event(onLine ? 'online' : 'offline'));
          }, isOnline);
        await say(false);
        await untilText(tab, 'You seem to be offline');
        await until(
          () => site.probes(b) > before,
          LIMIT_MS,
          () => 'it believes what it is told',
        );
        await a.restart();
        await say(true);
        await untilAt(tab, `${a.url}/news#today`, 'a');
      },
    );
  });
});
