import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createSessionServer,
  memorySessionStore,
  sessionHandler,
  toNodeListener,
  type WebHandler,
} from '../../../src/server/index.ts';
import { listening } from './listening.ts';

function handlerOf(): WebHandler {
  const sessions = createSessionServer({
    store: memorySessionStore(),
    authenticate: () => null,
    hosts: ['https://a.example', 'https://b.example'],
    generation: 2,
  });
  onTestFinished(() => sessions.close());
  return sessionHandler(sessions, {
    endpoints: {
      '/session/echo': async (request) =>
        new Response(await request.text(), {
          status: 201,
          headers: [
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
            ['X-Method', request.method],
          ],
        }),
      '/session/broken': () => Promise.reject(new Error('broken')),
      '/session/stream': (request) => new Response(ticks(request.signal)),
    },
  });
}

/** Sends until the other side has left. */
let onLeft = () => {};
function ticks(signal: AbortSignal): ReadableStream<Uint8Array> {
  signal.addEventListener('abort', () => onLeft());
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode('tick\n'));
    },
  });
}

/** Each gives the port of a server that serves the handler, and `/own` by itself. */
const FRAMEWORKS: Record<string, (handler: WebHandler) => Promise<number>> = {
  'node:http': async (handler) => {
    const listener = toNodeListener(handler);
    const own = (response: { end(text: string): void }) => response.end('own');
    return (
      await listening((request, response) => (request.url === '/own' ? own(response) : listener(request, response)))
    ).port;
  },
  Express: async (handler) => {
    const app = express();
    app.use(toNodeListener(handler));
    app.get('/own', (_, response) => void response.send('own'));
    app.use((_error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(500).end();
    });
    return (await listening(app)).port;
  },
  'Express, mounted': async (handler) => {
    const app = express();
    app.use(['/healthz', '/.well-known', '/session'], toNodeListener(handler));
    app.get('/own', (_, response) => void response.send('own'));
    app.use((_error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(500).end();
    });
    return (await listening(app)).port;
  },
  Fastify: async (handler) => {
    const app = fastify();
    const listener = toNodeListener(handler);
    app.addHook('onRequest', async (request, reply) => {
      if (!handler.handles(new URL(request.url, 'http://a').pathname)) return;
      reply.hijack();
      listener(request.raw, reply.raw);
    });
    app.get('/own', () => 'own');
    onTestFinished(() => app.close());
    return Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port);
  },
  Hono: async (handler) => {
    const app = new Hono();
    app.get('/own', (context) => context.text('own'));
    app.all('*', (context) => handler(context.req.raw));
    app.onError((_, context) => context.body(null, 500));
    return (await listening(toNodeListener((request) => app.fetch(request)))).port;
  },
};

describe.each(Object.entries(FRAMEWORKS))('under %s, the handler', (_, start) => {
  test('serves health and the list of hosts, and leaves other paths alone', async () => {
    const origin = `http://127.0.0.1:${await start(handlerOf())}`;
    const ready = await fetch(`${origin}/healthz/ready?verbose=1`);
    expect([ready.status, await ready.text()]).toEqual([200, '[+]role ok\nreadyz check passed\n']);
    expect(ready.headers.get('switchover-role')).toBe('active');
    const head = await fetch(`${origin}/healthz/live`, { method: 'HEAD' });
    expect([head.status, head.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const preflight = await fetch(`${origin}/healthz/live`, { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
    const document = await fetch(`${origin}/.well-known/switchover.json`);
    expect(await document.json()).toEqual({ generation: 2, hosts: ['https://a.example', 'https://b.example'] });
    expect(await (await fetch(`${origin}/own`)).text()).toBe('own');
    expect((await fetch(`${origin}/nowhere`)).status).toBe(404);
  });

  test("gets bodies and gives them, cookies one by one, and an error is the framework's", async () => {
    const origin = `http://127.0.0.1:${await start(handlerOf())}`;
    const body = 'ü'.repeat(100_000);
    const echo = await fetch(`${origin}/session/echo`, { method: 'POST', body });
    expect([echo.status, await echo.text()]).toEqual([201, body]);
    expect(echo.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect((await fetch(`${origin}/session/broken`)).status).toBe(500);
  });

  test('learns that a reader has left in the middle', async () => {
    const port = await start(handlerOf());
    const left = new Promise<void>((resolve) => {
      onLeft = resolve;
    });
    const asked = httpRequest({ port, host: '127.0.0.1', path: '/session/stream' });
    asked.on('error', () => {});
    asked.on('response', (response) => response.once('data', () => asked.destroy()));
    asked.end();
    await left;
  });
});

test('a request whose target is no URL gets 400', async () => {
  const { port } = await listening(toNodeListener(handlerOf()));
  const socket = connect(port, '127.0.0.1');
  socket.end('GET / HTTP/1.1\r\nHost: [::\r\n\r\n');
  let answer = '';
  for await (const chunk of socket.setEncoding('latin1')) answer += chunk;
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});
