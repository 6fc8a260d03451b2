import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import { createRig } from '../../rig/rig.ts';
import { until } from '../../rig/wait.ts';
import {
  type Ability,
  can,
  ENGINE_NAMES,
  type Engine,
  type EngineName,
  missingPackages,
  startEngine,
} from './engine.ts';
import { type PageServer, startPageServer } from './pageServer.ts';
import type { Profile } from './profile.ts';
import type { Tab } from './tab.ts';

const LIMIT_MS = 20_000;

/** How a page is opened. Everything may be left out. */
export interface PageOptions {
  /** Default: that of this test's other pages. */
  readonly profile?: Profile;
  /** The hostname in its origin. Default `page.app.localhost`: of one site with `*.app.localhost`, of another than `*.localhost`. */
  readonly hostname?: string;
}

/** A browser for the tests of a suite. It is started once for them; what a test opens is gone after the test. */
export interface BrowserUnderTest {
  readonly name: EngineName;
  readonly engine: Engine;
  /** A tab, at `url` if that is given. */
  openTab(url?: string, options?: Pick<PageOptions, 'profile'>): Promise<Tab>;
  /** A tab at a page with the tools of `pages/page.ts`. */
  openPage(options?: PageOptions): Promise<Tab>;
  /** A profile with nothing in it: see {@link Engine.newProfile}. */
  newProfile(options?: { readonly kept?: boolean }): Promise<Profile>;
  /** A test that not every engine can run. Where one cannot, `npm test` lists it. */
  testWith(needs: readonly Ability[], name: string, run: () => Promise<void>): void;
  /** A test of a rule on which no engine has a say, such as one whose events are made up: it runs in the first engine alone. */
  testOnce(name: string, run: () => Promise<void>): void;
}

/**
 * The same suite in Chromium, Firefox and WebKit. An engine that is not there fails in CI; elsewhere its tests are not run,
 * and `npm test` lists them. `ENGINES=firefox,webkit` leaves the others out, but not in CI.
 */
export function eachEngine(suite: (browser: BrowserUnderTest) => void): void {
  for (const name of wantedEngines()) {
    const missing = process.env['CI'] ? [] : missingPackages(name);
    const remark = missing.length > 0 ? ` (not there: apt-get install ${missing.join(' ')})` : '';
    describe.skipIf(missing.length > 0)(`in ${name}${remark}`, () => suite(useBrowser(name)));
  }
}

function wantedEngines(): readonly EngineName[] {
  const { ENGINES: wanted, CI: isCi } = process.env;
  if (wanted === undefined || isCi) return ENGINE_NAMES;
  const names = wanted.split(',');
  const unknown = names.filter((name) => !ENGINE_NAMES.some((known) => known === name));
  if (unknown.length > 0) throw new Error(`ENGINES: there is no ${unknown.join()}; there are ${ENGINE_NAMES.join()}.`);
  return ENGINE_NAMES.filter((name) => names.includes(name));
}

function useBrowser(name: EngineName): BrowserUnderTest {
  const rig = createRig();
  const profiles: Profile[] = [];
  let engine: Engine | undefined;
  let server: Promise<PageServer> | undefined;
  let shared: Promise<Profile> | undefined;
  beforeAll(async () => {
    engine = rig.owns(await startEngine(name));
  });
  afterEach(async () => {
    shared = undefined;
    await Promise.all(profiles.splice(0).map((profile) => profile.close()));
  });
  afterAll(() => rig.close());
  const running = (): Engine => {
    if (engine === undefined) throw new Error('The browser is there once the tests run.');
    return engine;
  };
  const newProfile: BrowserUnderTest['newProfile'] = async (options) => {
    const profile = await running().newProfile(options);
    profiles.push(profile);
    return profile;
  };
  const openTab: BrowserUnderTest['openTab'] = async (url, { profile } = {}) => {
    if (profile !== undefined) return profile.openTab(url);
    shared ??= newProfile();
    return (await shared).openTab(url);
  };
  return {
    name,
    get engine() {
      return running();
    },
    newProfile,
    openTab,
    async openPage({ profile, hostname = 'page.app.localhost' } = {}) {
      server ??= startPageServer('test/browser/pages/page.ts').then((started) => rig.owns(started));
      const { port } = await server;
      return openTab(`http://${hostname}:${port}/`, profile === undefined ? {} : { profile });
    },
    testWith(needs, title, run) {
      const lacks = needs.filter((ability) => !can(name, ability));
      // scripts/test.ts knows such a test by this remark.
      const remark = lacks.length > 0 ? ` (${name} cannot: ${lacks.join(', ')})` : '';
      test.skipIf(lacks.length > 0)(`${title}${remark}`, run);
    },
    testOnce(title, run) {
      if (name === wantedEngines()[0]) test(title, run);
    },
  };
}

/** Waits until a page says that it is so. A page that cannot be asked, as it is being left, has not said so. */
export async function untilIn<Argument>(
  tab: Tab,
  isTrue: (argument: Argument) => boolean,
  argument: Argument,
  what: string,
): Promise<void> {
  // The page's own words may be gone by the time that they are wanted.
  let told = '';
  await until(
    async () => {
      try {
        const is = await tab.evaluate(isTrue, argument);
        if (!is) told = await tab.evaluate(() => window.tools?.say() ?? document.title);
        return is;
      } catch (error) {
        told = String(error);
        return false;
      }
    },
    LIMIT_MS,
    () => `${what}: ${told}`,
  );
}
