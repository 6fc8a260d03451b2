import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { guard } from '../../rig/guard.ts';
import { within } from '../../rig/wait.ts';
import type { Engine } from './engine.ts';

const START_LIMIT_MS = 30_000;
const EXIT_LIMIT_MS = 10_000;

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

/** Starts the system's Chromium with a fresh profile. It ends, and the profile goes, with what this gives; or with this process. */
export async function startChromium(): Promise<Engine> {
  const program = chromiumPath();
  const profile = mkdtempSync(join(tmpdir(), 'switchover-chromium-'));
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  const releases = [guard({ kind: 'process', pid: child.pid ?? 0 }), guard({ kind: 'directory', path: profile })];
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await within(exited, EXIT_LIMIT_MS, () => 'Chromium does not end');
    // Its helper processes may write to the profile for a moment longer.
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    for (const release of releases) release();
  };
  try {
    const url = await within(endpoint(child), START_LIMIT_MS, () => 'Chromium does not say where it is to be reached');
    // Without the defaults, pages of the browser's own profile can be hidden.
    const browser = await chromium.connectOverCDP(url, { noDefaults: true });
    const [natural] = browser.contexts();
    if (natural === undefined) throw new Error('Chromium has no profile of its own.');
    return {
      name: 'chromium',
      browser,
      natural,
      async [Symbol.asyncDispose]() {
        const session = await browser.newBrowserCDPSession();
        // Asked to end, it writes what it has to write; what becomes of the answer does not matter.
        await session.send('Browser.close').catch(() => {});
        await within(exited, EXIT_LIMIT_MS, () => '').catch(() => {});
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function chromiumPath(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, 'chromium')).find(existsSync);
  if (found === undefined) throw new Error('The browser tests need Chromium: apt-get install chromium.');
  return found;
}

/** Where it can be reached, as it says itself on standard error. */
function endpoint(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8_192);
      const [, url] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended at once (${code}): ${said}`)));
  });
}
