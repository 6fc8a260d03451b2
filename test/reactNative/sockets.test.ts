import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { sleep, until } from '../rig/wait.ts';
import { type App, type Phone, phone } from './rig/phone.ts';
import { bundles } from './rig/phoneProject.ts';

/** Who came to which host, and with what. */
interface Visit {
  readonly host: number;
  readonly headers: IncomingHttpHeaders;
  readonly socket: WebSocket;
}

const visits: Visit[] = [];
/** Who stands at the door of `/late`: to be let in when the test wants it. */
const knocking: ((letIn: boolean) => void)[] = [];
const servers: WebSocketServer[] = [];
let hosts: string[] = [];
let bundle = '';
const apps: App[] = [];

beforeAll(async () => {
  for (const host of [0, 1]) {
    const verifyClient = ({ req }: { req: IncomingMessage }, decide: (letIn: boolean) => void) =>
      req.url === '/late' ? void knocking.push(decide) : decide(true);
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', verifyClient });
    server.on('connection', (socket, { headers }) => visits.push({ host, headers, socket }));
    await new Promise((resolve) => server.once('listening', resolve));
    servers.push(server);
  }
  hosts = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  bundle = (await bundles()).phone;
});
beforeEach(() => void visits.splice(0));
afterAll(async () => {
  for (const app of apps) await app.end();
  for (const server of servers) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

let device: Phone;

function begin(socket: object): App {
  device = phone(bundle);
  const app = device.start(hosts, { session: undefined, socket });
  apps.push(app);
  return app;
}

const visited = (count: number) =>
  until(
    () => visits.length >= count,
    10_000,
    () => `${visits.length} of ${count} came`,
  );

describe('a WebSocket on a phone', () => {
  test('shows its headers, and stays though it is silent and React Native tells of no pong', async () => {
    const app = begin({ headers: () => ({ Authorization: 'Bearer ann' }), heartbeat: { intervalMs: 20, deadMs: 60 } });
    const told: string[] = [];
    const socket = app.socket('/live');
    for (const type of ['open', 'reconnecting', 'close']) socket.addEventListener(type, () => told.push(type));
    await visited(1);
    await sleep(500);
    expect(visits.map(({ host, headers }) => [host, headers.authorization])).toEqual([[0, 'Bearer ann']]);
    expect([told, socket.bufferedAmount]).toEqual([['open'], 0]);
    socket.close();
  });

  test('heeds how it was closed, though React Native calls no close clean', async () => {
    const app = begin({ reconnect: { firstWaitMs: 0 } });
    const socket = app.socket('/live');
    const closes: unknown[] = [];
    socket.addEventListener('close', ({ code, wasClean }) => closes.push([code, wasClean]));
    await visited(1);
    visits[0]?.socket.close(1012, 'retry-window=0');
    await visited(2);
    // The host restarts: it is not used now, and is not to blame.
    expect(visits.map(({ host }) => host)).toEqual([0, 1]);
    expect(app.state(0)).toBe('inactive');
    await until(
      () => socket.readyState === 1,
      10_000,
      () => 'it is not open',
    );
    socket.close(1000, 'bye');
    await until(
      () => closes.length > 0,
      10_000,
      () => 'no close',
    );
    expect(closes).toEqual([[1000, true]]);
  });

  test.each([
    [
      'the app was in the background',
      () => device.device.appState('background'),
      () => device.device.appState('active'),
    ],
    ['the network is another', () => {}, () => device.network({ type: 'cellular', isConnected: true })],
  ])('that can’t be asked whether it lives gets a successor when %s', async (_when, leave, comeBack) => {
    const socket = begin({ reconnect: { firstWaitMs: 0 } }).socket('/live');
    const told: string[] = [];
    for (const type of ['open', 'close']) socket.addEventListener(type, () => told.push(type));
    await until(
      () => socket.readyState === 1,
      10_000,
      () => 'it is not open',
    );
    device.device.appState('inactive');
    device.device.appState('active');
    leave();
    await sleep(100);
    expect(visits.length).toBe(1);
    comeBack();
    await visited(2);
    await until(
      () => visits[0]?.socket.readyState === 3 && told.length === 2,
      10_000,
      () => `the first link stays; ${told}`,
    );
    expect(told).toEqual(['open', 'open']);
    socket.close();
  });

  test('that is closed before it is open does not stay open at the server, as Android would have it', async () => {
    const app = begin({});
    const socket = app.socket('/late');
    await until(
      () => knocking.length > 0,
      10_000,
      () => 'nobody came',
    );
    socket.close();
    for (const letIn of knocking) letIn(true);
    await visited(1);
    await until(
      () => visits[0]?.socket.readyState === 3,
      10_000,
      () => 'it stays open',
    );
  });
});
