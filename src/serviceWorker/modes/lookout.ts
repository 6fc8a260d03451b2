import { NAVIGATION_DEFAULTS } from '../../policy/defaults.ts';
import { doubted, hostIn, proven } from '../../policy/rememberedHealth.ts';
import type { FetchEvent } from '../events.ts';
import { isHealthy } from '../navigation/probe.ts';
import { wait } from '../navigation/time.ts';
import type { WorkerSite } from '../navigation/workerSite.ts';

/**
 * Looks in the background whether hosts are back in whose place another serves, until they are proven. The browser lets the worker live for
 * as long. There is only one lookout at a time.
 *
 * @param awaited Their origins.
 */
export function lookOut(site: WorkerSite, event: FetchEvent, awaited: readonly string[]): void {
  if (site.isLookingOut) return;
  site.isLookingOut = true;
  event.waitUntil(
    lookAround(site, event, awaited).finally(() => {
      site.isLookingOut = false;
    }),
  );
}

async function lookAround({ config, known }: WorkerSite, event: FetchEvent, awaited: readonly string[]): Promise<void> {
  const { hosts, holdMs } = config;
  for (let look = 0; look < NAVIGATION_DEFAULTS.goodLooks; look++) {
    const absent = hosts.filter(({ origin }) => {
      const { kind, leftMs } = hostIn(known.health, origin);
      return awaited.includes(origin) && kind !== 'up' && kind !== 'holding' && leftMs === 0;
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
