import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard } from '../../rig/guard.ts';
import type { Launch, ProfileDriver } from './driver.ts';
import { createTab, type Tab } from './tab.ts';

/** A profile of a browser: tabs that share storage, workers, locks and network. */
export interface Profile {
  /** A tab, at `url` if that is given: see {@link Tab.goto}. */
  openTab(url?: string): Promise<Tab>;
  /** Takes the network from its pages and workers, or gives it back. Rejects where the engine cannot (`offline`). */
  setOffline(isOffline: boolean): Promise<void>;
  /**
   * Ends the browser and starts it again: the tabs are gone, what was stored is there. Only of a profile that is `kept`.
   */
  restart(): Promise<void>;
  /** Ends its tabs, and removes what was stored. */
  close(): Promise<void>;
}

/** A profile that ends with its browser. */
export function createProfile(driver: ProfileDriver): Profile {
  return {
    async openTab(url) {
      const tab = createTab(await driver.newTab());
      if (url !== undefined) await tab.goto(url);
      return tab;
    },
    async setOffline(isOffline) {
      if (driver.setOffline === undefined) throw new Error('This engine cannot take the network away.');
      await driver.setOffline(isOffline);
    },
    async restart() {
      throw new Error('Only a profile that is kept can be restarted.');
    },
    close: () => driver.close(),
  };
}

/** A profile that outlives its browser, of which it has one of its own. */
export async function startKeptProfile(launch: Launch, name: string): Promise<Profile> {
  const folder = temporaryFolder(name);
  const start = async () => {
    const browser = await launch(folder.path);
    return { browser, profile: createProfile(await browser.ownProfile()) };
  };
  let running = await start();
  return {
    openTab: (url) => running.profile.openTab(url),
    setOffline: (isOffline) => running.profile.setOffline(isOffline),
    async restart() {
      await running.browser.end();
      running = await start();
    },
    async close() {
      await running.browser.end();
      folder.remove();
    },
  };
}

/** A folder that does not outlive this process. */
export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `switchover-${name}-`));
  const release = guard({ kind: 'directory', path });
  return {
    path,
    remove() {
      // A browser's helper processes may write for a moment longer.
      rmSync(path, { recursive: true, force: true, maxRetries: 10 });
      release();
    },
  };
}
