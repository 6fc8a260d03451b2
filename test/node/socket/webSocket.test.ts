import { describe, expect, test } from 'vitest';
import { namespaceUnavailable } from '../../rig/namespace.ts';
import { useRig } from '../../rig/vitest.ts';
import { until } from '../../rig/wait.ts';
import { connect, echoServer, PLATFORMS, tell, upgrades } from './echo.ts';

const rig = useRig();
const noNamespace = await namespaceUnavailable();
const quick = { firstWaitMs: 50 };
/** Node's own class has no pings: the app's, which the server says back. */
const pings = { ping: () => 'ping', isPong: (data: unknown) => String(data).endsWith(': ping') };

describe.each(PLATFORMS)('a socket over %s', (name, WebSocket) => {
  const heartbeat = { intervalMs: 200, deadMs: 600, ...(name === 'ws' ? {} : pings) };
  const pair = async () => [await echoServer(rig, 'a'), await echoServer(rig, 'b')] as const;

  test('goes on at the other server when its own is killed, and what was sent meanwhile arrives', async () => {
    const [a, b] = await pair();
    const { socket, isAt, hears, log } = connect(rig, [a, b], { WebSocket });
    await isAt(a);
    socket.addEventListener('reconnecting', () => socket.send('meanwhile'), { once: true });
    await a.kill();
    await isAt(b);
    await hears('b: meanwhile');
    expect(log.filter((line) => /^(open|lost|moved|close)/.test(line))).toEqual([
      'open',
      'lost a code 1006',
      'open',
      'moved ab',
    ]);
    socket.close(4000, 'bye');
    await hears('close 4000');
    expect(await tell(b, { kind: 'count' })).toBe(0);
  });

  test('asks the other server at once where the first wait is 0', async () => {
    const [a, b] = await pair();
    const { isAt, socket } = connect(rig, [a, b], { WebSocket, reconnect: { firstWaitMs: 0 } });
    await isAt(a);
    const waits: number[] = [];
    socket.onreconnecting = ({ detail }) => waits.push(detail.delayMs);
    await a.kill();
    await isAt(b);
    expect(waits).toEqual([0]);
    expect(upgrades(b)).toBe(1);
  });

  test('leaves a frozen server, and nothing of it is heard when that thaws', async () => {
    const [a, b] = await pair();
    const { isAt, log } = connect(rig, [a, b], {
      WebSocket,
      heartbeat,
      reconnect: quick,
      staggerMs: 300,
      failback: 'stay',
    });
    await isAt(a);
    await tell(a, { kind: 'say', text: 'before' });
    await a.freeze();
    await isAt(b);
    const told = log.length;
    await a.thaw();
    await isAt(b);
    expect(log.slice(told).filter((line) => line.startsWith('a') || line.startsWith('from a'))).toEqual([]);
    expect(log).toContain('lost a no answer');
  });

  test.skipIf(noNamespace !== undefined)('leaves a server that has vanished from the network', async () => {
    const inside = await rig.namespace();
    const a = await echoServer(rig, 'a', { namespace: inside });
    const b = await echoServer(rig, 'b');
    const { isAt } = connect(rig, [a, b], { WebSocket, heartbeat, reconnect: quick, staggerMs: 300 });
    await isAt(a);
    await inside.blackhole();
    await isAt(b);
  });

  test.skipIf(noNamespace !== undefined)(
    'opens at the second server beside a first one that can’t be reached',
    async () => {
      const inside = await rig.namespace();
      const a = await echoServer(rig, 'a', { namespace: inside });
      const b = await echoServer(rig, 'b');
      await inside.blackhole();
      const { isAt, failover } = connect(rig, [a, b], { WebSocket, staggerMs: 200, openMs: 60_000 });
      await isAt(b);
      expect(failover.status.current).toBe(b.url);
    },
  );

  test('opens at the second server beside a first one that accepts and says nothing', async () => {
    const [a, b] = await pair();
    await tell(a, { kind: 'upgrades', answer: 'mute' });
    const { isAt } = connect(rig, [a, b], { WebSocket, staggerMs: 200, openMs: 60_000, failback: 'stay' });
    await isAt(b);
    expect([upgrades(a), upgrades(b)]).toEqual([1, 1]);
  });

  test('goes elsewhere from a server that restarts (1012), and is not sent there again', async () => {
    const [a, b] = await pair();
    const { isAt, failover } = connect(rig, [a, b], { WebSocket, reconnect: quick });
    await isAt(a);
    await tell(a, { kind: 'close', code: 1012, reason: 'restart; retry-window=0' });
    await isAt(b);
    expect(failover.status.hosts[0]?.state).toBe('inactive');
    expect([upgrades(a), upgrades(b)]).toEqual([1, 1]);
  });

  test('outlives the death of both servers', async () => {
    const [a, b] = await pair();
    const { isAt, reach, log } = connect(rig, [a, b], { WebSocket, reconnect: { ...quick, backoffCapMs: 500 } });
    await isAt(a);
    await Promise.all([a.kill(), b.kill()]);
    await reach(() => log.filter((line) => line.includes('no host opened')).length >= 3, 'no rounds');
    await b.restart();
    await isAt(b);
    expect(log.filter((line) => line.startsWith('close'))).toEqual([]);
  });

  test('moves to another host without a gap', async () => {
    const [a, b] = await pair();
    const { isAt, failover, socket, log, hears } = connect(rig, [a, b], { WebSocket, reconnect: quick });
    await isAt(a);
    const states = new Set<number>();
    const watch = setInterval(() => states.add(socket.readyState), 1);
    failover.prefer(b.url);
    await isAt(b);
    failover.prefer(null);
    await isAt(a);
    clearInterval(watch);
    await hears('moved ba');
    expect([...states]).toEqual([1]);
    expect(log.filter((line) => line.startsWith('lost'))).toEqual([]);
    const isLeft = async () => (await tell(b, { kind: 'count' })) === 0;
    await until(isLeft, 10_000, () => 'the server that was left keeps a connection');
  });

  test('refused twice (4401), with fresh credentials each time, says so and stops', async () => {
    const [a, b] = await pair();
    for (const server of [a, b]) await tell(server, { kind: 'reject', code: 4401 });
    let calls = 0;
    const headers = async () => ({ authorization: `token ${++calls}` });
    const { hears } = connect(rig, [a, b], { WebSocket, reconnect: quick, headers });
    await hears('close 4401');
    const keys = [a, b].flatMap((server) => server.counts().received.map(({ key }) => key));
    expect(keys.filter((key) => key !== null)).toEqual(['token 1', 'token 2']);
  });

  test('carries binary messages as they are', async () => {
    const [a, b] = await pair();
    const { isAt, socket } = connect(rig, [a, b], { WebSocket });
    socket.binaryType = 'arraybuffer';
    await isAt(a);
    const back = new Promise<unknown>((resolve) => {
      socket.addEventListener('message', ({ data }) => resolve(data), { once: true });
    });
    socket.send(new Uint8Array([0, 255, 7]));
    expect(new Uint8Array((await back) as ArrayBuffer)).toEqual(new Uint8Array([0, 255, 7]));
  });

  test('of one connection (`reconnect: false`) fails over while it opens, and no more', async () => {
    const [a, b] = await pair();
    await a.kill();
    const { isAt, hears, log } = connect(rig, [a, b], { WebSocket, reconnect: false });
    await isAt(b);
    await b.kill();
    await hears('close 1006');
    await a.restart();
    expect(log.filter((line) => /^(open|lost|moved)/.test(line))).toEqual(['open']);
    expect(upgrades(a)).toBe(0);
  });
});

test('`ws` tells why an upgrade was refused: 401 is about credentials, and blames nobody (phoenix#5155)', async () => {
  const [, [, WebSocket] = []] = PLATFORMS;
  const a = await echoServer(rig, 'a');
  const b = await echoServer(rig, 'b');
  for (const server of [a, b]) await tell(server, { kind: 'upgrades', answer: { status: 401 } });
  const { hears, failover, log } = connect(rig, [a, b], { WebSocket, reconnect: quick });
  await hears('close 1006');
  expect(log).toContain('lost - http 401');
  expect(failover.status.hosts.map(({ state }) => state)).toEqual(['up', 'up']);
});

test('`ws` hears a standby say so at the upgrade, and blames nobody', async () => {
  const [, [, WebSocket] = []] = PLATFORMS;
  const a = await echoServer(rig, 'a');
  const b = await echoServer(rig, 'b');
  await tell(a, { kind: 'upgrades', answer: { status: 503, headers: 'switchover-role: standby' } });
  const { isAt, failover } = connect(rig, [a, b], { WebSocket });
  await isAt(b);
  expect(failover.status.hosts.map(({ state }) => state)).toEqual(['inactive', 'up']);
});
