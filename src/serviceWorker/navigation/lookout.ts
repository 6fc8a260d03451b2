import { NAVIGATION_DEFAULTS } from '../../policy/defaults.ts';
import { type Absence, afterLook, isLookDue } from '../../policy/navigationState.ts';
import { afterFault, afterProof } from '../../policy/rememberedHealth.ts';
import type { SiteConfig } from '../../site/config.ts';
import type { Knowledge } from './knowledge.ts';
import { isHealthy } from './probe.ts';
import { wait } from './time.ts';

/**
 * Looks after hosts in whose place another serves: as often as it takes to prove them, then not again. Returns what starts that, and
 * resolves when it is over. There is only one at a time; a browser lets the worker live for as long.
 */
export function createLookout(config: SiteConfig, known: Knowledge): () => Promise<void> {
  const { hosts, holdMs } = config;
  let isOut = false;

  async function look({ origin }: Absence): Promise<void> {
    const host = hosts.find((each) => each.origin === origin);
    if (host === undefined) return;
    const isGood = await isHealthy(host, config);
    await Promise.all([
      known.changeState((state, env) => afterLook(state, origin, isGood, holdMs, env)),
      known.changeHealth((record, env) =>
        isGood ? afterProof(record, origin, holdMs, env) : afterFault(record, origin, 'no answer', env),
      ),
    ]);
  }

  return async () => {
    if (isOut) return;
    isOut = true;
    for (let round = 0; round < NAVIGATION_DEFAULTS.goodLooks; round++) {
      const next = known.state.absences.filter(({ backAtMs }) => backAtMs === null);
      if (next.length === 0) break;
      await wait(NAVIGATION_DEFAULTS.lookPeriodMs);
      await Promise.all(next.filter((absence) => isLookDue(absence, Date.now())).map(look));
    }
    isOut = false;
  };
}
