import { expect, test } from 'vitest';
import { useRig } from '../rig/vitest.ts';
import { FAULTS } from './navigation/faults.ts';
import { install, startWorkerSite, visit, type WorkerSite } from './navigation/site.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine } from './rig/vitest.ts';

const APP = `<!doctype html><meta charset="utf-8"><title>%SERVER%</title>
<link rel="stylesheet" href="/app.css"><script>window.inline = true;</script><script type="module" src="/app.js"></script>
<body><img src="/image.svg"></body>`;

const POLICY = `default-src 'self'`;

const files = {
  'app.html': APP,
  'app.css': 'body { --style: yes }',
  'app.js': `import { name } from './dependency.js'; window.module = name;`,
  'dependency.js': `export const name = 'module';`,
  'image.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>',
};

/** What a backup has to allow. */
const settings = { headers: { 'access-control-expose-headers': 'Content-Security-Policy' } };

const answers = {
  '/app': {
    headers: { 'content-security-policy': POLICY },
  },
  '/moved': { status: 302, headers: { location: '/app?from=moved' } },
};

/** What works in a page, in the words of the page. */
const works = (tab: Tab) =>
  tab.evaluate(async () => {
    const image = document.querySelector('img') as HTMLImageElement;
    await image.decode().catch(() => {});
    const text = async (path: string, init?: RequestInit) => (await fetch(path, init)).text();
    const events = await new Promise<string>((resolve) => {
      const source = new EventSource('/sse?count=3&everyMs=20');
      let seen = '';
      source.onmessage = ({ data, lastEventId }) => {
        seen += data;
        if (lastEventId === '3') {
          source.close();
          resolve(seen);
        }
      };
    });
    const reader = (await fetch('/stream?chunks=3&everyMs=300')).body?.getReader();
    const first = await reader?.read();
    const isStreaming = first?.done === false && first.value.length < 300;
    await reader?.cancel();
    const upload = await text('/work', { method: 'POST', body: JSON.stringify({ id: 'posted' }) });
    const echo = JSON.parse(
      await text('/echo', {
        method: 'PUT',
        body: 'x'.repeat(100_000),
        headers: { authorization: 'Bearer 1', 'x-own': '2' },
      }),
    );
    const { module, inline } = window as unknown as Record<string, unknown>;
    return {
      origin: location.origin,
      stored: localStorage.getItem('kept'),
      style: getComputedStyle(document.body).getPropertyValue('--style').trim(),
      image: image.naturalWidth,
      module,
      // Only where the policy is lost does it run.
      inline,
      events,
      isStreaming,
      posted: JSON.parse(upload).id,
      bytes: echo.body.bytes,
      cookie: echo.headers.cookie,
      authorization: echo.headers.authorization,
      own: echo.headers['x-own'],
      hasProbed: await fetch('/switchover-health.txt', { redirect: 'error' }).then(
        () => true,
        () => false,
      ),
    };
  });

const ALL = {
  stored: 'yes',
  style: 'yes',
  image: 7,
  module: 'module',
  events: '123',
  isStreaming: true,
  posted: 'posted',
  bytes: 100_000,
  authorization: 'Bearer 1',
  own: '2',
};

eachEngine(({ openTab }) => {
  const rig = useRig();

  async function start(): Promise<readonly [site: WorkerSite, tab: Tab]> {
    const site = await startWorkerSite(
      rig,
      { mode: 'transparent', dwellMs: 1_000, holdMs: 0 },
      { files, answers, settings },
    );
    const tab = await openTab(`${site.a.url}/`);
    await install(tab);
    await tab.evaluate(() => {
      localStorage.setItem('kept', 'yes');
      // biome-ignore lint/suspicious/noDocumentCookie: the CookieStore is not in all engines
      document.cookie = 'own=1';
    });
    return [site, tab];
  }

  test('a page of the backup works under the address of the dead server, with all that the page had', async () => {
    const [{ a, b }, tab] = await start();
    expect(await visit(tab, `${a.url}/app`)).toBe(`a ${a.url}/app`);
    expect(await works(tab)).toEqual({ ...ALL, origin: a.url, cookie: 'own=1', hasProbed: true });
    await a.kill();
    expect(await visit(tab, `${a.url}/app?q=1#here`)).toBe(`b ${a.url}/app?q=1#here`);
    expect(await works(tab)).toEqual({ ...ALL, origin: a.url, hasProbed: false });
    expect(b.processed().get('posted')).toBe(1);
    // A redirect of the backup's stays at the address of the own host; one to anywhere else leads nowhere.
    expect(await visit(tab, `${a.url}/moved`)).toBe(`b ${a.url}/app?from=moved`);
    const evil = await rig.server({ name: 'evil', hostname: 'evil.localhost' });
    await b.configure({
      site: { folder: '', answers: { '/away': { status: 302, headers: { location: `${evil.url}/item/1` } } } },
    });
    expect(await visit(tab, `${a.url}/away`)).toBe(`offline ${a.url}/away`);
  });

  test('nobody waits for a server that is known to be out, and it has its pages again once it is proven', async () => {
    const [{ a }, tab] = await start();
    await a.mode({ kind: 'mute', only: 'navigations' });
    expect(await visit(tab, `${a.url}/app`)).toBe(`b ${a.url}/app`);
    for (let time = 1; time <= 3; time++)
      expect(await visit(tab, `${a.url}/app?${time}`)).toBe(`b ${a.url}/app?${time}`);
    await a.mode({ kind: 'ok' });
    for (let shown = 'b', time = 1; shown === 'b'; time++) {
      expect(time).toBeLessThan(1_000);
      shown = (await visit(tab, `${a.url}/app?again=${time}`))[0] ?? '';
    }
    expect(await tab.title()).toBe('a');
  });

  test('what a page reads moves when its server fails; what it writes does not', async () => {
    const [{ a, b }, tab] = await start();
    await visit(tab, `${a.url}/app`);
    await a.mode({ kind: 'resetBeforeHeaders' });
    const status = (path: string, method: string) =>
      tab.evaluate(
        ([to, how]) =>
          fetch(to, { method: how, body: how === 'POST' ? '{"id":"once"}' : null }).then(
            (answer) => answer.status,
            () => 0,
          ),
        [path, method] as const,
      );
    expect(await status('/work', 'POST')).toBe(0);
    expect(await status('/item/1', 'GET')).toBe(200);
    expect(b.processed().has('once')).toBe(false);
  });

  test('a page whose server fails in whatever way is the backup’s', async () => {
    const { a, b, writeWorker } = await startWorkerSite(rig, { mode: 'transparent' }, { settings });
    // One server under many names: each has a worker that knows nothing yet.
    const names = Object.keys(FAULTS).map((_, index) => `http://a${index}.localhost:${a.port}`);
    await writeWorker({ hosts: [b.url, ...names] });
    const tab = await openTab();
    const seen: string[] = [];
    for (const [index, [fail, mend]] of Object.values(FAULTS).entries()) {
      await tab.goto(`${names[index]}/`);
      await install(tab);
      await fail(a);
      seen.push(await visit(tab, `${names[index]}/news?of=${index}#today`));
      await mend(a);
    }
    expect(seen).toEqual(names.map((name, index) => `b ${name}/news?of=${index}#today`));
  });
});
