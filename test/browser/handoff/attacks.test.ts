import { beforeAll, expect, test } from 'vitest';
import { codeFor, type Hosts, signedIn } from '../../node/handoff/setup.ts';
import { until } from '../../rig/wait.ts';
import type { Tab } from '../rig/tab.ts';
import { eachEngine, untilIn } from '../rig/vitest.ts';
import { arrivedAt, useApp } from './setup.ts';

const LIMIT_MS = 20_000;

eachEngine((browser) => {
  const start = useApp({ for: 'all' });
  let hosts: Hosts;
  /** A site of the attacker's: it has the same pages, and is not listed. */
  let evil: string;
  beforeAll(async () => {
    hosts = await start();
    evil = `http://evil.localhost:${hosts.a.port}`;
  });

  const me = (tab: Tab) => tab.evaluate(() => window.journey.me());
  const arrival = (tab: Tab) => tab.evaluate(() => JSON.parse(JSON.stringify(window.journey.arrival)));

  for (const policy of ['strict-origin-when-cross-origin', 'no-referrer']) {
    test(`a link to the attacker's own session signs nobody in (${policy})`, async () => {
      const [, b] = hosts.origins;
      const code = await codeFor(hosts, 'mallory');
      const tab = await browser.openTab(`${evil}/?policy=${policy}`);
      await tab.evaluate((address) => location.assign(address), `${b}/#switchover-code=${code}&door`);
      await arrivedAt(tab, b);
      expect(await arrival(tab)).toMatchObject({ kind: 'refused', error: { code: 'HANDOFF_REFUSED' } });
      expect(await me(tab)).toBe(null);
      expect(await tab.url()).toBe(`${b}/#door`);
    });
  }

  test("a form to the attacker's own session signs nobody in", async () => {
    const [, b] = hosts.origins;
    const code = await codeFor(hosts, 'mallory');
    const tab = await browser.openTab(`${evil}/`);
    await tab.evaluate(
      ([action, value]) => {
        const form = document.createElement('form');
        form.method = 'post';
        form.action = action;
        const input = document.createElement('input');
        input.name = 'code';
        input.value = value;
        form.append(input);
        document.body.append(form);
        form.submit();
      },
      [`${b}/switchover-handoff/enter`, code] as const,
    );
    await untilIn(tab, () => document.documentElement.textContent.includes('origin'), null, 'no refusal is shown');
    // Whatever it has set there would be found now.
    await tab.goto(`${b}/#switchover-code=entered`);
    await arrivedAt(tab, b);
    expect(await arrival(tab)).toMatchObject({ kind: 'refused' });
    expect(await me(tab)).toBe(null);
  });

  test('a page of another origin gets no code, even for a token that it has', async () => {
    const [, b] = hosts.origins;
    const { token } = await signedIn(hosts.a, 'ann');
    const tab = await browser.openTab(`${evil}/`);
    const ask = (type: string) =>
      tab.evaluate(
        async ([url, body, contentType]) => {
          try {
            const answer = await fetch(url, { method: 'POST', body, headers: { 'Content-Type': contentType } });
            return await answer.text();
          } catch {
            return 'nothing';
          }
        },
        [`${b}/switchover-handoff/mint`, JSON.stringify({ token }), type] as const,
      );
    // The second is not even asked about beforehand.
    expect([await ask('application/json'), await ask('text/plain')]).toEqual(['nothing', 'nothing']);
  });

  test('a user who is signed in stays who he is, and what is stored stays his', async () => {
    const [a, b] = hosts.origins;
    const tab = await browser.openTab(`${b}/`);
    const token = await tab.evaluate(() => window.journey.signIn('victim'));
    const parcel = { version: 1, entries: [['switchover:app:handoff', 'planted']] };
    const code = await codeFor(hosts, 'mallory', parcel);
    // A listed host has a page that leads wherever it is told to.
    await tab.goto(`${a}/`);
    await tab.evaluate((address) => location.assign(address), `${b}/#switchover-code=${code}`);
    await arrivedAt(tab, b);
    expect(await arrival(tab)).toMatchObject({ kind: 'refused', error: { code: 'HANDOFF_REFUSED' } });
    expect(await me(tab)).toBe('victim');
    expect(await tab.evaluate(() => window.journey.moves.storage.get('switchover:app:handoff'))).toBe(token);
  });

  test('a code is shown once, even where the site hides where its users come from', async () => {
    const [a, b] = hosts.origins;
    for (const way of ['fragment', 'form'] as const) {
      const tab = await browser.openTab(`${a}/?policy=no-referrer`);
      await tab.evaluate(() => window.journey.signIn('ann'));
      await tab.evaluate(([how, where]) => window.journey.leave(how, where), [way, b] as const);
      await arrivedAt(tab, b);
      expect([way, await arrival(tab)]).toMatchObject([way, { kind: 'arrived' }]);
      const shown = await tab.evaluate(() => window.journey.seen[0] ?? '');
      await tab.goto(shown.replace('policy', 'again'));
      await arrivedAt(tab, b);
      expect([way, await arrival(tab)]).toMatchObject([way, { kind: 'refused' }]);
      expect(await me(tab)).toBe('ann');
    }
  });

  test('a host that gives no code leaves the page where it is', async () => {
    const [a, b] = hosts.origins;
    const tab = await browser.openTab(`${a}/`);
    const said = async (where: string, what: RegExp): Promise<void> => {
      await tab.evaluate((backup) => window.journey.leave('fragment', backup), where);
      await until(
        async () => what.test((await tab.evaluate(() => window.journey.log)).join('\n')),
        LIMIT_MS,
        () => `nothing is said of ${what}`,
      );
    };
    await said(b, /There is no token/);
    await tab.evaluate(() => window.journey.moves.keep('of another app'));
    await said(b, /gave no code for the session \(401\)/);
    await said(evil, /evil.localhost.* is not another one of the listed hosts/);
    expect(await tab.url()).toBe(`${a}/`);
  });
});
