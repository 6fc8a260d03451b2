import { NAVIGATION_DEFAULTS } from '../../policy/defaults.ts';
import { betterHosts } from '../../policy/navigation.ts';
import { doubted, hostIn, proven } from '../../policy/rememberedHealth.ts';
import type { FetchEvent } from '../events.ts';
import { isHealthy } from './probe.ts';
import { wait } from './time.ts';
import type { WorkerSite } from './workerSite.ts';

/**
 * Looks in the background whether hosts are back in whose place another serves, until they are proven: the own host in transparent mode,
 * in redirect mode those that are wanted more. The browser lets the worker live for as long. There is only one lookout at a time.
 */
export function lookOut(site: WorkerSite, event: FetchEvent): void {
  if (site.isLookingOut) return;
  site.isLookingOut = true;
  event.waitUntil(
    lookAround(site, event).finally(() => {
      site.isLookingOut = false;
    }),
  );
}

async function lookAround(site: WorkerSite, event: FetchEvent): Promise<void> {
  const { config, own, known } = site;
  const { mode, hosts, holdMs } = config;
  const wanted = mode === 'redirect' ? betterHosts(hosts, own.origin) : mode === 'transparent' ? [own.origin] : [];
  for (let look = 0; look < NAVIGATION_DEFAULTS.goodLooks; look++) {
    const absent = hosts.filter(({ origin }) => {
      const { kind, leftMs } = hostIn(known.health, origin);
      return wanted.includes(origin) && kind !== 'up' && kind !== 'holding' && leftMs === 0;
    });
    if (absent.length === 0) return;
    await wait(NAVIGATION_DEFAULTS.lookPeriodMs);
    const looks = absent.map(async (host) => {
      const isWell = await isHealthy(host, config);
      known.note(event, host.origin, (record, env) =>
        isWell ? proven(record, holdMs, env) : doubted(record, 'no answer'),
      );
    });
    await Promise.all(looks);
  }
}
