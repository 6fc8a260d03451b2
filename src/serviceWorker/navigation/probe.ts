import type { SiteConfig, SiteHost } from '../../site/config.ts';

/** What of a site's configuration a probe needs. */
export type ProbeLimits = Pick<SiteConfig, 'probeMs' | 'marker'>;

/**
 * How long a better host may take once a lesser one has answered, in milliseconds. As in RFC 8305, 5: long enough for a healthy host, too
 * short to be noticed.
 */
const GRACE_MS = 250;

/** Longer answers to a probe are nobody's health endpoint, in bytes. */
const ANSWER_BYTES = 65_536;

/** True where a host says now that it is well and serves. Never rejects, and is over in time. */
export const isHealthy = async (host: SiteHost, limits: ProbeLimits): Promise<boolean> =>
  (await bestHealthy([host], limits)) !== undefined;

/** Asks all hosts at once, and gives the origin of the best one that is well. The others are let go. Never rejects. */
export async function bestHealthy(
  hosts: readonly SiteHost[],
  { probeMs, marker }: ProbeLimits,
): Promise<string | undefined> {
  const control = new AbortController();
  const end = (): void => control.abort();
  const limit = setTimeout(end, probeMs);
  const asked = hosts.map(({ probe }) => isWell(probe, marker, control.signal));
  for (const each of asked) void each.then((is) => is && setTimeout(end, GRACE_MS));
  let best: string | undefined;
  for (const [at, each] of asked.entries()) {
    if (!(await each)) continue;
    best = hosts[at]?.origin;
    break;
  }
  clearTimeout(limit);
  end();
  return best;
}

async function isWell(probe: string, marker: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(probe, {
      signal,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    const role = response.headers.get('switchover-role');
    // A captive portal answers anything with 200, but not with this.
    return response.ok && role !== 'standby' && role !== 'draining' && (await holds(response, marker));
  } catch {
    return false;
  }
}

async function holds({ body }: Response, marker: string): Promise<boolean> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let left = ANSWER_BYTES; reader !== undefined && left > 0; ) {
    const { done, value } = await reader.read();
    if (done) break;
    left -= value.length;
    text += decoder.decode(value, { stream: true });
  }
  return text.includes(marker);
}
