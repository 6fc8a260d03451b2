import { describe, expect, test } from 'vitest';
import { useRig } from '../rig/vitest.ts';
import { FAULTS } from './navigation/faults.ts';
import { install, startWorkerSite, visit } from './navigation/site.ts';
import { eachEngine } from './rig/vitest.ts';

eachEngine(({ openTab, newProfile, testWith }) => {
  const rig = useRig();

  describe('the offline page', () => {
    test('stands for a page whose server fails in whatever way, at its address, and the page is back when the server is', async () => {
      const { a } = await startWorkerSite(rig);
      const tab = await openTab(`${a.url}/`);
      await install(tab);
      const seen: string[] = [];
      for (const [name, [fail, mend]] of Object.entries(FAULTS)) {
        await fail(a);
        seen.push(`${name}: ${await visit(tab, `${a.url}/news?of=${seen.length}#today`)}`);
        await mend(a);
        seen.push(`${name}: ${await visit(tab, `${a.url}/news`)}`);
      }
      const expected = Object.keys(FAULTS).flatMap((name, index) => [
        `${name}: offline ${a.url}/news?of=${index * 2}#today`,
        `${name}: a ${a.url}/news`,
      ]);
      expect(seen).toEqual(expected);
    });

    test('is let go by a server that hung ten times: no connection to it is held', async () => {
      const { a } = await startWorkerSite(rig, { navigationMs: 700, probeMs: 500 });
      const tab = await openTab(`${a.url}/`);
      await install(tab);
      await a.freeze();
      for (let time = 0; time < 10; time++)
        expect(await visit(tab, `${a.url}/${time}`)).toBe(`offline ${a.url}/${time}`);
      await a.thaw();
      expect(await visit(tab, `${a.url}/again`)).toBe(`a ${a.url}/again`);
    });
  });
});
