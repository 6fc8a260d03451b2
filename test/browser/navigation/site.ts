import { readSiteOptions, type SiteOptions } from '../../../src/site/options.ts';
import type { Rig } from '../../rig/rig.ts';
import { until } from '../../rig/wait.ts';
import { bundle } from '../rig/bundle.ts';
import { type Site, type SiteSetup, startSite } from '../rig/site.ts';
import type { Tab } from '../rig/tab.ts';

/** Short enough for tests that wait for each of them, long enough for a machine that is busy. */
const LIMITS = { navigationMs: 2_500, waryNavigationMs: 700, probeMs: 2_000 } as const;

const PAGE = '<!doctype html><meta charset="utf-8"><title>%SERVER%</title><body>%SERVER%</body>';
const OFFLINE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>offline</title><body>Offline page</body></html>';

const PROGRAMS = { 'offline-page': 'offlinePage', redirect: 'redirect', transparent: 'transparent' } as const;

/** A site with a worker. */
export interface WorkerSite extends Site {
  /** Writes the worker's script anew. */
  writeWorker(options?: Partial<SiteOptions>, remark?: string): Promise<void>;
}

/** Starts a site of two servers or more, whose pages are under the worker for their mode, made from the sources. */
export async function startWorkerSite(
  rig: Rig,
  options: Partial<SiteOptions> = {},
  setup: SiteSetup = {},
): Promise<WorkerSite> {
  const files = { 'any.html': PAGE, 'switchover-offline.html': OFFLINE, 'switchover-health.txt': 'ok', ...setup.files };
  const site = await startSite(rig, { ...setup, files });
  const writeWorker: WorkerSite['writeWorker'] = async (more = {}, remark = '') => {
    const config = readSiteOptions({ hosts: site.hosts, ...LIMITS, ...options, ...more });
    const worker = await bundle(`src/serviceWorker/standalone/${PROGRAMS[config.mode]}.ts`);
    site.write('switchover-sw.js', `// ${remark}\nself.SWITCHOVER = ${JSON.stringify(config)};\n${worker}`);
  };
  await writeWorker();
  return Object.assign(site, { writeWorker });
}

/** Installs the worker in a tab at `url`; the next navigation is its first. */
export async function install(tab: Tab): Promise<void> {
  const isActive = () =>
    tab.evaluate(async () => {
      const registration = await navigator.serviceWorker.register('/switchover-sw.js', { updateViaCache: 'none' });
      return registration.active?.state === 'activated';
    });
  await until(isActive, 20_000, () => 'the worker is not in service');
}

/** Goes to `url`, and tells which page is shown there. */
export async function visit(tab: Tab, url: string): Promise<string> {
  await tab.goto(url);
  return `${await tab.title()} ${await tab.url()}`;
}
