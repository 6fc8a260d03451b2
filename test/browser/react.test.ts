import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { numbers, order, usePairs } from '../node/channel/setup.ts';
import { useRig } from '../rig/vitest.ts';
import { App } from './react/app.tsx';
import { guideProgram } from './react/guide.ts';
import { type PageServer, startPageServer } from './rig/pageServer.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine, untilIn } from './rig/vitest.ts';

const PARTS = { status: true, listener: true, composer: true };

describe('switchover/react, in strict mode', () => {
  const rig = useRig();
  const pair = usePairs();
  const twoServers = () => pair({}, { hostname: 'a.app.localhost' }, { hostname: 'b.app.localhost' });

  /** The page of the app; at `/rendered` with what a server makes of it. */
  const serve = async (hosts: readonly string[]): Promise<PageServer> =>
    rig.owns(
      await startPageServer('test/browser/react/page.tsx', ({ url }, response) => {
        if (url !== '/rendered') return false;
        const html = renderToString(createElement(App, { provider: { options: { hosts, session } }, parts: PARTS }));
        response.setHeader('content-type', 'text/html');
        response.end(`<!doctype html><title>React</title><main>${html}</main><script src="/page.js"></script>`);
        return true;
      }),
    );

  eachEngine(({ openTab, testOnce }) => {
    const open = async (hosts: readonly string[], path = '/') => {
      const { port } = await serve(hosts);
      return openTab(`http://page.app.localhost:${port}${path}`);
    };

    test('a kill re-renders what shows it and nothing else, and loses no message of the one channel that two components share', async () => {
      const servers = await twoServers();
      const tab = await open(servers.hosts);
      await tab.evaluate((hosts) => window.react.mount(hosts), servers.hosts);
      await shows(tab, 'listener', `open ${servers.a.url}`);
      expect(await tab.evaluate(() => window.react.text('session'))).toBe('none null');
      await tab.evaluate(() => void window.react.hands.failover?.fetch('/healthz/ready'));
      await shows(tab, 'session', `open ${servers.a.url}`);
      await tab.evaluate(() => window.react.talk(5));
      await untilIn(tab, () => window.react.record.got.length >= 20, null, 'no answers');
      const before = await counts(tab);
      expect(await order(servers.a, { kind: 'shown' })).toEqual(['ann']);
      await tab.evaluate(() => window.react.watchBanner());

      await servers.a.kill();
      await shows(tab, 'listener', `open ${servers.b.url}`);
      await shows(tab, 'current', servers.b.url);
      await untilIn(tab, () => window.react.said.length > 0, null, 'the banner says nothing');
      const sent = await tab.evaluate(() => window.react.stop());
      await untilIn(tab, (all) => window.react.record.got.length >= all, sent, 'not all is answered');

      const after = await counts(tab);
      const again = (name: string) => (after.commits[name] ?? 0) - (before.commits[name] ?? 0);
      expect(again('current')).toBe(1);
      expect(again('everything')).toBeGreaterThan(0);
      for (const name of ['bystander', 'second', 'list', 'session', 'composer']) {
        expect([name, after.renders[name]]).toEqual([name, before.renders[name]]);
      }
      const { got, accepted, told, said } = await tab.evaluate(() => ({
        ...window.react.record,
        said: window.react.said,
        sockets: null,
      }));
      expect(got).toEqual(numbers(1, sent).map((n) => ({ re: { n } })));
      expect(accepted).toEqual(numbers(1, sent));
      expect(servers.got().map(({ data }) => (data as { n: number }).n)).toEqual(numbers(1, sent));
      expect(new Set(servers.got().map(({ sid }) => sid)).size).toBe(1);
      expect(told).toEqual([]);
      expect(said).toEqual(['Connected to another server.']);
      expect(await tab.evaluate(() => window.react.errors)).toEqual([]);
    });

    test('what a server has rendered is taken over without a mismatch, whatever the page knows by then', async () => {
      const servers = await twoServers();
      const tab = await open(servers.hosts, '/rendered');
      const first = await tab.evaluate(() => document.querySelector('main')?.innerHTML);
      expect(first).toContain(`<output id="current">${servers.a.url}</output>`);
      expect(first).toContain('role="status"');
      await tab.evaluate((hosts) => window.react.hydrate(hosts), servers.hosts);
      await shows(tab, 'current', servers.b.url);
      await shows(tab, 'listener', `open ${servers.b.url}`);
      expect(await tab.evaluate(() => window.react.errors)).toEqual([]);
    });

    testOnce('a channel closes with its last component, and the next one goes on with its session', async () => {
      const servers = await twoServers();
      const tab = await open(servers.hosts);
      await tab.evaluate((hosts) => window.react.mount(hosts), servers.hosts);
      await shows(tab, 'listener', `open ${servers.a.url}`);
      await tab.evaluate(() => window.react.send());
      await untilIn(tab, () => window.react.record.got.length === 1, null, 'no answer');
      await tab.evaluate(() => window.react.hands.show({ listener: false }));
      await untilIn(tab, () => window.react.text('listener') === null, null, 'it stays');
      // Nobody listens: the answer waits, for the composer still holds the channel.
      await tab.evaluate(() => window.react.send());
      await untilIn(tab, () => window.react.record.accepted.length === 2, null, 'not accepted');
      expect(await tab.evaluate(() => window.react.record.sockets.map(({ readyState }) => readyState))).toEqual([1]);
      await tab.evaluate(() => window.react.hands.show({ composer: false }));
      await untilIn(tab, () => window.react.record.sockets[0]?.readyState === 3, null, 'the socket stays open');

      await tab.evaluate(() => window.react.hands.show({ listener: true, composer: true }));
      await untilIn(tab, () => window.react.record.got.length === 2, null, 'what waited did not come');
      expect(await tab.evaluate(() => window.react.record.got)).toEqual([{ re: { n: 1 } }, { re: { n: 2 } }]);

      // A part of a page that is hidden has no connections, and keeps its failover.
      await tab.evaluate(() => window.react.hands.hide(true));
      await untilIn(tab, () => window.react.record.sockets[1]?.readyState === 3, null, 'hidden, it stays open');
      expect(await tab.evaluate(() => window.react.hands.failover?.pool.closed)).toBe(false);
      await tab.evaluate(() => window.react.hands.hide(false));
      await shows(tab, 'listener', `open ${servers.a.url}`);

      expect(await tab.evaluate(() => window.react.unmount())).toBe('in use');
      await untilIn(tab, () => window.react.record.sockets[2]?.readyState === 3, null, 'the socket stays open');
      expect(await tab.evaluate(() => window.react.last?.closed ?? null)).toBe(true);
      await tab.evaluate((hosts) => window.react.mount(hosts), servers.hosts);
      await shows(tab, 'listener', `open ${servers.a.url}`);
      await tab.evaluate(() => window.react.send());
      await untilIn(tab, () => window.react.record.got.length === 3, null, 'no answer after all was mounted anew');
      expect(new Set(servers.got().map(({ sid }) => sid)).size).toBe(1);
      expect(await tab.evaluate(() => window.react.errors)).toEqual([]);
    });

    testOnce('one commit never shows two hosts, though the host changes in the midst of a transition', async () => {
      const servers = await twoServers();
      const tab = await open(servers.hosts);
      const seen = (naive: boolean) =>
        tab.evaluate(([hosts, naively]) => window.react.tear(hosts, naively), [servers.hosts, naive] as const);
      const most = (commits: readonly (readonly string[])[]) =>
        Math.max(...commits.map((shown) => new Set(shown).size));
      // Without the hook this very test sees two: so it would notice.
      expect(most(await seen(true))).toBe(2);
      const commits = await seen(false);
      expect(most(commits)).toBe(1);
      expect(commits.at(-1)?.[0]).toBe(servers.b.url);
    });

    testOnce('docs/react.md does what it says', async () => {
      const servers = await twoServers();
      const script = await guideProgram(servers.hosts);
      const { port } = rig.owns(
        await startPageServer('test/browser/react/page.tsx', ({ url }, response) => {
          if (url === '/guide.js') response.setHeader('content-type', 'text/javascript').end(script);
          else response.setHeader('content-type', 'text/html').end(GUIDE);
          return true;
        }),
      );
      const tab = await openTab(`http://page.app.localhost:${port}/`);
      const says = (what: string) =>
        untilIn(tab, (text) => document.body.textContent?.includes(text) ?? false, what, `not there: ${what}`);
      await says('open');
      await tab.click('section button');
      await says('{"re":{"text":"hi"}}');
      await servers.a.kill();
      await says('Connected to another server.');
      await untilIn(tab, (b) => document.querySelector('output')?.textContent === b, servers.b.url, 'not moved');
      await tab.click('section button');
      await untilIn(tab, () => document.querySelectorAll('section li').length === 2, null, 'no second answer');
    });

    testOnce('a banner is silent about what comes and goes', async () => {
      const servers = await twoServers();
      const tab = await open(servers.hosts);
      await tab.evaluate((hosts) => window.react.mount(hosts, { listener: false, composer: false }), servers.hosts);
      await untilIn(tab, () => window.react.hands.failover !== null, null, 'not mounted');
      await tab.evaluate(async ([a, b]) => {
        window.react.watchBanner();
        for (let turn = 0; turn < 20; turn += 1) {
          window.react.hands.failover?.prefer((turn % 2 === 0 ? b : a) ?? null);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }, servers.hosts);
      expect(await tab.evaluate(() => window.react.said)).toEqual([]);
      await tab.evaluate(([, b]) => window.react.hands.failover?.prefer(b ?? null), servers.hosts);
      await untilIn(tab, () => window.react.said.length > 0, null, 'the banner says nothing');
      expect(await tab.evaluate(() => window.react.said)).toEqual(['Connected to another server.']);
    });
  });
});

const GUIDE = '<!doctype html><title>Guide</title><body></body><script type="module" src="/guide.js"></script>';

const session = { open: () => 'token', attach: () => ({}) };

const shows = (tab: Tab, id: string, text: string): Promise<void> =>
  untilIn(
    tab,
    ([name, wanted]) => window.react.text(name) === wanted,
    [id, text] as const,
    `${id} does not show ${text}`,
  );

const counts = (tab: Tab): Promise<Record<'renders' | 'commits', Record<string, number>>> =>
  tab.evaluate(() => ({ renders: { ...window.react.record.renders }, commits: { ...window.react.record.commits } }));
