import { expect, test } from 'vitest';
import { usePairs } from '../../node/channel/setup.ts';
import { until } from '../../rig/wait.ts';
import type { Tab } from '../rig/tab.ts';
import { eachEngine, untilIn } from '../rig/vitest.ts';
import { useSite } from './setup.ts';

/** How long the server takes to renew a session: both tabs have been refused by then. */
const RENEWAL_MS = 300;

eachEngine((browser) => {
  const pair = usePairs();
  const asked = { login: 0, resume: 0, refused: 0 };
  let good = '';
  const site = useSite(browser, ({ url, headers }, response) => {
    const answer = (status: number, token = '') => response.writeHead(status).end(JSON.stringify({ token }));
    const grant = () => {
      good = `token-${asked.login}-${asked.resume}`;
      answer(200, good);
    };
    if (url === '/login') {
      asked.login++;
      grant();
    } else if (url === '/resume') {
      asked.resume++;
      setTimeout(grant, RENEWAL_MS);
    } else if (url === '/me') {
      const isGood = headers['authorization'] === `Bearer ${good}`;
      if (!isGood) asked.refused++;
      answer(isGood ? 200 : 401);
    } else return false;
    return true;
  });
  const { open } = site;

  const start = (tab: Tab) =>
    tab.evaluate(
      async (hosts) => {
        const { createFailover, kept } = window.side;
        const read = async (response: Response) => (await response.json()) as { token: string };
        kept.failover = createFailover({
          hosts,
          session: {
            open: async ({ fetch }) => read(await fetch('/login')),
            resume: async ({ fetch, token }) => read(await fetch('/resume', { headers: { 'x-token': token } })),
          },
        });
        return (await kept.failover.fetch('/me')).status;
      },
      ['a', 'b'].map((name) => `http://${name}.app.localhost:${site.port}`),
    );

  const me = (tab: Tab) => tab.evaluate(async () => (await window.side.kept.failover?.fetch('/me'))?.status);

  test('two tabs that are refused at the same moment renew their session once', async () => {
    Object.assign(asked, { login: 0, resume: 0, refused: 0 });
    const tabs = [await open(), await open()] as const;
    for (const tab of tabs) expect(await start(tab)).toBe(200);
    // The first one takes over the token of the second.
    expect(await me(tabs[0])).toBe(200);
    expect(asked.login).toBe(1);
    const before = { ...asked };
    good = 'none';
    expect(await Promise.all(tabs.map(me))).toEqual([200, 200]);
    expect({ resumed: asked.resume - before.resume, refused: asked.refused - before.refused }).toEqual({
      resumed: 1,
      refused: 2,
    });
    // The next page has it, too.
    await tabs[0].reload();
    expect(await start(tabs[0])).toBe(200);
    expect(asked.login).toBe(1);
  });

  test('what a page could not send is sent by the next one, once', async () => {
    const servers = await pair({}, { hostname: 'a.app.localhost' }, { hostname: 'b.app.localhost' });
    const talk = (tab: Tab, texts: readonly string[]) =>
      tab.evaluate(
        ({ hosts, said }) => {
          const { createFailover, log } = window.side;
          const channel = createFailover({ hosts }).channel('/channel', { credential: () => 'ann' });
          channel.on('state', ({ kind }) => log.push(kind));
          channel.on('message', (data) => log.push(JSON.stringify(data)));
          channel.on('gap', ({ direction }) => log.push(`gap ${direction}`));
          for (const text of said) void channel.send(text).then(() => log.push(`accepted ${text}`));
        },
        { hosts: servers.hosts, said: texts },
      );
    const tab = await open();
    await talk(tab, ['one']);
    await untilIn(tab, () => window.side.log.includes('accepted one'), null, 'not accepted');
    await Promise.all([servers.a.kill(), servers.b.kill()]);
    await untilIn(tab, () => window.side.log.includes('reconnecting'), null, 'still connected');
    await tab.reload();
    // Without a server this page has nothing but what is stored.
    await talk(tab, ['two', 'three']);
    await until(
      () => tab.evaluate(async () => (await window.side.dump('switchover')).includes('three')),
      20_000,
      () => 'not stored',
    );
    await tab.reload();
    await servers.b.restart();
    await talk(tab, ['four']);
    await untilIn(tab, () => window.side.log.includes('accepted four'), null, 'not accepted');
    expect(servers.got().map(({ data }) => data)).toEqual(['one', 'two', 'three', 'four']);
    expect(new Set(servers.got().map(({ sid }) => sid)).size).toBe(1);
    expect((await tab.evaluate(() => window.side.log)).filter((line) => line.startsWith('gap'))).toEqual([]);
  });
});
