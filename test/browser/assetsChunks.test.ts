import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChunkLoader } from '../../src/browser/assets/chunkLoader.ts';
import { useRig } from '../rig/vitest.ts';
import { buildViteApp } from './assets/app.ts';
import { bundle } from './rig/bundle.ts';
import { temporaryFolder } from './rig/profile.ts';
import { type Site, startSite } from './rig/site.ts';
import { eachEngine } from './rig/vitest.ts';

interface Chunk {
  readonly isShared: boolean;
}

declare global {
  interface Window {
    readonly app: {
      readonly visits: readonly string[];
      plain(): Promise<Chunk>;
      load(load: ChunkLoader): Promise<Chunk>;
      loadBad(load: ChunkLoader): Promise<Chunk>;
    };
    /** How often the page's own module has run. */
    readonly runs?: number;
    readonly bad?: number;
  }
}

const rig = useRig({ for: 'all' });
const project = temporaryFolder('vite');
let site: Site;

beforeAll(async () => {
  site = await startSite(rig, { folder: join(project.path, 'dist') });
  await buildViteApp(project.path, site.hosts);
  site.write('tools.js', await bundle('test/browser/assets/page.ts'));
});
afterAll(() => project.remove());

eachEngine(({ openTab, name }) => {
  describe('chunks of a Vite build', () => {
    /** A page that has all of itself but its chunks. */
    const open = async (page: string) => {
      const tab = await openTab(`${site.a.url}/${page}`);
      await tab.evaluate(async () => {
        const script = document.createElement('script');
        script.src = '/tools.js';
        const loaded = new Promise((resolve) => script.addEventListener('load', resolve));
        document.head.append(script);
        await loaded;
      });
      return tab;
    };

    test.each(['index.html', 'mapped.html'])(
      'in %s one comes from the next origin, and shares what the page has loaded',
      async (page) => {
        await site.a.restart();
        const tab = await open(page);
        await site.a.kill();
        const outcome = await tab.evaluate(async (origins) => {
          window.assets.recover([origins]);
          const load = window.assets.createChunkLoader({ groups: [origins] });
          const first = await window.app.load(load).catch(String);
          const again = await window.app.load(load).catch(String);
          const style = getComputedStyle(document.documentElement).getPropertyValue('--chunk').trim();
          return [
            typeof first === 'string' ? first : first.isShared,
            first === again,
            window.app.visits,
            style,
            window.runs,
          ];
        }, site.hosts);
        // Firefox takes import maps only before the first module.
        if (name === 'firefox' && page === 'index.html') {
          expect(outcome[0]).toMatch(/TypeError/);
          expect(outcome[2]).toEqual(['page']);
        } else {
          expect(outcome).toEqual([true, true, ['page', 'chunk'], 'yes', 1]);
        }
        await site.a.restart();
      },
    );

    test('one that has thrown is not run again elsewhere', async () => {
      await site.a.restart();
      const tab = await open('mapped.html');
      const before = site.b.counts().requests;
      const said = await tab.evaluate(async (origins) => {
        const load = window.assets.createChunkLoader({ groups: [origins] });
        return [await window.app.loadBad(load).then(() => 'loaded', String), window.bad];
      }, site.hosts);
      expect(said).toEqual(['Error: bad from the start', 1]);
      expect(site.b.counts().requests).toBe(before);
    });
  });
});
