import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Hosts, type HostsOptions, useHosts } from '../../node/handoff/setup.ts';
import { bundle } from '../rig/bundle.ts';
import { temporaryFolder } from '../rig/profile.ts';
import type { Tab } from '../rig/tab.ts';
import { type BrowserUnderTest, untilIn } from '../rig/vitest.ts';

/** Two hosts that serve the app's page, made from the sources. */
export function useApp(lasting: { readonly for?: 'each' | 'all' } = {}): (options?: HostsOptions) => Promise<Hosts> {
  const folder = temporaryFolder('handoff');
  const script = join(folder.path, 'page.js');
  const start = useHosts(lasting);
  beforeAll(async () => {
    writeFileSync(script, await bundle('test/browser/handoff/page.ts'));
  });
  afterAll(() => folder.remove());
  return (options) => start({ script, ...options });
}

/** A tab in which a user has signed in, and talks. */
export async function talking(
  browser: BrowserUnderTest,
  url: string,
  user: string,
): Promise<{ tab: Tab; token: string }> {
  const tab = await browser.openTab(url);
  const token = await tab.evaluate((name) => window.journey.signIn(name), user);
  await tab.evaluate(() => window.journey.open());
  await untilIn(tab, (host) => window.journey.heard.isOpenAt(host), new URL(url).origin, 'the channel is not open');
  return { tab, token };
}

export const say = (tab: Tab, ...numbers: number[]): Promise<void> =>
  tab.evaluate((all) => all.forEach((n) => void window.journey.heard.send(n)), numbers);

/** Waits until a tab is at a host, and knows how it has come there. */
export const arrivedAt = (tab: Tab, origin: string): Promise<void> =>
  untilIn(
    tab,
    (host) => location.origin === host && window.journey?.arrival !== undefined,
    origin,
    `not arrived at ${origin}`,
  );

export const openAt = async (tab: Tab, origin: string): Promise<void> => {
  await tab.evaluate(() => window.journey.open());
  await untilIn(tab, (host) => window.journey.heard.isOpenAt(host), origin, 'the channel is not open');
};

export const told = (tab: Tab): Promise<string[]> =>
  tab.evaluate(() => window.journey.heard.told.filter((line) => /resumed|new|gap|warning|error/.test(line)));

/** What the app's servers have got, in order. */
export const numbersOf = (hosts: Hosts): number[] => hosts.got().map(({ data }) => (data as { n: number }).n);
