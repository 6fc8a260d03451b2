import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createRig } from '../../rig/rig.ts';
import { until } from '../../rig/wait.ts';
import { type Engine, type EngineName, startEngine } from './engine.ts';
import { type PageServer, startPageServer } from './pageServer.ts';

const LIMIT_MS = 20_000;

/** How a page is opened. Everything may be left out. */
export interface PageOptions {
  /** Whose storage, locks and network it shares. Default: that of this test's other pages. */
  readonly context?: BrowserContext;
  /** The hostname in its origin. Default `page.app.localhost`: of one site with `*.app.localhost`, of another than `*.localhost`. */
  readonly hostname?: string;
}

/** A browser for the tests of a file. */
export interface BrowserUnderTest {
  readonly engine: Engine;
  /** Opens a page with the tools of `pages/page.ts`. It is gone after the test. */
  openPage(options?: PageOptions): Promise<Page>;
  /** A profile of its own. It is gone after the test. */
  newContext(): Promise<BrowserContext>;
}

export function useBrowser(name: EngineName = 'chromium'): BrowserUnderTest {
  const rig = createRig();
  const contexts: BrowserContext[] = [];
  const pages: Page[] = [];
  let engine: Engine | undefined;
  let server: PageServer | undefined;
  beforeAll(async () => {
    server = rig.owns(await startPageServer());
    engine = rig.owns(await startEngine(name));
  });
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()));
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });
  afterAll(() => rig.close());
  const running = (): Engine => {
    if (engine === undefined) throw new Error('The browser is there once the tests run.');
    return engine;
  };
  const newContext = async (): Promise<BrowserContext> => {
    const context = await running().browser.newContext();
    contexts.push(context);
    return context;
  };
  return {
    get engine() {
      return running();
    },
    newContext,
    async openPage({ context, hostname = 'page.app.localhost' } = {}) {
      const page = await (context ?? contexts[0] ?? (await newContext())).newPage();
      pages.push(page);
      await page.goto(`http://${hostname}:${server?.port}/`);
      return page;
    },
  };
}

/** Waits until a page says that it is so. */
export async function untilIn<Argument>(
  page: Page,
  isTrue: (argument: Argument) => boolean,
  argument: Argument,
  what: string,
): Promise<void> {
  // The page's own words may be gone by the time that they are wanted.
  let told = '';
  await until(
    async () => {
      const is = await page.evaluate(isTrue as (argument: unknown) => boolean, argument);
      if (!is) told = await page.evaluate(() => window.tools.say());
      return is;
    },
    LIMIT_MS,
    () => `${what}: ${told}`,
  );
}
