import type { SiteHost } from '../../../site/config.ts';
import type { PageBlock } from '../block.ts';

/** What is known of a host: it is being asked, nothing came back, something else came back, or it is healthy. */
export type HostState = 'asking' | 'silent' | 'unwell' | 'answers';

/**
 * How long a better host may take once a lesser one has answered, in milliseconds. As in RFC 8305, 5: long enough for a healthy host, too
 * short to be noticed.
 */
const GRACE_MS = 250;

/**
 * Asks all hosts at once, best first. The best that is healthy goes to `settled`, or nothing where none is; that happens once, unless the
 * function that comes back is called before: it ends everything.
 */
export function askAll(
  hosts: readonly SiteHost[],
  { probeMs, marker }: PageBlock,
  report: (host: SiteHost, state: HostState) => void,
  settled: (best: SiteHost | undefined) => void,
): () => void {
  const control = new AbortController();
  const healthy = new Set<SiteHost>();
  let left = hosts.length;
  let grace: number | undefined;
  const limit = setTimeout(() => control.abort(), probeMs);
  const stop = (): void => {
    left = -1;
    clearTimeout(limit);
    clearTimeout(grace);
    control.abort();
  };
  const settle = (): void => {
    stop();
    settled(hosts.find((host) => healthy.has(host)));
  };
  for (const host of hosts) {
    report(host, 'asking');
    ask(host.probe, marker, control.signal).then((state) => {
      // What was ended says nothing of its host.
      if (left < 0) return;
      left -= 1;
      report(host, state);
      if (state === 'answers') {
        healthy.add(host);
        grace ??= setTimeout(settle, GRACE_MS);
      }
      if (left === 0 || healthy.has(hosts[0] as SiteHost)) settle();
    });
  }
  return stop;
}

async function ask(probe: string, marker: string, signal: AbortSignal): Promise<HostState> {
  try {
    const response = await fetch(probe, {
      signal,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    const text = await response.text();
    // A captive portal answers anything with 200, but not with this.
    return response.ok && text.includes(marker) ? 'answers' : 'unwell';
  } catch {
    return 'silent';
  }
}
