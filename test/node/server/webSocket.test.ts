import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  attachWebSocketServer,
  createSessionServer,
  memorySessionStore,
  type SessionServerOptions,
  type StoreTransaction,
  type WebSocketServerOptions,
} from '../../../src/server/index.ts';
import { listening } from './listening.ts';
import { RawClient } from './rawClient.ts';

async function serve(
  options: Partial<SessionServerOptions<StoreTransaction>> = {},
  how: Partial<WebSocketServerOptions> = {},
) {
  const { server, port } = await listening();
  const sessions = createSessionServer({
    store: memorySessionStore(),
    authenticate: ({ auth }) => (auth === undefined ? null : { subject: auth }),
    ...options,
  });
  const warnings: unknown[] = [];
  sessions.on('warning', (warning) => void warnings.push(warning));
  const attached = await attachWebSocketServer(sessions, { server, ...how });
  onTestFinished(() => {
    sessions.close();
    attached.close();
  });
  const client = (path = '/channel', headers: Record<string, string> = {}) => {
    const made = new RawClient(`ws://127.0.0.1:${port}${path}`, headers);
    onTestFinished(() => made.ws.terminate());
    return made;
  };
  return { sessions, server, port, client, attached, warnings };
}

test('text and bytes go both ways, and a session is resumed with what was missed', async () => {
  const { sessions, client } = await serve();
  sessions.on('message', (session, { data }) => void session.send(data));
  const first = client();
  const welcome = await first.hello();
  expect(welcome).toMatchObject({ kind: 'welcome', result: 'new' });
  first.say({ kind: 'ack', ack: 0 });
  first.say({ kind: 'message', seq: 1, ack: 0, data: { text: 'ü' } });
  first.say(Buffer.from('{"kind":"message","seq":2,"ack":0}\n\x00\x7f', 'latin1'));
  const echoes: unknown[] = [];
  while (echoes.length < 2) {
    const frame = await first.next();
    if (frame['kind'] === 'message') echoes.push(frame['data'] ?? frame['bytes']);
  }
  expect(echoes).toEqual([{ text: 'ü' }, [0, 127]]);
  first.ws.terminate();
  const { sid, token, stream } = welcome;
  const second = client();
  expect(await second.hello({ sid, token, stream, rx: 1 })).toMatchObject({ result: 'resumed', rx: 2, replayFrom: 2 });
  expect(await second.next()).toMatchObject({ kind: 'message', seq: 2, bytes: [0, 127] });
});

test.each([
  ['a little', 2_000],
  ['far', 200_000],
])('a frame that is %s too large gets 4413, in a frame and from the transport', async (_, bytes) => {
  const { client, sessions, warnings } = await serve({ maxBytes: 1_024 });
  const bystander = client();
  await bystander.hello();
  const bad = client();
  await bad.hello();
  bad.say('x'.repeat(bytes));
  expect(await bad.next()).toEqual({ kind: 'close', code: 4413 });
  expect(await bad.closed).toBe(4413);
  await expect.poll(() => sessions.size).toBe(1);
  bystander.say({ kind: 'ping' });
  expect(await bystander.next()).toEqual({ kind: 'pong' });
  expect(warnings).toEqual([]);
});

test('text that is no UTF-8, and a broken WebSocket frame, end their own connection only', async () => {
  const { port, client, sessions } = await serve();
  const bystander = client();
  await bystander.hello();
  for (const garbage of [Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xff, 0xff]), Buffer.from([0xff, 0xff, 0xff, 0xff])]) {
    const socket = connect(port, '127.0.0.1');
    const head = [
      'GET /channel HTTP/1.1',
      'Host: a',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
    ];
    socket.write(`${[...head, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='].join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
    socket.on('error', () => {}).resume();
    socket.write(garbage);
    await once(socket, 'close');
  }
  bystander.say({ kind: 'ping' });
  expect(await bystander.next()).toEqual({ kind: 'pong' });
  expect(sessions.size).toBe(1);
});

test('a flood of hellos over the rate gets busy with a window, and those who are in notice nothing', async () => {
  const { client, sessions } = await serve({ admission: { ratePerSecond: 1, burst: 20 } });
  const inside = client();
  await inside.hello();
  const answers = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const each = client();
      const answer = await each.hello();
      if (answer['kind'] === 'close') expect(await each.closed).toBe(1013);
      return answer;
    }),
  );
  const busy = answers.filter(({ code }) => code === 1013);
  expect(busy.length).toBeGreaterThan(150);
  expect(busy.every(({ windowMs }) => Number(windowMs) >= 1_000)).toBe(true);
  expect(Math.max(...busy.map(({ windowMs }) => Number(windowMs)))).toBeGreaterThan(50_000);
  expect(sessions.size).toBe(201 - busy.length);
  inside.say({ kind: 'ping' });
  expect(await inside.next()).toEqual({ kind: 'pong', retryWindowMs: sessions.retryWindowMs });
});

test('a drain ends with moved and 1012, and nobody is left', async () => {
  const { client, sessions } = await serve();
  const one = client();
  await one.hello();
  const drained = sessions.drain({ deadlineMs: 300, to: 'https://b.example' });
  expect(await one.next()).toMatchObject({ kind: 'drain', deadlineMs: 300, to: 'https://b.example' });
  const late = client();
  expect(await late.hello()).toMatchObject({ kind: 'moved', to: 'https://b.example' });
  expect(await late.closed).toBe(1012);
  expect(await one.next()).toMatchObject({ kind: 'moved', to: 'https://b.example' });
  expect(await one.closed).toBe(1012);
  await drained;
  expect(sessions.size).toBe(0);
});

test('a silent peer is dropped, not asked to agree', async () => {
  const { client, sessions } = await serve({ heartbeatMs: 100 });
  const mute = client();
  await mute.hello();
  // Its kernel goes on to acknowledge; it does not read, and so does not answer a close either.
  mute.ws.pause();
  await expect.poll(() => sessions.size, { timeout: 5_000 }).toBe(0);
  mute.ws.resume();
  expect(await mute.closed).toBe(1006);
});

test('other paths and origins are refused', async () => {
  const { client } = await serve(
    {},
    { verifyOrigin: (origin) => origin === undefined || origin === 'https://app.example' },
  );
  const refusal = (each: RawClient) =>
    new Promise((resolve) => each.ws.once('unexpected-response', (_, { statusCode }) => resolve(statusCode)));
  expect(await refusal(client('/elsewhere'))).toBe(404);
  expect(await refusal(client('/channel', { origin: 'https://evil.example' }))).toBe(403);
  expect(await client('/channel?x=1', { origin: 'https://app.example' }).hello()).toMatchObject({ kind: 'welcome' });
});

test('a check of origins that throws lets nobody in, and the server stays up', async () => {
  const { client } = await serve({}, { verifyOrigin: (origin = '') => new URL(origin).hostname === 'app.example' });
  const bad = client('/channel', { origin: 'no url' });
  expect(
    await new Promise((resolve) => bad.ws.once('unexpected-response', (_, answer) => resolve(answer.statusCode))),
  ).toBe(500);
  expect(await client('/channel', { origin: 'https://app.example' }).hello()).toMatchObject({ kind: 'welcome' });
});

test.each([{ path: 'channel' }, { path: '/channel?x=1' }, { pth: '/channel' }, { server: undefined }])(
  'is refused at once what no attachment can mean: %j',
  async (how) => {
    await expect(serve({}, how as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  },
);

test('another listener keeps its own paths', async () => {
  const { server, client } = await serve();
  server.on('upgrade', (request, socket) => {
    if (request.url === '/other') socket.end('HTTP/1.1 418 Mine\r\n\r\n');
  });
  const other = client('/other');
  const status = await new Promise((resolve) =>
    other.ws.once('unexpected-response', (_, response) => resolve(response.statusCode)),
  );
  expect(status).toBe(418);
});

test('what authenticate sees: credential, URL and headers of the request', async () => {
  const seen: unknown[] = [];
  const { client } = await serve({
    authenticate: ({ auth, url, headers }) => {
      seen.push([auth, url, headers?.get('x-tenant')]);
      return { subject: 'ann' };
    },
  });
  await client('/channel?v=2', { 'X-Tenant': 'seven' }).hello({ auth: 'secret' });
  expect(seen).toEqual([['secret', '/channel?v=2', 'seven']]);
});

test('closing the attachment drops what is connected, and the sessions stay', async () => {
  const { client, attached, sessions } = await serve();
  const one = client();
  await one.hello();
  attached.close();
  expect(await one.closed).toBe(1006);
  await expect.poll(() => sessions.size).toBe(0);
  expect(await sessions.sessionsOf('ann')).toHaveLength(1);
  expect(WebSocket.CLOSED).toBe(one.ws.readyState);
});

test('a client that asks and asks and never reads is dropped before its answers fill the memory', async () => {
  const { client, sessions } = await serve({ limits: { bufferedBytes: 100_000 } });
  const codes: unknown[] = [];
  sessions.on('closed', (_, code) => void codes.push(code));
  const mute = client();
  await mute.hello();
  mute.ws.pause();
  const asking = setInterval(() => {
    for (let at = 0; at < 20_000; at++) mute.say('{"kind":"ping"}');
  }, 5);
  onTestFinished(() => clearInterval(asking));
  await expect.poll(() => codes, { timeout: 20_000 }).toEqual([4429]);
});
