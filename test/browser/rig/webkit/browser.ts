import { fileURLToPath } from 'node:url';
import type { BrowserDriver, ProfileDriver } from '../driver.ts';
import { findProgram, type SystemProcess, startProcess } from '../process.ts';
import { driveTab } from './tab.ts';
import { type Session, startSession } from './webdriver.ts';

const START_LIMIT_MS = 20_000;

/** WebKit's own MiniBrowser forgets what was stored, once it is automated. */
const BROWSER = fileURLToPath(new URL('./browser.gjs', import.meta.url));

/**
 * Readies WebKitGTK, which draws on a display: one that nobody sees. A driver knows one session, and a session has one
 * storage, so each profile is a driver with a browser of its own; both take a third of a second.
 */
export async function launchWebKit(directory: string): Promise<BrowserDriver> {
  const { display, running } = await startDisplay();
  const sessions = new Set<Session>();
  const startProfile = async (...folder: readonly string[]): Promise<ProfileDriver> => {
    const session = await startSession({
      driver: findProgram('WebKitWebDriver') ?? 'WebKitWebDriver',
      browserOptions: { binary: findProgram('gjs') ?? 'gjs', args: ['-m', BROWSER, ...folder] },
      // Its sandbox cannot be made by root in a container.
      env: { DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
    });
    sessions.add(session);
    return driveProfile(session, () => sessions.delete(session));
  };
  return {
    version: versionOf,
    ownProfile: () => startProfile(directory),
    newProfile: () => startProfile(),
    async end() {
      await Promise.all([...sessions].map((session) => session.end()));
      await running.kill();
    },
  };
}

async function versionOf(): Promise<string> {
  const asked = startProcess(findProgram('gjs') ?? 'gjs', ['-m', BROWSER, '--version']);
  const version = await asked.says(/^([\d.]+)$/m, START_LIMIT_MS);
  await asked.kill();
  return version;
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
