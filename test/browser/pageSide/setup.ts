import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import type { Profile } from '../rig/profile.ts';
import type { Tab } from '../rig/tab.ts';
import type { BrowserUnderTest } from '../rig/vitest.ts';

const SCRIPT = fileURLToPath(new URL('../pages/pageSide.ts', import.meta.url));
const HTML =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title><script src="/page.js"></script></html>';

/** What a site answers beside its pages; false where that is none of its paths. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A site whose pages have the page side in `window.side`. */
export interface Site {
  /** It answers to any hostname. */
  readonly port: number;
  /** Opens a page of it, in this test's own profile unless another is given. */
  open(profile?: Profile): Promise<Tab>;
}

/** A site for the tests of a suite. */
export function useSite({ openTab }: BrowserUnderTest, answer: Answer = () => false): Site {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await startSite(answer);
  });
  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });
  const port = () => (server?.address() as AddressInfo | undefined)?.port ?? 0;
  return {
    get port() {
      return port();
    },
    open: (profile) => openTab(`http://page.app.localhost:${port()}/`, profile === undefined ? {} : { profile }),
  };
}

async function startSite(answer: Answer): Promise<Server> {
  const script = await bundle();
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'authorization,x-token');
    if (request.method !== 'OPTIONS' && answer(request, response)) return;
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The page's script, straight from the sources. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [SCRIPT],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
