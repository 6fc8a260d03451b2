import { expect, test } from 'vitest';
import type { Server } from '../../rig/cluster.ts';
import { useRig } from '../../rig/vitest.ts';
import { until } from '../../rig/wait.ts';
import type { Profile } from '../rig/profile.ts';
import type { Tab } from '../rig/tab.ts';
import { eachEngine, untilIn } from '../rig/vitest.ts';
import { useSite } from './setup.ts';

const QUICK = {
  ejection: { coolDownMs: 100, coolDownCapMs: 200 },
  failback: { holdMs: 0 },
};

eachEngine((browser) => {
  const { open } = useSite(browser);
  const rig = useRig();

  const hosts = async (): Promise<{ readonly a: Server; readonly b: Server }> => {
    const [a, b] = await Promise.all([
      rig.server({ name: 'a', hostname: 'a.app.localhost' }),
      rig.server({ name: 'b', hostname: 'b.app.localhost' }),
    ]);
    return { a, b };
  };

  /** Starts a client whose probes say whose they are. */
  const start = (tab: Tab, { a, b }: { readonly a: Server; readonly b: Server }, who: string) =>
    tab.evaluate(
      async ({ urls, quick, path }) => {
        const { side } = window;
        const options = { ...quick, probe: { path, periodMs: 50 }, name: 'app' };
        const failover = side.createFailover({ hosts: urls, ...options });
        side.kept.failover = failover;
        failover.on('failover', ({ to }) => side.log.push(`failover ${to}`));
        failover.on('failback', ({ to }) => side.log.push(`failback ${to}`));
        failover.on('warning', ({ code, message }) => side.log.push(`warning ${code} ${message}`));
        await failover.ready;
      },
      { urls: [a.url, b.url], quick: QUICK, path: `/healthz/ready?${who}` },
    );

  /** Sends requests to the host that gives trouble until it is out of service, here. */
  const notice = (tab: Tab) =>
    tab.evaluate(async () => {
      const { failover } = window.side.kept;
      const [first] = failover?.status.hosts ?? [];
      const init = { failover: { pin: first?.origin ?? '' } };
      for (let n = 0; n < 5 && failover?.status.hosts[0]?.state === 'up'; n++)
        await failover.fetch('/work', init).catch(() => {});
    });

  const at = (tab: Tab, { url }: Server) =>
    untilIn(tab, (wanted) => window.side.kept.failover?.status.current === wanted, url, `not at ${url}`);

  const probesBy = (server: Server, who: string): number =>
    server.counts().received.filter(({ path }) => path === `/healthz/ready?${who}`).length;

  const probed = (server: Server, who: string, times: number) => {
    const before = probesBy(server, who);
    return until(
      () => probesBy(server, who) >= before + times,
      20_000,
      () => `${who} does not probe`,
    );
  };

  /** The one that probes, once it is the only one: the other one stands still meanwhile. */
  const leaderAmong = async (server: Server, names: readonly [string, string]): Promise<string> => {
    let leader = '';
    await until(
      async () => {
        const before = names.map((who) => probesBy(server, who));
        await until(
          () => names.some((who, at) => probesBy(server, who) >= (before[at] ?? 0) + 5),
          20_000,
          () => 'nobody probes',
        );
        const rest = names.filter((who, at) => probesBy(server, who) > (before[at] ?? 0));
        [leader = ''] = rest;
        return rest.length === 1;
      },
      20_000,
      () => 'both probe',
    );
    return leader;
  };

  browser.testWith(
    ['comeBack'],
    'do without one that lies in the back-forward cache, which catches up when it is back',
    async () => {
      const servers = await hosts();
      const kept = await browser.newProfile({ kept: true });
      const one = await open(kept);
      const two = await open(kept);
      await start(one, servers, 'one');
      await start(two, servers, 'two');
      await two.evaluate(() => void window.side.log.push('kept'));
      await two.goto(`${await two.url()}elsewhere`);
      await servers.a.mode({ kind: 'status', status: 503 });
      await notice(one);
      await probed(servers.a, 'one', 3);
      expect(probesBy(servers.a, 'two')).toBe(0);
      await two.back();
      expect(await two.evaluate(() => window.side.log[0])).toBe('kept');
      await at(two, servers.b);
      // It is seen, and so probes from now on.
      await probed(servers.a, 'two', 2);
      if (browser.name !== 'firefox') {
        // Firefox keeps no page that has a lock.
        await two.goto(`${await two.url()}elsewhere`);
        await probed(servers.a, 'one', 2);
        await two.back();
        expect(await two.evaluate(() => window.side.log[0])).toBe('kept');
      }
      await servers.a.mode({ kind: 'ok' });
      await Promise.all([at(one, servers.a), at(two, servers.a)]);
    },
  );

  test('know at once what one of them has seen; one of them probes, and all go back by its word', async () => {
    const servers = await hosts();
    const [one, two] = [await open(), await open()];
    await start(one, servers, 'one');
    await start(two, servers, 'two');
    await servers.a.mode({ kind: 'status', status: 503 });
    await notice(one);
    await Promise.all([at(one, servers.b), at(two, servers.b)]);
    await leaderAmong(servers.a, ['one', 'two']);
    await servers.a.mode({ kind: 'ok' });
    await Promise.all([at(one, servers.a), at(two, servers.a)]);
    const moves = [`failover ${servers.b.url}`, `failback ${servers.a.url}`];
    for (const tab of [one, two]) expect(await tab.evaluate(() => window.side.log)).toEqual(moves);
  });

  const takeover = async (end: (leader: Tab) => Promise<void>, profile?: Profile): Promise<Tab> => {
    const servers = await hosts();
    const tabs = { one: await open(profile), two: await open(profile) };
    await start(tabs.one, servers, 'one');
    await start(tabs.two, servers, 'two');
    await servers.a.mode({ kind: 'status', status: 503 });
    await notice(tabs.two);
    const leader = await leaderAmong(servers.a, ['one', 'two']);
    const other = leader === 'one' ? 'two' : 'one';
    await end(tabs[leader === 'one' ? 'one' : 'two']);
    await probed(servers.a, other, 2);
    await servers.a.mode({ kind: 'ok' });
    await at(tabs[other], servers.a);
    return tabs[leader === 'one' ? 'one' : 'two'];
  };

  test('are led by another one when the one that led is closed', async () => {
    await takeover((leader) => leader.close());
  });

  browser.testWith(['crash'], 'are led by another one when the one that led has crashed', async () => {
    await takeover((leader) => leader.crash());
  });

  browser.testWith(
    ['freeze'],
    'are led by another one when the one that led is frozen, which catches up then',
    async () => {
      const kept = await browser.newProfile({ kept: true });
      const leader = await takeover((tab) => tab.setFrozen(true), kept);
      await leader.setFrozen(false);
      const isBack = () => window.side.kept.failover?.status.hosts.every(({ state }) => state === 'up') ?? false;
      await untilIn(leader, isBack, null, 'it does not know that all hosts are up');
    },
  );

  browser.testOnce('pay no heed to news that nobody can understand, nor to what is long past', async () => {
    const servers = await hosts();
    const tab = await open();
    await start(tab, servers, 'one');
    const told = await tab.evaluate(async (url) => {
      const { side } = window;
      const channel = new BroadcastChannel('switchover:app');
      const down = (savedAtMs: number, origin = url) => {
        const host = { origin, kind: 'ejected', why: 'told', leftMs: 60_000, ejections: 1 };
        return JSON.stringify({ version: 1, savedAtMs, hosts: [host], fence: [] });
      };
      const news = (memory: unknown) => ({ kind: 'health', memory });
      const junk = [
        null,
        7,
        'x',
        {},
        { kind: 'other' },
        news(null),
        news('{'),
        news('[]'),
        news(down(Date.now() - 60_000)),
      ];
      const foreign = news(down(Date.now(), 'https://evil.example'));
      const long = news(down(Date.now()).padEnd(70_000));
      for (const message of [...junk, foreign, long]) channel.postMessage(message);
      const before = side.kept.failover?.status.hosts.map(({ state }) => state);
      channel.postMessage(news(down(Date.now())));
      while (side.kept.failover?.status.hosts[0]?.state === 'up')
        await new Promise((resolve) => setTimeout(resolve, 5));
      return [
        before,
        side.kept.failover?.status.hosts.map(({ state, why }) => `${state} ${why}`),
        side.uncaught,
        side.log,
      ];
    }, servers.a.url);
    expect(told).toEqual([['up', 'up'], ['ejected told', 'up null'], [], [`failover ${servers.b.url}`]]);
  });
});
