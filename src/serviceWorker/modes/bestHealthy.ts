import type { SiteHost } from '../../site/config.ts';
import { isHealthy, type ProbeLimits } from '../navigation/probe.ts';

/**
 * How long a better host may take once a lesser one has answered, in milliseconds. As in RFC 8305, 5: long enough for a healthy host, too
 * short to be noticed.
 */
const GRACE_MS = 250;

/** Asks all hosts at once, and gives the origin of the best one that is well. The others are let go. Never rejects. */
export async function bestHealthy(hosts: readonly SiteHost[], limits: ProbeLimits): Promise<string | undefined> {
  const control = new AbortController();
  const end = (): void => control.abort();
  const asked = hosts.map((host) => isHealthy(host, limits, control));
  for (const each of asked) void each.then((isWell) => isWell && setTimeout(end, GRACE_MS));
  let best: string | undefined;
  for (const [at, each] of asked.entries()) {
    if (!(await each)) continue;
    best = hosts[at]?.origin;
    break;
  }
  end();
  return best;
}
