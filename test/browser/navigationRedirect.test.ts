import { expect, test } from 'vitest';
import { useRig } from '../rig/vitest.ts';
import { until } from '../rig/wait.ts';
import { FAULTS } from './navigation/faults.ts';
import { install, startWorkerSite, visit } from './navigation/site.ts';
import { eachEngine } from './rig/vitest.ts';

eachEngine(({ openTab }) => {
  const rig = useRig();

  test('a page whose server fails is at the backup, with path, query and fragment', async () => {
    const { a, b } = await startWorkerSite(rig, { mode: 'redirect' });
    const tab = await openTab(`${a.url}/`);
    await install(tab);
    const seen: string[] = [];
    for (const [name, [fail, mend]] of Object.entries(FAULTS)) {
      await fail(a);
      seen.push(`${name}: ${await visit(tab, `${a.url}/news?of=${seen.length}#today`)}`);
      await mend(a);
    }
    expect(seen).toEqual(Object.keys(FAULTS).map((name, index) => `${name}: b ${b.url}/news?of=${index}#today`));
    // Nobody has to come back from anywhere: a look at the server is enough.
    expect(await visit(tab, `${a.url}/news`)).toBe(`a ${a.url}/news`);
    await a.mode({ kind: 'errorPage', only: 'navigations' });
    expect(await visit(tab, `${a.url}/broken`)).toBe(`b ${b.url}/broken`);
    await b.mode({ kind: 'status', status: 503 });
    // No backup is well: what the server says is better than nothing.
    const own = await visit(tab, `${a.url}/alone`);
    expect(own).toContain(`${a.url}/alone`);
    expect(own).not.toContain('offline');
    await a.kill();
    expect(await visit(tab, `${a.url}/dead`)).toBe(`offline ${a.url}/dead`);
  });

  test('no address leads to a host that is not listed, and what a form has sent leads nowhere', async () => {
    const { a, b } = await startWorkerSite(rig, { mode: 'redirect' });
    const evil = await rig.server({ name: 'evil', hostname: 'evil.localhost' });
    const tab = await openTab(`${a.url}/`);
    await install(tab);
    await a.mode({ kind: 'status', status: 503 });
    const host = new URL(evil.url).host;
    const paths = [`//${host}/1`, `/\\${host}/2`, `/%5C${host}/3`, `///${host}/4`, `/@${host}/5`, `/.//${host}/6`];
    for (const path of [...paths, `/?//${host}/7`, `/https://${host}/8`]) {
      await tab.goto(a.url + path);
      expect([path, new URL(await tab.url()).origin]).toEqual([path, b.url]);
    }
    expect(evil.counts().requests).toBe(0);

    await a.mode({ kind: 'ok' });
    await tab.goto(`${a.url}/form`);
    await a.mode({ kind: 'status', status: 503 });
    await tab.evaluate(() => {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = '/echo';
      document.body.append(form);
      form.submit();
    });
    const sent = () => a.counts().received.filter(({ method }) => method === 'POST').length;
    await until(
      // WebKit tells of the address before the server has heard of it.
      async () => (await tab.url().catch(() => '')) === `${a.url}/echo` && sent() > 0,
      20_000,
      () => 'the form is not sent',
    );
    expect(b.counts().received.filter(({ path }) => path === '/echo')).toEqual([]);
    expect(sent()).toBe(1);
  });

  test('hosts that send a page to each other are left alone, and the page stays', async () => {
    const { a, b, folder } = await startWorkerSite(rig, { mode: 'redirect' });
    const tab = await openTab(`${b.url}/`);
    await install(tab);
    await tab.goto(`${a.url}/`);
    await install(tab);
    await a.kill();
    const answers = { '/loop': { status: 302, headers: { location: `${a.url}/loop` } } };
    await b.configure({ site: { folder, answers } });
    expect(await visit(tab, `${a.url}/loop`)).toBe(`offline ${a.url}/loop`);
    // Twice; an engine may ask beside its worker, too.
    expect(b.counts().received.filter(({ path }) => path === '/loop').length).toBeLessThanOrEqual(4);
    // Both look well when they are asked, and neither gives the page.
    await a.restart({ mode: { kind: 'status', status: 503, only: 'navigations' } });
    await b.mode({ kind: 'status', status: 503, only: 'navigations' });
    expect(await visit(tab, `${a.url}/both`)).toMatch(/^offline http:..[ab]\.localhost:\d+\/both$/);
  });

  test('whoever is at the backup is led back at a navigation, once the preferred host has proven itself', async () => {
    const { a, b } = await startWorkerSite(rig, { mode: 'redirect', dwellMs: 1_000, holdMs: 1_000 });
    const tab = await openTab(`${b.url}/`);
    await install(tab);
    await a.kill();
    expect(await visit(tab, `${b.url}/1`)).toBe(`b ${b.url}/1`);
    await a.restart();
    const probes = () => a.counts().received.filter(({ path }) => path === '/switchover-health.txt').length;
    expect(await visit(tab, `${b.url}/2`)).toBe(`b ${b.url}/2`);
    for (let at = b.url, time = 1; at === b.url; time++) {
      expect(time).toBeLessThan(1_000);
      const shown = await visit(tab, `${b.url}/3?time=${time}#here`);
      at = shown.startsWith('a') ? a.url : b.url;
      expect(shown).toBe(`${shown[0]} ${at}/3?time=${time}#here`);
    }
    // Two to prove it, one before it is gone to.
    expect(probes()).toBeGreaterThanOrEqual(3);
    // A host that dies again is left again, and gone back to later than the first time.
    await a.kill();
    expect(await visit(tab, `${b.url}/4`)).toBe(`b ${b.url}/4`);
  });
});
