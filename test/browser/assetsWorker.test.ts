import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSiteOptions } from '../../src/site/options.ts';
import type { Server } from '../rig/cluster.ts';
import { useRig } from '../rig/vitest.ts';
import { until } from '../rig/wait.ts';
import type { AssetWish } from './assets/page.ts';
import { askedFor, integrityOf, writeSite } from './assets/site.ts';
import { bundle } from './rig/bundle.ts';
import { temporaryFolder } from './rig/profile.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine } from './rig/vitest.ts';

/** The page may load from itself and the origins that it names; where the worker gets a file is none of its policy's business. */
const page = (
  allowed: readonly string[],
  register = 'register.js',
) => `<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'self' ${allowed.join(' ')}">
<title>Assets</title><script src="/tools.js"></script><script src="/${register}"></script><body></body></html>`;

/** The worker that `npx switchover init` writes. */
async function standalone(hosts: readonly string[]): Promise<string> {
  const config = readSiteOptions({ hosts, mode: 'transparent' });
  return `self.SWITCHOVER = ${JSON.stringify(config)};\n${await bundle('src/serviceWorker/standalone/transparent.ts')}`;
}

/** Every kind of file, each with an address of its own. */
function everyKind(origin: string, tag: string, kinds: readonly AssetWish['kind'][]): AssetWish[] {
  const names: Readonly<Record<AssetWish['kind'], string>> = {
    classic: 'classic.js',
    module: 'module.js',
    import: 'module.js',
    style: 'style.css',
    image: 'image.png',
    srcset: 'image.png',
    picture: 'image.png',
    font: 'font.woff2',
    worker: 'worker.js',
    fetch: 'data.json',
    audio: 'sound.wav',
    source: 'sound.wav',
  };
  return kinds.map((kind) => ({ kind, url: `${origin}/${names[kind]}?${kind}-${tag}` }));
}

const pathOf = ({ url }: AssetWish): string => new URL(url).pathname + new URL(url).search;

const OWN = ['classic', 'module', 'import', 'style', 'image', 'srcset', 'font', 'worker'] as const;
const FOREIGN = ['classic', 'module', 'import', 'style', 'image', 'srcset', 'font', 'fetch'] as const;

eachEngine(({ openTab, name }) => {
  describe('with a worker', () => {
    const rig = useRig({ for: 'all' });
    const good = temporaryFolder('good');
    const forged = temporaryFolder('forged');
    let a: Server;
    let b: Server;
    let dead: Server;
    let failing: Server;
    let mute: Server;
    let forger: Server;
    let stranger: Server;
    let tab: Tab;
    const at = (server: Server, hostname: string) => `http://${hostname}.localhost:${server.port}`;

    beforeAll(async () => {
      const serve = (label: string, folder = good.path) => rig.server({ name: label, settings: { site: { folder } } });
      [a, b, dead, failing, mute, forger, stranger] = await Promise.all([
        serve('a'),
        serve('b'),
        serve('dead'),
        serve('failing'),
        serve('mute'),
        serve('forger', forged.path),
        serve('stranger'),
      ]);
      const groups = [
        [at(dead, 'dead'), at(b, 'b1')],
        [at(failing, 'failing'), at(b, 'b2')],
        [at(mute, 'mute'), at(b, 'b3')],
        [at(forger, 'forger1'), at(b, 'b4')],
        [at(forger, 'forger2'), at(forger, 'forger3')],
      ];
      const options = {
        hosts: [at(a, 'a.app'), at(b, 'b.app')],
        assets: groups,
        navigationMs: 700,
        waryNavigationMs: 700,
      };
      const allowed = [...groups.flatMap(([first]) => first ?? []), at(stranger, 'stranger')];
      await writeSite(good.path, {
        'index.html': page(allowed),
        'register.js': `navigator.serviceWorker.register('/sw.js');`,
        'standalone.html': page([], 'standalone.js'),
        'switchover-offline.html': '<!doctype html><html lang="en"><title>Offline</title></html>',
        'standalone.js': `navigator.serviceWorker.register('/standalone-sw.js');`,
        'standalone-sw.js': await standalone([at(a, 'c.app'), at(b, 'b.app')]),
        'sw.js': `const OPTIONS = ${JSON.stringify(options)};\n${await bundle('test/browser/assets/worker.ts')}`,
      });
      await writeSite(forged.path, { 'classic.js': 'assets.ran.push("forged")', 'style.css': '/* forged */' });
      await dead.kill();
      await failing.mode({ kind: 'status', status: 503 });
      await mute.mode({ kind: 'mute' });
    });
    afterAll(() => {
      good.remove();
      forged.remove();
    });

    const load = (wishes: readonly AssetWish[]) => tab.evaluate((all) => window.assets.load(all), wishes);
    const open = async () => {
      tab = await openTab(`${at(a, 'a.app')}/`);
      await until(
        () => tab.evaluate(() => navigator.serviceWorker.controller !== null),
        20_000,
        () => 'no worker',
      );
    };

    /** From now on the browser has a cookie for this host. */
    const withCookie = async (server: Server) => {
      const origin = at(server, `${server.name}.app`);
      const other = await openTab(`${origin}/?cookie`);
      await other.evaluate(() => {
        // biome-ignore lint/suspicious/noDocumentCookie: what a sign-in leaves behind.
        document.cookie = 'secret=1';
      });
      await other.reload();
      expect(server.counts().received.some(({ cookie }) => cookie === 'secret=1')).toBe(true);
      await other.close();
    };

    test('every kind of file comes from the next origin, for one request more, under the page’s own policy', async () => {
      await open();
      const cases = [
        { origin: at(dead, 'dead'), tag: 'dead', first: 0, server: dead },
        { origin: at(failing, 'failing'), tag: 'failing', first: 1, server: failing },
        { origin: at(mute, 'mute'), tag: 'mute', first: 1, server: mute },
      ];
      for (const { origin, tag, first, server } of cases) {
        const wishes = everyKind(origin, tag, FOREIGN);
        expect([tag, await load(wishes)]).toEqual([tag, FOREIGN.map(() => 'ok')]);
        expect(askedFor(b, `-${tag}`)).toEqual(Object.fromEntries(wishes.map((wish) => [pathOf(wish), 1])));
        for (const times of Object.values(askedFor(server, `-${tag}`))) expect(times).toBe(first);
        // What is known of the origin now spares it the next request.
        await load(everyKind(origin, `${tag}-again`, ['image']));
        expect(askedFor(server, `-${tag}-again`)).toEqual({});
      }
      expect(askedFor(stranger, '')).toEqual({});
    });

    test('a part of a file is the same part from elsewhere, and nobody is asked for leave first', async () => {
      await open();
      const url = `${at(dead, 'dead')}/sound.wav?part`;
      const part = await tab.evaluate(async (from) => {
        const response = await fetch(from, { headers: { range: 'bytes=0-3' } });
        return [response.status, response.headers.get('content-range'), await response.text()];
      }, url);
      expect(part).toEqual([206, 'bytes 0-3/844', 'RIFF']);
      const asked = b.counts().received.filter(({ path }) => path.endsWith('?part'));
      expect(asked.map(({ method, range }) => [method, range])).toEqual([['GET', 'bytes=0-3']]);
    });

    test('what an origin has forged is refused, and had from the next where there is one', async () => {
      await open();
      const wish = (kind: 'classic' | 'style', file: string, origin: string, tag: string): AssetWish => ({
        kind,
        url: `${origin}/${file}?${tag}`,
        integrity: integrityOf(file),
        crossOrigin: 'anonymous',
      });
      const both = (origin: string, tag: string) => [
        wish('classic', 'classic.js', origin, tag),
        wish('style', 'style.css', origin, tag),
      ];
      expect(await load(both(at(forger, 'forger1'), 'one'))).toEqual(['ok', 'ok']);
      expect(await load(both(at(forger, 'forger2'), 'all'))).toEqual(['error', 'error']);
      expect(await tab.evaluate(() => window.assets.ran)).toEqual(['classic']);
    });

    test('origins that are not listed, and what a page fetches from its hosts, are left alone', async () => {
      await open();
      await stranger.mode({ kind: 'status', status: 503 });
      const before = b.counts().requests;
      const [image, own] = await load([
        { kind: 'image', url: `${at(stranger, 'stranger')}/image.png?x` },
        { kind: 'fetch', url: `${at(a, 'a.app')}/absent.json` },
      ]);
      expect([image, own]).toEqual(['error', 'not the file']);
      expect(b.counts().requests).toBe(before);
    });

    test('a page whose host was killed gets the rest of its files from the other', async () => {
      await open();
      expect(await load(everyKind(at(a, 'a.app'), 'well', OWN))).toEqual(OWN.map(() => 'ok'));
      expect(askedFor(b, '-well')).toEqual({});
      await withCookie(b);
      await a.kill();
      const wishes = everyKind(at(a, 'a.app'), 'killed', OWN);
      expect(await load(wishes)).toEqual(OWN.map(() => 'ok'));
      expect(askedFor(b, '-killed')).toEqual(Object.fromEntries(wishes.map((wish) => [pathOf(wish), 1])));
      const sent = b.counts().received.filter(({ path }) => path.endsWith('-killed'));
      expect(sent.map(({ cookie }) => cookie)).toEqual(OWN.map(() => null));
      const checked = ['classic.js', 'style.css'].map((file) => ({
        kind: file === 'style.css' ? ('style' as const) : ('classic' as const),
        url: `${at(a, 'a.app')}/${file}?checked`,
        integrity: integrityOf(file),
      }));
      expect(await load(checked)).toEqual(['ok', 'ok']);
      const [fetched] = await load([{ kind: 'fetch', url: `${at(a, 'a.app')}/data.json?own` }]);
      expect(fetched).not.toBe('ok');
      if (name !== 'webkit') expect(await load(everyKind(at(a, 'a.app'), 'sound', ['audio']))).toEqual(['ok']);
      await a.restart();
    });

    test('the worker that is one file does the same, also where pages come from a backup', async () => {
      tab = await openTab(`${at(a, 'c.app')}/standalone.html`);
      await tab.evaluate(async () => void (await navigator.serviceWorker.ready));
      await tab.reload();
      expect(await tab.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
      await a.kill();
      const wishes = everyKind(at(a, 'c.app'), 'standalone', OWN);
      expect(await load(wishes)).toEqual(OWN.map(() => 'ok'));
      expect(askedFor(b, '-standalone')).toEqual(Object.fromEntries(wishes.map((wish) => [pathOf(wish), 1])));
    });
  });
});
