import { expect, test } from 'vitest';
import { until } from '../../rig/wait.ts';
import { eachEngine, untilIn } from '../rig/vitest.ts';
import { arrivedAt, numbersOf, openAt, say, talking, told, useApp } from './setup.ts';

const LIMIT_MS = 20_000;
const start = useApp();

eachEngine((browser) => {
  for (const way of ['fragment', 'form', 'offline page'] as const) {
    test(`a user who moves to another site stays signed in, and loses nothing that was said: by ${way}`, async () => {
      const hosts = await start();
      const [a, b] = hosts.origins;
      const { tab, token } = await talking(browser, `${a}/room?of=ann#door`, 'ann');
      await say(tab, 1);
      await untilIn(tab, () => window.journey.heard.got.length === 1, null, 'no answer');
      // Nobody takes what is said now: one host is dead, the other stands still.
      await hosts.b.freeze();
      await hosts.a.kill();
      await say(tab, 2, 3);
      await tab.evaluate(([how, where]) => window.journey.leave(how, where), [way, b] as const);
      await untilIn(tab, () => window.journey.log.includes('closed'), null, 'the channel is not closed');
      await hosts.b.thaw();
      await arrivedAt(tab, b);
      expect(await tab.evaluate(() => window.journey.arrival)).toEqual({
        kind: 'arrived',
        already: false,
        data: { hello: 'ann' },
        unpacked: true,
      });
      expect(await tab.url()).toBe(`${b}/room?of=ann#door`);
      expect(await tab.evaluate(() => window.journey.me())).toBe('ann');
      await openAt(tab, b);
      await say(tab, 4);
      await untilIn(tab, () => window.journey.heard.got.length === 3, null, 'not all answers');
      expect(numbersOf(hosts)).toEqual([1, 2, 3, 4]);
      expect(await told(tab)).toEqual(['resumed']);
      await expectNoSecret(hosts.log(), [token]);
      // The code is gone from the page before any other script could see it, and a reload does not show it again.
      const seen = await tab.evaluate(() => window.journey.seen);
      expect(seen[1]).toBe(`${b}/room?of=ann#door`);
      await tab.reload();
      await arrivedAt(tab, b);
      expect(await tab.evaluate(() => window.journey.arrival?.kind)).toBe('none');
      expect(await tab.evaluate(() => window.journey.me())).toBe('ann');
    });
  }

  test('the copy that is left behind does nothing twice, and the session that comes back takes its place', async () => {
    const hosts = await start();
    const [a, b] = hosts.origins;
    const { tab } = await talking(browser, `${a}/`, 'ann');
    await say(tab, 1);
    await untilIn(tab, () => window.journey.heard.got.length === 1, null, 'no answer');
    await hosts.b.freeze();
    await hosts.a.kill();
    await say(tab, 2);
    await tab.evaluate((where) => window.journey.leave('fragment', where), b);
    await untilIn(tab, () => window.journey.log.includes('closed'), null, 'the channel is not closed');
    await hosts.b.thaw();
    await arrivedAt(tab, b);
    await openAt(tab, b);
    await untilIn(tab, () => window.journey.heard.got.length === 1, null, 'no answer');
    await hosts.a.restart();
    // The user types the first address: what was stored there is a state of the past.
    const other = await browser.openTab(`${a}/`);
    await openAt(other, a);
    await untilIn(
      other,
      () => window.journey.heard.told.some((line) => line.includes('UNKNOWN_FATE')),
      null,
      'no word of it',
    );
    await say(other, 3);
    await untilIn(other, () => window.journey.heard.accepted.length === 1, null, 'not accepted');
    await say(tab, 4);
    await untilIn(tab, () => window.journey.heard.got.length === 2, null, 'no answer');
    expect(numbersOf(hosts)).toEqual([1, 2, 3, 4]);
    await other.close();
    // And back, by a move: the newer state is the one that counts.
    await tab.evaluate((where) => window.journey.leave('fragment', where), a);
    await arrivedAt(tab, a);
    expect(await tab.evaluate(() => window.journey.arrival)).toMatchObject({ kind: 'arrived', already: true });
    await openAt(tab, a);
    await say(tab, 5);
    await until(
      () => numbersOf(hosts).length === 5,
      LIMIT_MS,
      () => 'the last one has not come',
    );
    expect(numbersOf(hosts)).toEqual([1, 2, 3, 4, 5]);
    expect(await told(tab)).toEqual(['resumed']);
  });

  test('nothing that is stored is shared by the sites by itself', async () => {
    const hosts = await start();
    const [a, b] = hosts.origins;
    const tab = await browser.openTab(`${a}/`);
    await tab.evaluate(() => localStorage.setItem('mark', 'here'));
    await tab.goto(`${b}/`);
    const framed = await tab.evaluate(
      (src) =>
        new Promise((resolve) => {
          addEventListener('message', ({ data }) => resolve(data));
          const frame = document.createElement('iframe');
          frame.src = src;
          document.body.append(frame);
        }),
      `${a}/frame`,
    );
    expect(framed).toBe('nothing');
  });
});

async function expectNoSecret(log: string, secrets: readonly string[]): Promise<void> {
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const places = lines.flatMap(({ url = '', referer }) => [url, referer ?? '']);
  expect(places.filter((place: string) => place.includes('switchover-code'))).toEqual([]);
  for (const secret of secrets) expect(log).not.toContain(secret);
}
