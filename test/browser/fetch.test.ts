import { expect, test } from 'vitest';
import type { Server } from '../rig/cluster.ts';
import { useRig } from '../rig/vitest.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine, untilIn } from './rig/vitest.ts';

const rig = useRig();

/** Has a page do numbered work, one piece after the other, and write down who did it. */
const work = (page: Tab, hosts: readonly string[]): Promise<void> =>
  page.evaluate((all) => {
    const { log, start } = window.tools;
    const failover = start({ hosts: all });
    const work = async (n: number): Promise<void> => {
      const id = `work-${n}`;
      try {
        const init = { method: 'POST', headers: { 'idempotency-key': id, 'x-request-id': id } };
        const response = await failover.fetch('/work', init);
        const { server } = (await response.json()) as { readonly server: string };
        log.push(`${id} ${server} ${response.headers.get('switchover-role')}`);
      } catch (error) {
        log.push(`${id} failed: ${String(error)}`);
      }
      setTimeout(() => void work(n + 1), 5);
    };
    void work(1);
  }, hosts);

const doneBy = (page: Tab, { name }: Server) =>
  untilIn(
    page,
    (wanted) => window.tools.log.filter((line) => line.endsWith(` ${wanted} active`)).length >= 10,
    name,
    `fewer than ten pieces of work at ${name}`,
  );

eachEngine(({ openPage }) => {
  test('requests to other sites carry on through a kill, and the servers’ headers can be read', async () => {
    const settings = { role: 'active' } as const;
    const a = await rig.server({ name: 'a', hostname: 'a.localhost', settings });
    const b = await rig.server({ name: 'b', hostname: 'b.localhost', settings });
    const page = await openPage();
    await work(page, [a.url, b.url]);
    await doneBy(page, a);
    await a.kill();
    await doneBy(page, b);
    const lines = (await page.evaluate(() => window.tools.log)).map((line) => line.split(' '));
    expect(lines.filter(([, server]) => server === 'failed:')).toEqual([]);
    expect(lines.map(([id]) => id)).toEqual(lines.map((_, index) => `work-${index + 1}`));
    // What one server did may have been done by the other, too, where its answer was cut off: once.
    const twice = [...a.processed().keys()].filter((id) => b.processed().has(id));
    expect(twice.length).toBeLessThanOrEqual(1);
    expect([...a.processed().values(), ...b.processed().values()].every((times) => times === 1)).toBe(true);
  });

  test('a standby of another site sends a page to the active server, whose address it may read', async () => {
    const b = await rig.server({ name: 'b', hostname: 'b.localhost', settings: { role: 'active' } });
    const a = await rig.server({
      name: 'a',
      hostname: 'a.localhost',
      mode: { kind: 'standby', active: b.url, probes: 'spared' },
    });
    const page = await openPage();
    await work(page, [a.url, b.url]);
    await doneBy(page, b);
    expect(a.processed().size).toBe(0);
    expect(await page.evaluate(() => window.tools.log.filter((line) => line.includes('failed')))).toEqual([]);
  });
});
