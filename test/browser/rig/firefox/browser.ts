import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserDriver, ProfileDriver } from '../driver.ts';
import { findProgram, startProcess } from '../process.ts';
import { type Bidi, connectBidi } from './bidi.ts';
import { driveTab, type LogEntry } from './tab.ts';

const START_LIMIT_MS = 60_000;

/** No traffic of the browser's own, nothing that asks or waits for a user. What it does with pages stays as it is for users. */
const PREFERENCES = {
  'app.update.disabledForTesting': true,
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
} as const;

/** The profile of the browser itself, by WebDriver BiDi's name. */
const OWN = 'default';

/** Starts Firefox ESR, and drives it by WebDriver BiDi, which it speaks without a program in between. */
export async function launchFirefox(directory: string): Promise<BrowserDriver> {
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  writeFileSync(join(directory, 'user.js'), lines.join(''));
  const args = ['--headless', '--no-remote', '--profile', directory, '--remote-debugging-port=0'];
  const running = startProcess(findProgram('firefox-esr') ?? 'firefox-esr', args);
  try {
    const bidi = await connectBidi(await running.says(/WebDriver BiDi listening on (ws:\S+)/, START_LIMIT_MS));
    await bidi.send('session.subscribe', { events: ['log.entryAdded'] });
    return {
      version: async () => bidi.version,
      ownProfile: async () => driveProfile(bidi, OWN, running.pid),
      async newProfile() {
        const { userContext } = await bidi.send<{ userContext: string }>('browser.createUserContext');
        return driveProfile(bidi, userContext, running.pid);
      },
      async end() {
        await bidi.send('browser.close').catch(() => {});
        await running.ended().catch(() => {});
        await running.kill();
      },
    };
  } catch (error) {
    await running.kill();
    throw error;
  }
}

function driveProfile(bidi: Bidi, userContext: string, browserPid: number): ProfileDriver {
  return {
    async newTab() {
      const { context } = await bidi.send<{ context: string }>('browsingContext.create', { type: 'tab', userContext });
      const said: string[] = [];
      bidi.on<LogEntry>('log.entryAdded', ({ source, level, text }) => {
        if (source.context === context) said.push(`${level}: ${text}`);
      });
      return driveTab(bidi, context, said, browserPid);
    },
    async setOffline(isOffline) {
      const networkConditions = isOffline ? { type: 'offline' } : null;
      await bidi.send('emulation.setNetworkConditions', { networkConditions, userContexts: [userContext] });
    },
    // With it go its tabs.
    close: async () => void (userContext === OWN || (await bidi.send('browser.removeUserContext', { userContext }))),
  };
}
