import { describe, expect, test } from 'vitest';
import { createFailover } from '../../../../src/index.default.ts';
import { FakeSocket } from '../fakeSocket.ts';
import { A, B, channelWorld } from './world.ts';

/** What users of other libraries have reported: a channel must not have it. */
describe('a channel', () => {
  test('keeps its listeners through any number of hosts (socket.io#3279)', async () => {
    const { channel, servers, network, messages, listen, pass } = channelWorld();
    listen();
    await pass(0);
    for (const [at, host] of [A, B, A, B].entries()) {
      const other = host === A ? B : A;
      servers.speak(at);
      network.set(host, 'refuse');
      network.set(other, 'ok');
      servers.manners.delete(other);
      servers.kill(host);
      await pass(60_000);
      expect(channel.state.host).toBe(other);
    }
    expect(messages).toEqual([0, 1, 2, 3]);
  });

  test('loses nothing where the link drops while its outbox is replayed, however often (mqttjs#2015)', async () => {
    const { channel, servers, pass } = channelWorld({ server: { window: [4, 1_048_576] } });
    await pass(0);
    for (const host of [A, B]) servers.kill(host);
    const wanted = Array.from({ length: 40 }, (_, at) => at);
    const sends = wanted.map((n) => channel.send(n));
    await pass(1_000);
    servers.manners.clear();
    for (let cuts = 0; cuts < 5; cuts++) {
      const before = servers.lines.length;
      // The server takes a few, and the link breaks before it has said so.
      while (servers.lines.length === before) await pass(50);
      servers.last.cut();
    }
    await pass(60_000);
    await Promise.all(sends);
    expect(servers.got).toEqual(wanted);
  });

  test('resumes before the first message has come, and time and again (socket.io#5538, osu#35658)', async () => {
    const { channel, servers, news, messages, listen, pass } = channelWorld();
    listen();
    await pass(0);
    for (let cuts = 0; cuts < 6; cuts++) {
      servers.last.cut();
      await pass(30_000);
    }
    servers.speak('first');
    await channel.send('first');
    const told = news();
    expect(told.filter((line) => line === 'resumed')).toHaveLength(6);
    expect(told.filter((line) => line.startsWith('gap'))).toEqual([]);
    expect([messages, servers.got]).toEqual([['first'], ['first']]);
  });

  test('does not flap to and from a better host that comes and goes (WAVS#978)', async () => {
    const { servers, network, pass } = channelWorld();
    await pass(0);
    for (let at = 0; at < 20; at++) {
      network.set(A, 'refuse');
      servers.kill(A);
      await pass(3_000);
      network.set(A, 'ok');
      servers.manners.delete(A);
      await pass(3_000);
    }
    // Two minutes of a host that is back for 3 s each time: it has to stay for longer than that.
    expect(servers.lines.filter(({ origin }) => origin === A).length).toBeLessThan(5);
    expect(servers.last.origin).toBe(B);
  });
});

/** Lets go on whatever waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await null;
}

test('createFailover().close() ends its channels, sockets and streams', async () => {
  const sockets: FakeSocket[] = [];
  class Platform extends FakeSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  }
  const WebSocket = Platform as never;
  const failover = createFailover({
    hosts: [A, B],
    fetch: async () => new Response('', { headers: { 'content-type': 'text/event-stream' } }),
    socket: { WebSocket },
  });
  await failover.ready;
  const channel = failover.channel('/channel', { WebSocket });
  const socket = new failover.WebSocket('/live');
  const stream = new failover.EventSource('/events');
  const sent = channel.send('x').catch((error) => error.code);
  await turns();
  expect(sockets).toHaveLength(2);
  failover.close();
  await channel.close();
  await turns();
  expect([channel.state.kind, socket.readyState, stream.readyState, await sent]).toEqual(['stopped', 3, 2, 'CLOSED']);
  expect(sockets.map(({ closes }) => closes.length)).toEqual([1, 1]);
});
