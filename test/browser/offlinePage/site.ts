import { buildOfflineKit } from '../../../scripts/offlineKit.ts';
import type { OfflineLook } from '../../../src/serviceWorker/offlinePage/look.ts';
import { renderOfflinePage } from '../../../src/serviceWorker/offlinePage/render.ts';
import { readSiteOptions, type SiteOptions } from '../../../src/site/options.ts';
import type { Server } from '../../rig/cluster.ts';
import type { Rig } from '../../rig/rig.ts';
import { startWorkerSite, type WorkerSite } from '../navigation/site.ts';

/** Where the servers are asked how they are. */
export const HEALTH = '/switchover-health.txt';

export interface OfflineSite extends WorkerSite {
  /** Has a server say something else where it is asked how it is; nothing: as it should. */
  answerProbes(
    server: Server,
    answer?: { readonly status?: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<void>;
  /** How often a server was asked how it is. */
  probes(server: Server): number;
}

/** How the page's own waits are changed for a test. Default: as they are. */
export interface Waits {
  readonly baseMs: number;
  readonly capMs: number;
}

const PROBE_MS = 1_000;

const kit = buildOfflineKit();

/** The page of a site, its script told other waits; they stand in what its policy does not name. */
export async function offlinePageFor(
  options: SiteOptions,
  look: OfflineLook = {},
  { baseMs, capMs }: Waits = { baseMs: 100, capMs: 20_000 },
): Promise<string> {
  const page = renderOfflinePage(readSiteOptions({ probeMs: PROBE_MS, ...options }), look, await kit);
  return page.replace('"baseMs":100,"capMs":20000', JSON.stringify({ baseMs, capMs }).slice(1, -1));
}

/** A site of two servers under the worker, with its own offline page. */
export async function startOfflineSite(
  rig: Rig,
  options: Partial<SiteOptions> = {},
  look: OfflineLook = {},
  waits?: Waits,
): Promise<OfflineSite> {
  const site = await startWorkerSite(rig, { probeMs: PROBE_MS, ...options });
  site.write('switchover-offline.html', await offlinePageFor({ hosts: site.hosts, ...options }, look, waits));
  return Object.assign(site, {
    answerProbes: (server: Server, answer = {}) =>
      server.configure({ site: { folder: site.folder, answers: { [HEALTH]: answer } } }),
    probes: (server: Server) => site.asked(server, HEALTH),
  });
}
