import { globSync } from 'node:fs';
import type { BrowserDriver, ProfileDriver } from '../driver.ts';
import { findProgram, type SystemProcess, startProcess } from '../process.ts';
import { driveTab } from './tab.ts';
import { type Session, startSession } from './webdriver.ts';

const START_LIMIT_MS = 20_000;

/** WebKit's own browser for tests lies in a folder that has its version in its name. */
const MINI_BROWSER = '/usr/lib/*/webkit2gtk-4.1/MiniBrowser';

/**
 * Readies WebKitGTK, which draws on a display: one that nobody sees. A driver knows one session, and a session has one
 * storage, so each profile is a driver with a browser of its own; both take a third of a second.
 */
export async function launchWebKit(_directory: string): Promise<BrowserDriver> {
  const [binary] = globSync(MINI_BROWSER);
  if (binary === undefined) throw new Error('WebKit has no browser: apt-get install webkit2gtk-driver.');
  const { display, running } = await startDisplay();
  const options = { binary, args: ['--automation'] };
  const driver = findProgram('WebKitWebDriver') ?? 'WebKitWebDriver';
  // Its sandbox cannot be made by root in a container.
  const env = { DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' };
  const sessions = new Set<Session>();
  const newProfile = async (): Promise<ProfileDriver> => {
    const session = await startSession(driver, options, env);
    sessions.add(session);
    return driveProfile(session, () => sessions.delete(session));
  };
  return {
    version: 'unknown',
    ownProfile: newProfile,
    newProfile,
    async end() {
      await Promise.all([...sessions].map((session) => session.end()));
      await running.kill();
    },
  };
}

/** The display says by itself which number it has found free. */
async function startDisplay(): Promise<{ readonly display: string; readonly running: SystemProcess }> {
  const args = ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'];
  const running = startProcess(findProgram('Xvfb') ?? 'Xvfb', args);
  try {
    return { display: `:${await running.says(/^(\d+)$/m, START_LIMIT_MS)}`, running };
  } catch (error) {
    await running.kill();
    throw error;
  }
}

function driveProfile(session: Session, ended: () => void): ProfileDriver {
  return {
    newTab: async () => driveTab(session, await session.newWindow()),
    async close() {
      ended();
      await session.end();
    },
  };
}
