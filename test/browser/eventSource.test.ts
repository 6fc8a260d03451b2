import { expect, test } from 'vitest';
import { useRig } from '../rig/vitest.ts';
import { eachEngine, untilIn } from './rig/vitest.ts';

const rig = useRig();

/** Numbered events without an end. A server goes on behind the ID that it is shown. */
const PATH = '/sse?count=1000000&everyMs=10';

eachEngine(({ openPage }) => {
  test('a stream of events goes on behind its last ID at a server of another site', async () => {
    const a = await rig.server({ name: 'a', hostname: 'a.localhost' });
    const b = await rig.server({ name: 'b', hostname: 'b.localhost' });
    const page = await openPage();
    await page.evaluate(
      ({ hosts, path }) => {
        const { log, start } = window.tools;
        const { EventSource: Source } = start({ hosts });
        const source = new Source(path, { withCredentials: true });
        source.onmessage = (event) => log.push(`${event instanceof MessageEvent} ${event.data} ${event.origin}`);
      },
      { hosts: [a.url, b.url], path: PATH },
    );
    const from = (origin: string) =>
      untilIn(
        page,
        (wanted) => window.tools.log.filter((line) => line.endsWith(wanted)).length >= 10,
        origin,
        `fewer than ten events from ${origin}`,
      );
    await from(a.url);
    await a.kill();
    await from(b.url);
    const lines = (await page.evaluate(() => window.tools.log)).map((line) => line.split(' '));
    expect(lines.map(([, data]) => Number(data))).toEqual(lines.map((_, index) => index + 1));
    expect(lines.every(([isMessage]) => isMessage === 'true')).toBe(true);
    // An ID that has to be shown is asked about first, and once; the stream itself, too.
    const asked = b.counts().received.filter(({ path }) => path === PATH);
    expect(asked.map(({ method }) => method)).toEqual(['OPTIONS', 'GET']);
  });
});
