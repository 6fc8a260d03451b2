import { expect, test } from 'vitest';
import { echoServer, tell, upgrades } from '../node/socket/echo.ts';
import type { Server } from '../rig/cluster.ts';
import { useRig } from '../rig/vitest.ts';
import { until } from '../rig/wait.ts';
import type { Tab } from './rig/tab.ts';
import { eachEngine, untilIn } from './rig/vitest.ts';

const rig = useRig();

/** Two servers of other sites than the page's, and than each other's. */
async function servers(): Promise<readonly [Server, Server, readonly string[]]> {
  const a = await echoServer(rig, 'a', { hostname: 'a.localhost' });
  const b = await echoServer(rig, 'b', { hostname: 'b.localhost' });
  return [a, b, [a.url, b.url]];
}

const told = (page: Tab, line: string) =>
  untilIn(page, (wanted) => window.tools.log.includes(wanted), line, `'${line}' was not told`);

const log = (page: Tab) => page.evaluate(() => window.tools.log);

eachEngine(({ openPage }) => {
  test('gives the platform’s own events and blobs, and lives on at the other server when its own is killed', async () => {
    const [a, b, hosts] = await servers();
    const page = await openPage();
    await page.evaluate((all) => {
      const { log: lines, start } = window.tools;
      const { WebSocket: Socket } = start({ hosts: all });
      const socket = new Socket('/live', ['chat.v2', 'chat.v1']);
      socket.addEventListener('open', () => {
        lines.push(`open ${socket.protocol}`);
        socket.send(new Uint8Array([1, 2, 3]));
      });
      socket.addEventListener('message', async (event) => {
        const { data } = event;
        lines.push(`message ${event.constructor === MessageEvent}`);
        lines.push(data instanceof Blob ? `blob ${new Uint8Array(await data.arrayBuffer())}` : String(data));
        if (data === 'a: end' || data === 'b: end') socket.close(3_000, 'enough');
      });
      socket.addEventListener('close', (event) => {
        lines.push(`close ${event.constructor === CloseEvent} ${event.code} ${event.reason} ${event.wasClean}`);
      });
      Object.assign(window, { socket });
    }, hosts);
    await told(page, 'blob 1,2,3');
    expect((await log(page)).slice(0, 2)).toEqual(['open chat.v2', 'message true']);
    expect((await log(page)).filter((line) => line.startsWith('from'))).toEqual(['from a']);
    await a.kill();
    await told(page, 'from b');
    await untilIn(
      page,
      () => window.tools.log.filter((line) => line === 'blob 1,2,3').length === 2,
      null,
      'no answer of b',
    );
    expect((await log(page)).filter((line) => line === 'open chat.v2')).toHaveLength(2);
    expect((await log(page)).filter((line) => line.startsWith('close'))).toEqual([]);
    await page.evaluate(() => (window as unknown as { socket: WebSocket }).socket.send('end'));
    await told(page, 'close true 3000 enough true');
    await until(
      async () => (await tell(b, { kind: 'count' })) === 0,
      20_000,
      () => 'the server’s side is still open',
    );
  });

  test('has both servers asked though a browser says of neither what is wrong with it', async () => {
    const [a, b, hosts] = await servers();
    // A page sees 1006, and no status.
    await tell(a, { kind: 'upgrades', answer: { status: 503 } });
    await tell(b, { kind: 'upgrades', answer: { status: 500 } });
    const page = await openPage();
    await page.evaluate((all) => {
      const { log: lines, start } = window.tools;
      const { WebSocket: Socket } = start({ hosts: all, socket: { reconnect: false } });
      const socket = new Socket('/live');
      for (const type of ['open', 'error'] as const) socket.addEventListener(type, () => lines.push(type));
      socket.addEventListener('close', ({ code, wasClean }) => lines.push(`close ${code} ${wasClean}`));
    }, hosts);
    await told(page, 'close 1006 false');
    expect(await log(page)).toEqual(['error', 'close 1006 false']);
    expect([upgrades(a), upgrades(b)]).toEqual([1, 1]);
  });

  test('with one link only: it opens at the server that is there, and is closed when that is killed', async () => {
    const [a, b, hosts] = await servers();
    await a.kill();
    const page = await openPage();
    await page.evaluate((all) => {
      const { log: lines, start } = window.tools;
      const { WebSocket: Socket } = start({ hosts: all, socket: { reconnect: false } });
      const socket = new Socket('/live');
      socket.addEventListener('message', ({ data }) => lines.push(data));
      socket.addEventListener('close', ({ code }) => lines.push(`close ${code} ${socket.readyState}`));
    }, hosts);
    await told(page, 'from b');
    await a.restart();
    await b.kill();
    await told(page, 'close 1006 3');
    expect(await log(page)).toEqual(['from b', 'close 1006 3']);
    expect(upgrades(a)).toBe(0);
  });
});
