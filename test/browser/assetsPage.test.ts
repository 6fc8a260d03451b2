import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EARLY_SNIPPET } from '../../src/browser/assets/earlyFailures.ts';
import type { Server } from '../rig/cluster.ts';
import { useRig } from '../rig/vitest.ts';
import type { AssetWish } from './assets/page.ts';
import { askedFor, integrityOf, writeSite } from './assets/site.ts';
import { temporaryFolder } from './rig/profile.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine, untilIn } from './rig/vitest.ts';

const KINDS = ['classic', 'module', 'style', 'image', 'srcset', 'picture'] as const;
const FILE_OF = { classic: 'classic.js', module: 'module.js', style: 'style.css', image: 'image.png' } as const;

/** A page whose own files lie at a dead origin; its tools come last, as a bundle's do. */
const page = (origin: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Assets</title>
<script>${EARLY_SNIPPET}</script>
<link rel="stylesheet" href="${origin}/style.css?page" integrity="${integrityOf('style.css')}">
<script>var assets = { ran: [] };</script>
<script src="${origin}/classic.js?page" integrity="${integrityOf('classic.js')}"></script>
<script type="module" src="${origin}/module.js?page"></script></head>
<body><img src="${origin}/image.png?page" alt=""></body></html>`;

eachEngine(({ openTab, name }) => {
  describe('without a worker', () => {
    const rig = useRig({ for: 'all' });
    const folder = temporaryFolder('good');
    const forged = temporaryFolder('forged');
    let home: Server;
    let dead: Server;
    let failing: Server;
    let forger: Server;
    let backup: Server;
    let tab: Tab;
    let groups: readonly (readonly string[])[];
    const at = (server: Server, hostname: string) => `http://${hostname}.localhost:${server.port}`;

    beforeAll(async () => {
      const serve = (label: string, path = folder.path) =>
        rig.server({ name: label, settings: { site: { folder: path } } });
      [home, dead, failing, forger, backup] = await Promise.all([
        serve('home'),
        serve('dead'),
        serve('failing'),
        serve('forger', forged.path),
        serve('backup'),
      ]);
      groups = [
        [at(dead, 'dead'), at(backup, 'b1')],
        [at(failing, 'failing'), at(dead, 'dead2'), at(backup, 'b2')],
        [at(forger, 'forger'), at(backup, 'b3')],
        [at(dead, 'dead3'), at(failing, 'failing3')],
      ];
      const empty =
        '<!doctype html><html lang="en"><title>Assets</title><script src="/tools.js"></script><body></body></html>';
      await writeSite(folder.path, { 'index.html': empty, 'page.html': page(at(dead, 'dead')) });
      await writeSite(forged.path, { 'classic.js': 'assets.ran.push("forged")' });
      await dead.kill();
      await failing.mode({ kind: 'status', status: 503 });
    });
    afterAll(() => {
      folder.remove();
      forged.remove();
    });

    const open = async () => {
      tab = await openTab(`${at(home, 'home')}/`);
      await tab.evaluate((all) => window.assets.recover(all), groups);
    };
    const load = (wishes: readonly AssetWish[]) => tab.evaluate((all) => window.assets.load(all), wishes);
    const wishesFor = (origin: string, tag: string): AssetWish[] =>
      KINDS.map((kind) => {
        const file = kind === 'srcset' || kind === 'picture' ? 'image.png' : FILE_OF[kind];
        return { kind, url: `${origin}/${file}?${kind}-${tag}` };
      });
    const paths = (wishes: readonly AssetWish[]) => wishes.map(({ url }) => url.replace(/^http:\/\/[^/]*/, '')).sort();

    test('each element asks each origin of its group once, and the page hears of the end alone', async () => {
      await open();
      const near = wishesFor(at(dead, 'dead'), 'near');
      const far = wishesFor(at(failing, 'failing'), 'far');
      expect(await load([...near, ...far])).toEqual([...KINDS, ...KINDS].map(() => 'ok'));
      expect(Object.keys(askedFor(backup, '-near')).sort()).toEqual(paths(near));
      expect(Object.keys(askedFor(backup, '-far')).sort()).toEqual(paths(far));
      const counts = [askedFor(backup, '-near'), askedFor(backup, '-far'), askedFor(failing, '-far')];
      expect(counts.flatMap((each) => Object.values(each)).every((times) => times === 1)).toBe(true);
      const told = await tab.evaluate(() => window.assets.told);
      expect(told.filter((line) => line.startsWith('recovered'))).toHaveLength(12);

      expect(await load(wishesFor(at(dead, 'dead3'), 'lost'))).toEqual(KINDS.map(() => 'error'));
      expect(Object.values(askedFor(failing, '-lost'))).toEqual(KINDS.map(() => 1));
      const lost = await tab.evaluate(() => window.assets.told.filter((line) => line.startsWith('lost')));
      expect(lost).toHaveLength(KINDS.length);
      // A loader that finds a dead stand-in of its script, as webpack's looks for, would wait for it.
      const scripts = await tab.evaluate(() => [...document.scripts].filter(({ src }) => src.endsWith('-lost')).length);
      expect(scripts).toBe(2);
    });

    test('a forged script is refused, and had from the next origin', async () => {
      await open();
      const url = `${at(forger, 'forger')}/classic.js?forged`;
      expect(await load([{ kind: 'classic', url, integrity: integrityOf('classic.js'), crossOrigin: '' }])).toEqual([
        'ok',
      ]);
      expect(await tab.evaluate(() => window.assets.ran)).toEqual(['classic']);
    });

    test('unlisted origins are left alone, and so is everything once it has ended', async () => {
      await open();
      const before = backup.counts().requests;
      const stranger = `${at(dead, 'stranger')}/image.png?x`;
      expect(await load([{ kind: 'image', url: stranger }])).toEqual(['error']);
      await tab.evaluate(() => window.assets.stop());
      expect(await load([{ kind: 'image', url: `${at(dead, 'dead')}/image.png?ended` }])).toEqual(['error']);
      expect(backup.counts().requests).toBe(before);
    });

    test('what failed before it was called is recovered: styles and scripts by the snippet, images by themselves', async () => {
      tab = await openTab(`${at(home, 'home')}/page.html`);
      expect(await tab.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--loaded'))).toBe(
        '',
      );
      await tab.evaluate(async (all) => {
        const { ran } = window.assets;
        const script = document.createElement('script');
        script.src = '/tools.js';
        const loaded = new Promise((resolve) => script.addEventListener('load', resolve));
        document.head.append(script);
        await loaded;
        ran.push = (...names: string[]) => window.assets.ran.push(...names);
        window.assets.recover(all);
      }, groups);
      await untilIn(tab, () => window.assets.told.length === 4, null, 'not all of the page is recovered');
      expect((await tab.evaluate(() => window.assets.told)).sort()).toEqual([
        'recovered img /image.png',
        'recovered link /style.css',
        'recovered script /classic.js',
        'recovered script /module.js',
      ]);
      expect((await tab.evaluate(() => window.assets.ran)).sort()).toEqual(['classic', 'dependency']);
      const style = await tab.evaluate(() =>
        getComputedStyle(document.documentElement).getPropertyValue('--loaded').trim(),
      );
      expect(style).toBe('yes');
    });

    test('scripts that were to run in order still do', async () => {
      await open();
      const ran = await tab.evaluate(
        async (origin) => {
          const scripts = ['module', 'classic'].map((file, index) => {
            const script = document.createElement('script');
            script.async = false;
            if (index === 0) script.type = 'module';
            script.src = `${origin}/${file}.js?ordered`;
            return script;
          });
          const ends = scripts.map((script) => new Promise((resolve) => script.addEventListener('load', resolve)));
          document.head.append(...scripts);
          await Promise.all(ends);
          return window.assets.ran;
        },
        at(dead, 'dead'),
      );
      expect(ran).toEqual(['dependency', 'classic']);
    });

    test('players go on', async () => {
      // WebKit plays what the system has plug-ins for.
      if (name === 'webkit') return;
      await open();
      const url = `${at(dead, 'dead')}/sound.wav`;
      expect(
        await load([
          { kind: 'audio', url: `${url}?audio` },
          { kind: 'source', url: `${url}?source` },
        ]),
      ).toEqual(['ok', 'ok']);
    });
  });
});
