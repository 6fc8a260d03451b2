import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep } from '../rig/wait.ts';
import { type App, type Phone, phone } from './rig/phone.ts';
import { bundles } from './rig/phoneProject.ts';

const WHOLE = 'x'.repeat(200_000);
const HALF = WHOLE.slice(0, 100_000);

/** What either host has been asked for, in order. */
const asked: string[] = [];
const servers: Server[] = [];
const hosts: string[] = [];
let device: Phone;
const apps: App[] = [];

/** Heads come at once; bodies, as the path says. Only the first host is ever bad. */
const answer =
  (host: string): RequestListener =>
  async ({ url = '', method }, response) => {
    if (!url.startsWith('/healthz')) asked.push(`${method} ${host}${url}`);
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': WHOLE.length });
    if (url === '/slow') {
      response.write(HALF);
      await sleep(900);
      response.end(HALF);
    } else if (host === 'a' && url.startsWith('/broken')) {
      response.write(HALF);
      await sleep(50);
      response.destroy();
    } else if (host === 'a' && url === '/stalled') response.write(HALF);
    else response.end(WHOLE);
  };

beforeAll(async () => {
  for (const host of ['a', 'b']) {
    const server = createServer(answer(host)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    servers.push(server);
    hosts.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  device = phone((await bundles()).phone);
});
afterAll(async () => {
  for (const app of apps) await app.end();
  for (const server of servers) server.close().closeAllConnections();
});

function begin(): App {
  asked.length = 0;
  const app = device.start(hosts, { session: undefined, timeout: { attemptMs: 400, stallMs: 2_000 } });
  apps.push(app);
  return app;
}

describe('a body on a phone, which comes in one piece', () => {
  test('may take longer than a host has to begin its answer', async () => {
    expect((await begin().text('/slow')).length).toBe(WHOLE.length);
    expect(asked).toEqual(['GET a/slow']);
  });

  test('is asked for again where it breaks, and its host is told of', async () => {
    const app = begin();
    expect((await app.text('/broken')).length).toBe(WHOLE.length);
    expect(asked.slice(0, 2)).toEqual(['GET a/broken', 'GET b/broken']);
  });

  test('is asked for again where it stalls, and its connection is freed', async () => {
    expect((await begin().text('/stalled')).length).toBe(WHOLE.length);
    expect(asked).toEqual(['GET a/stalled', 'GET b/stalled']);
    expect(device.device.aborted).toContain(`${hosts[0]}/stalled`);
  });

  test('is not asked for again where the request may not be sent twice', async () => {
    const told = await begin()
      .text('/broken', { method: 'POST', body: 'once' })
      .catch((error: { code: string }) => error.code);
    expect(told).toBe('BODY_BROKEN');
    expect(asked).toEqual(['POST a/broken']);
  });
});
