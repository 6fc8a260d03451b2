import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundle } from './bundle.ts';

const HTML =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Switchover</title><script src="/page.js"></script></html>';

/** What the server answers beside its page; false where that is none of its paths. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Serves a page that tests work in, at any path and any hostname, and to pages of any origin. */
export interface PageServer extends AsyncDisposable {
  readonly port: number;
}

/** @param script What the page runs: its path from the root of the repository. */
export async function startPageServer(script: string, answer: Answer = () => false): Promise<PageServer> {
  const code = await bundle(script);
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'authorization,x-token');
    if (request.method !== 'OPTIONS' && answer(request, response)) return;
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? code : HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => close(server),
  };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
