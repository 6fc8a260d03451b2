import type { Browser, BrowserContext } from 'playwright-core';
import { startChromium } from './chromium.ts';

/** A real browser, started. */
export interface Engine extends AsyncDisposable {
  readonly name: EngineName;
  readonly browser: Browser;
  /** The browser's own profile. Pages of any other always count as seen; these are hidden and frozen as a user's are. */
  readonly natural: BrowserContext;
}

export type EngineName = 'chromium';

const STARTS: Readonly<Record<EngineName, () => Promise<Engine>>> = { chromium: startChromium };

export const startEngine = (name: EngineName): Promise<Engine> => STARTS[name]();
