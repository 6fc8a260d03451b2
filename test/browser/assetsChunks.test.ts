import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChunkLoader } from '../../src/browser/assets/chunkLoader.ts';
import type { Server } from '../rig/cluster.ts';
import { freePort } from '../rig/ports.ts';
import { useRig } from '../rig/vitest.ts';
import { buildViteApp } from './assets/app.ts';
import { bundle, PROGRAM } from './assets/site.ts';
import { temporaryFolder } from './rig/profile.ts';
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

eachEngine(({ openTab, name }) => {
  describe('chunks of a Vite build', () => {
    const rig = useRig({ for: 'all' });
    const folder = temporaryFolder('vite');
    let home: Server;
    let backup: Server;
    let group: readonly string[];

    beforeAll(async () => {
      const ports = [await freePort('127.0.0.1'), await freePort('127.0.0.1')];
      group = [`http://a.localhost:${ports[0]}`, `http://b.localhost:${ports[1]}`];
      const site = await buildViteApp(join(folder.path, 'app'), group);
      writeFileSync(join(site, 'tools.js'), await bundle('test/browser/assets/page.ts'));
      const [a, b] = ports.map((port) => rig.server({ program: PROGRAM, extra: { folder: site }, port: port ?? 0 }));
      home = await (a as Promise<Server>);
      backup = await (b as Promise<Server>);
    });
    afterAll(() => folder.remove());

    /** A page that has all of itself but its chunks. */
    const open = async (page: string) => {
      const tab = await openTab(`${group[0]}/${page}`);
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
        await home.restart();
        const tab = await open(page);
        await home.kill();
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
        }, group);
        // Firefox takes import maps only before the first module.
        if (name === 'firefox' && page === 'index.html') {
          expect(outcome[0]).toMatch(/TypeError/);
          expect(outcome[2]).toEqual(['page']);
        } else {
          expect(outcome).toEqual([true, true, ['page', 'chunk'], 'yes', 1]);
        }
        await home.restart();
      },
    );

    test('one that has thrown is not run again elsewhere', async () => {
      await home.restart();
      const tab = await open('mapped.html');
      const before = backup.counts().requests;
      const said = await tab.evaluate(async (origins) => {
        const load = window.assets.createChunkLoader({ groups: [origins] });
        return [await window.app.loadBad(load).then(() => 'loaded', String), window.bad];
      }, group);
      expect(said).toEqual(['Error: bad from the start', 1]);
      expect(backup.counts().requests).toBe(before);
    });
  });
});
