import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createRig } from '../../rig/rig.ts';
import { until } from '../../rig/wait.ts';
import { type Engine, type EngineName, startEngine } from '../rig/engine.ts';
import type { Profile } from '../rig/profile.ts';
import type { Tab } from '../rig/tab.ts';

const SCRIPT = fileURLToPath(new URL('../pages/pageSide.ts', import.meta.url));
const HTML =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title><script src="/page.js"></script></html>';

/** What a site answers beside its pages; false where that is none of its paths. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A browser, and a site whose pages have the page side in `window.side`. */
export interface PageSide {
  readonly engine: Engine;
  /** `http://page.app.localhost` and its port. */
  readonly origin: string;
  /** The port of all hosts of the site: it answers to any name. */
  readonly port: number;
  /** Opens a tab at `path`, in this test's own profile unless another is given. */
  open(path?: string, profile?: Profile): Promise<Tab>;
  /** A profile of its own; gone after the test. */
  profile(options?: { readonly kept?: boolean }): Promise<Profile>;
}

/** @param answer Answers first. */
export function usePageSide(name: EngineName, answer: Answer = () => false): PageSide {
  const rig = createRig();
  const profiles: Profile[] = [];
  let engine: Engine | undefined;
  let server: HttpServer | undefined;
  let shared: Profile | undefined;
  beforeAll(async () => {
    server = await startSite(answer);
    engine = rig.owns(await startEngine(name));
  });
  afterEach(async () => {
    shared = undefined;
    for (const profile of profiles.splice(0)) await profile.close();
  });
  afterAll(async () => {
    await rig.close();
    server?.closeAllConnections();
    server?.close();
  });
  const port = () => (server?.address() as AddressInfo | undefined)?.port ?? 0;
  const running = (): Engine => {
    if (engine === undefined) throw new Error('The browser is there once the tests run.');
    return engine;
  };
  const profile: PageSide['profile'] = async (options) => {
    const made = await running().newProfile(options);
    profiles.push(made);
    return made;
  };
  return {
    get engine() {
      return running();
    },
    get port() {
      return port();
    },
    get origin() {
      return `http://page.app.localhost:${port()}`;
    },
    profile,
    async open(path = '/', given) {
      shared ??= given ?? (await profile());
      return (given ?? shared).openTab(`http://page.app.localhost:${port()}${path}`);
    },
  };
}

async function startSite(answer: Answer): Promise<HttpServer> {
  const script = await bundle();
  const server = createServer((request, response) => {
    if (answer(request, response)) return;
    const isScript = request.url === '/page.js';
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

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

/** Waits until a tab says that it is so. */
export async function untilIn<Argument>(
  tab: Tab,
  isTrue: (argument: Argument) => unknown,
  argument: Argument,
  what: string,
): Promise<void> {
  let told = '';
  await until(
    async () => {
      const is = await tab.evaluate(isTrue, argument);
      if (!is) told = await tab.evaluate(() => JSON.stringify([window.side.kept.failover?.status, window.side.log]));
      return Boolean(is);
    },
    20_000,
    () => `${what}: ${told}`,
  );
}
