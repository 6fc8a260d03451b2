import { expect, test } from 'vitest';
import { numbers, order, type Pair, usePairs } from '../node/channel/setup.ts';
import type { Server } from '../rig/cluster.ts';
import { sleep, until } from '../rig/wait.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine, untilIn } from './rig/vitest.ts';

const pair = usePairs();

/** Two session servers of one site, which is the page's, too. */
const sameSite = (retryWindowMs = 200): Promise<Pair> =>
  pair({ retryWindowMs }, { hostname: 'a.app.localhost' }, { hostname: 'b.app.localhost' });

const openAt = (page: Tab, { url }: Server) =>
  untilIn(page, (host) => window.tools.heard.isOpenAt(host), url, `not open at ${url}`);

const heard = (page: Tab, count: number) =>
  untilIn(page, (least) => window.tools.heard.got.length >= least, count, `fewer than ${count} messages`);

const accepted = (page: Tab, count: number) =>
  untilIn(page, (least) => window.tools.heard.accepted.length >= least, count, `fewer than ${count} accepted`);

const stored = (page: Tab, hosts: readonly string[]) =>
  page.evaluate((all) => void window.tools.channel(all, { stored: true }), hosts);

const told = (page: Tab) => page.evaluate(() => window.tools.heard.told);

/** What the servers' application has got, by number. */
const got = ({ got: rows }: Pair): number[] => rows().map(({ data }) => (data as { n: number }).n);

const answers = (from: number, to: number) => numbers(from, to).map((n) => ({ re: { n } }));

/** Ends the talk: all of it was accepted once and in order, and so was all that came back. */
async function expectAll(page: Tab, servers: Pair): Promise<void> {
  const sent = await page.evaluate(() => window.tools.heard.stop());
  await accepted(page, sent);
  await heard(page, sent);
  const log = await page.evaluate(() => ({ accepted: window.tools.heard.accepted, got: window.tools.heard.got }));
  expect(log).toEqual({ accepted: numbers(1, sent), got: answers(1, sent) });
  expect(got(servers)).toEqual(numbers(1, sent));
}

const sidsOf = ({ got: rows }: Pair): string[] => [...new Set(rows().map(({ sid }) => sid))];

eachEngine(({ openPage, newProfile, testWith }) => {
  test('a conversation goes on at the other server when its own is killed', async () => {
    const servers = await sameSite();
    const page = await openPage();
    await page.evaluate((hosts) => window.tools.channel(hosts).talk(2), servers.hosts);
    await openAt(page, servers.a);
    await heard(page, 20);
    await servers.a.kill();
    await openAt(page, servers.b);
    await heard(page, 50);
    await expectAll(page, servers);
    expect((await told(page)).filter((line) => /resumed|gap|warning|error/.test(line))).toEqual(['resumed']);
  });

  test('a page that is loaded anew goes on with its session, and sends what was waiting', async () => {
    const servers = await sameSite();
    const page = await openPage();
    await stored(page, servers.hosts);
    await openAt(page, servers.a);
    await page.evaluate(() => window.tools.heard.send(1));
    await heard(page, 1);
    await Promise.all([servers.a.kill(), servers.b.kill()]);
    await page.evaluate(() => [2, 3].forEach((n) => void window.tools.heard.send(n)));
    await page.reload();
    await servers.a.restart();
    await stored(page, servers.hosts);
    await openAt(page, servers.a);
    await page.evaluate(() => window.tools.heard.send(4));
    await heard(page, 3);
    expect(await page.evaluate(() => window.tools.heard.got)).toEqual(answers(2, 4));
    expect(got(servers)).toEqual(numbers(1, 4));
    expect(sidsOf(servers)).toHaveLength(1);
    expect((await told(page)).filter((line) => /resumed|gap|warning|error/.test(line))).toEqual(['resumed']);
  });

  test('a second tab has a session of its own, and the next one goes on with what a closed tab has left', async () => {
    const servers = await sameSite();
    const first = await openPage();
    const say = (page: Tab, n: number) => page.evaluate((number) => window.tools.heard.send(number), n);
    await stored(first, servers.hosts);
    await openAt(first, servers.a);
    await say(first, 1);
    await accepted(first, 1);
    const second = await openPage();
    await stored(second, servers.hosts);
    await openAt(second, servers.a);
    await say(second, 2);
    await accepted(second, 1);
    const [one, two] = servers.got().map(({ sid }) => sid);
    expect(two).not.toBe(one);
    await Promise.all([servers.a.kill(), servers.b.kill()]);
    await say(first, 3);
    // Longer than the write to the store may take; nothing tells of it.
    await sleep(100);
    await first.close();
    const third = await openPage();
    await stored(third, servers.hosts);
    await servers.a.restart();
    await Promise.all([openAt(third, servers.a), openAt(second, servers.a)]);
    await heard(third, 1);
    expect(servers.got().map(({ sid, data }) => [sid, (data as { n: number }).n])).toEqual([
      [one, 1],
      [two, 2],
      [one, 3],
    ]);
    expect((await told(third)).filter((line) => /resumed|gap|warning|error/.test(line))).toEqual(['resumed']);
  });

  test('a tab that is loaded anew goes on with its own session, not with what a closed tab has left before it', async () => {
    const servers = await sameSite();
    const [first, second] = [await openPage(), await openPage()];
    for (const page of [first, second]) {
      await stored(page, servers.hosts);
      await openAt(page, servers.a);
    }
    await Promise.all([servers.a.kill(), servers.b.kill()]);
    await second.evaluate(() => void window.tools.heard.send(1));
    // Longer than the write to the store may take; nothing tells of it.
    await sleep(100);
    await first.close();
    await second.reload();
    await servers.a.restart();
    await stored(second, servers.hosts);
    await openAt(second, servers.a);
    await heard(second, 1);
    expect(got(servers)).toEqual([1]);
    expect((await told(second)).filter((line) => /resumed|gap|warning|error/.test(line))).toEqual(['resumed']);
  });

  testWith(['lateSocket'], 'a page that is left says first what it has got', async () => {
    const servers = await sameSite();
    const page = await openPage();
    // By itself it would not say so within this test.
    await page.evaluate((hosts) => void window.tools.channel(hosts, { ackMs: 60_000 }), servers.hosts);
    await openAt(page, servers.a);
    await order(servers.a, { kind: 'say', to: 'ann', data: 'hello' });
    await heard(page, 1);
    expect(servers.unacknowledged()).toBe(1);
    await page.goto('about:blank');
    await until(
      () => servers.unacknowledged() === 0,
      20_000,
      () => 'the server still holds the message',
    );
  });

  testWith(['freeze'], 'a page that was frozen has lost nothing when it is thawed', async () => {
    const servers = await sameSite();
    const page = await openPage({ profile: await newProfile({ kept: true }) });
    await page.evaluate((hosts) => window.tools.channel(hosts).talk(5), servers.hosts);
    await openAt(page, servers.a);
    await heard(page, 10);
    await page.setFrozen(true);
    await servers.a.kill();
    const before = got(servers).length;
    await sleep(1_000);
    // It did stand still.
    expect(got(servers)).toHaveLength(before);
    await page.setFrozen(false);
    await openAt(page, servers.b);
    await heard(page, before + 10);
    await expectAll(page, servers);
    expect((await told(page)).filter((line) => /gap|warning|error/.test(line))).toEqual([]);
  });

  testWith(
    ['lateSocket', 'comeBack'],
    'a page that comes back from the back-forward cache goes on where it was',
    async () => {
      const servers = await sameSite();
      const page = await openPage({ profile: await newProfile({ kept: true }) });
      await page.evaluate((hosts) => {
        window.tools.channel(hosts).talk(5);
        addEventListener('pageshow', ({ persisted }) => window.tools.log.push(`shown again: ${persisted}`));
      }, servers.hosts);
      await heard(page, 10);
      await page.goto(`${await page.url()}other`);
      const before = got(servers).length;
      await page.back();
      await heard(page, before + 10);
      expect(await page.evaluate(() => window.tools.log)).toContain('shown again: true');
      await expectAll(page, servers);
      expect((await told(page)).filter((line) => /resumed|gap|warning|error/.test(line))).toEqual(['resumed']);
    },
  );

  testWith(['offline'], 'a network that is back ends the wait for the next connection', async () => {
    const servers = await sameSite();
    const profile = await newProfile();
    const page = await openPage({ profile });
    await page.evaluate((hosts) => void window.tools.channel(hosts, { backoffMs: 3_600_000 }), servers.hosts);
    await openAt(page, servers.a);
    await profile.setOffline(true);
    await Promise.all([servers.a.kill(), servers.b.kill()]);
    await page.evaluate(() => window.tools.heard.send(1));
    // The first round is over: by itself, the next one would most likely begin in half an hour.
    await untilIn(page, () => window.tools.log.length === 3, null, 'not every connection has ended');
    await servers.b.restart();
    expect(await told(page)).toEqual(['connecting start', 'open start', 'reconnecting lost']);
    await profile.setOffline(false);
    await openAt(page, servers.b);
    await heard(page, 1);
    expect(got(servers)).toEqual([1]);
  });
});
