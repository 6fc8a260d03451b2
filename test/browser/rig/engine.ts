import { globSync } from 'node:fs';
import { launchChromium } from './chromium/browser.ts';
import type { Launch } from './driver.ts';
import { launchFirefox } from './firefox/browser.ts';
import { findProgram } from './process.ts';
import { createProfile, type Profile, startKeptProfile, temporaryFolder } from './profile.ts';
import { launchWebKit } from './webkit/browser.ts';

export const ENGINE_NAMES = ['chromium', 'firefox', 'webkit'] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];

/**
 * What an engine may be unable to do under a test's hand: `offline` (take a profile's network away), `freeze` (stop a page's
 * life as for one that nobody sees), `hear` (tell of its console and of errors that nobody caught), `restart` (a profile
 * that outlives its browser), `crash` (kill the process that draws a tab), `lateSocket` (tell a page that it is left while its
 * sockets are open, and keep such a page in the back-forward cache: Firefox closes them first, and keeps only pages without),
 * `comeBack` (go on speaking to a page that lay in the back-forward cache: WebKit's driver often gets no answer from one),
 * `stopWorkers` (end service workers that have nothing to do).
 */
export type Ability = 'offline' | 'freeze' | 'hear' | 'restart' | 'crash' | 'lateSocket' | 'comeBack' | 'stopWorkers';

/** A real browser, started. */
export interface Engine extends AsyncDisposable {
  readonly name: EngineName;
  version(): Promise<string>;
  /**
   * A profile with nothing in it. It is in memory and cheap; with `kept` it is on disk, has a browser of its own (which
   * takes a second or two to start), and can be restarted. In Chromium only its pages can be frozen or kept in the
   * back-forward cache: those of any other always count as seen.
   */
  newProfile(options?: { readonly kept?: boolean }): Promise<Profile>;
}

interface Kind {
  readonly launch: Launch;
  readonly abilities: readonly Ability[];
  /** The Debian packages whose programs are not there. */
  missing(): readonly string[];
}

const program = (name: string, from = name): readonly string[] => (findProgram(name) === undefined ? [from] : []);

/** By these a script has WebKit's own interface. */
const bindings = (): readonly string[] =>
  globSync('/usr/lib/*/girepository-1.0/WebKit2-4.1.typelib').length === 0 ? ['gir1.2-webkit2-4.1'] : [];

const KINDS: Readonly<Record<EngineName, Kind>> = {
  chromium: {
    launch: launchChromium,
    abilities: ['offline', 'freeze', 'hear', 'restart', 'crash', 'lateSocket', 'comeBack', 'stopWorkers'],
    missing: () => program('chromium'),
  },
  firefox: {
    launch: launchFirefox,
    abilities: ['offline', 'hear', 'restart', 'crash', 'comeBack'],
    missing: () => program('firefox-esr'),
  },
  webkit: {
    launch: launchWebKit,
    abilities: ['restart', 'lateSocket'],
    missing: () => [
      ...program('WebKitWebDriver', 'webkit2gtk-driver'),
      ...program('gjs'),
      ...program('Xvfb', 'xvfb'),
      ...bindings(),
    ],
  },
};

/** Whether tests can do this in that engine. */
export const can = (name: EngineName, ability: Ability): boolean => KINDS[name].abilities.includes(ability);

/** The Debian packages that this machine lacks for an engine. */
export const missingPackages = (name: EngineName): readonly string[] => KINDS[name].missing();

export async function startEngine(name: EngineName): Promise<Engine> {
  const missing = missingPackages(name);
  if (missing.length > 0) throw new Error(`${name} is not there: apt-get install ${missing.join(' ')}.`);
  const { launch } = KINDS[name];
  const folder = temporaryFolder(name);
  const browser = await launch(folder.path);
  return {
    name,
    version: () => browser.version(),
    newProfile: async ({ kept = false } = {}) =>
      kept ? startKeptProfile(launch, name) : createProfile(await browser.newProfile()),
    async [Symbol.asyncDispose]() {
      await browser.end();
      folder.remove();
    },
  };
}
