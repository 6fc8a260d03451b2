import { type BrowserContext, chromium } from 'playwright-core';
import type { BrowserDriver, ProfileDriver } from '../driver.ts';
import { findProgram, startProcess } from '../process.ts';
import { driveTab } from './tab.ts';

const START_LIMIT_MS = 30_000;

/** What a test does not ask for must not happen: no sandbox for root, no updates, no traffic of the browser's own. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Whoever connects while the first window opens may wait for it for ever.
  '--no-startup-window',
  '--remote-debugging-port=0',
];

/**
 * Starts the system's Chromium raw and connects to it: the flags that Playwright starts it with switch the partitioning of
 * storage off, and with it what a user's browser forbids.
 */
export async function launchChromium(directory: string): Promise<BrowserDriver> {
  const running = startProcess(findProgram('chromium') ?? 'chromium', [...FLAGS, `--user-data-dir=${directory}`]);
  try {
    const url = await running.says(/DevTools listening on (ws:\S+)/, START_LIMIT_MS);
    // Without the defaults, pages of the browser's own profile can be hidden.
    const browser = await chromium.connectOverCDP(url, { noDefaults: true });
    const [own] = browser.contexts();
    if (own === undefined) throw new Error('Chromium has no profile of its own.');
    return {
      version: async () => browser.version(),
      ownProfile: async () => driveProfile(own),
      newProfile: async () => driveProfile(await browser.newContext()),
      async end() {
        const session = await browser.newBrowserCDPSession();
        // What becomes of the answer does not matter.
        await session.send('Browser.close').catch(() => {});
        await running.ended().catch(() => {});
        await running.kill();
      },
    };
  } catch (error) {
    await running.kill();
    throw error;
  }
}

function driveProfile(context: BrowserContext): ProfileDriver {
  return {
    newTab: async () => driveTab(await context.newPage()),
    setOffline: (isOffline) => context.setOffline(isOffline),
    close: () => context.close(),
  };
}
