import type { SiteConfig } from '../../site/config.ts';
import { type ListedFile, listedFile } from '../../site/mirrors.ts';
import { type Responder, workerScope } from '../events.ts';
import { askOrigin, type Errand } from './ask.ts';
import { type AssetHealth, assetMemory } from './memory.ts';
import { stagger } from './stagger.ts';

/** What of a site matters to its files. */
export type AssetSite = Pick<SiteConfig, 'hosts' | 'assets' | 'navigationMs' | 'waryNavigationMs'>;

/**
 * Answers requests for the files of listed origins, each from whichever origin of its group has it.
 *
 * It leaves alone: what is not GET, pages, what carries an `Authorization`, origins that are not listed, and what a page's own code
 * fetches from the hosts themselves (`createFailover` does that, and knows the session; a probe has to hear the host that it asks).
 *
 * @param health What is known of hosts and origins. Default: what this responder itself has seen.
 */
export function assetResponder(site: AssetSite, health: AssetHealth = assetMemory()): Responder {
  const hosts = site.hosts.map(({ origin }) => origin);
  const groups = [hosts, ...site.assets];
  /** Groups that allow no CORS: what a page asks of them without it, nobody else can give. */
  const closed = new Set<readonly string[]>();
  return ({ request }) => {
    const file = isForFile(request) ? listedFile(request.url, groups) : null;
    if (file === null || file.group.length < 2 || (file.group === hosts && !request.destination)) return null;
    const isBlind = request.mode === 'no-cors' && file.origin !== workerScope().location.origin;
    if (isBlind && closed.has(file.group)) return null;
    return fetchFile({ request, file, isBlind, health }, site, () => closed.add(file.group));
  };
}

function isForFile({ method, mode, destination, cache, headers }: Request): boolean {
  const wantsThatVeryServer = !destination && cache === 'no-store';
  return method === 'GET' && mode !== 'navigate' && !wantsThatVeryServer && !headers.has('authorization');
}

/** @param onClosed Told that nobody in the group allows CORS. */
async function fetchFile(errand: Errand, limits: AssetSite, onClosed: () => void): Promise<Response> {
  const { request, file, isBlind, health } = errand;
  const doubts = new Map(file.group.map((origin) => [origin, health.doubtOf(origin)]));
  try {
    return await stagger({
      origins: inOrder(file, (origin) => doubts.get(origin) === 'doubted'),
      ask: (origin, signal) => askOrigin(errand, origin, signal),
      limitOf: (origin) => (doubts.get(origin) === 'none' ? limits.navigationMs : limits.waryNavigationMs),
      onSilence: health.failed,
      signal: request.signal,
    });
  } catch (failures) {
    const said = (failures as unknown[]).find((each) => each instanceof Response);
    if (!isBlind) {
      if (said) return said;
      throw (failures as unknown[])[0];
    }
    // Perhaps they would have it for the page itself: without CORS, or with its cookies.
    const answer = await fetch(request);
    if (!said) onClosed();
    return answer;
  }
}

/** The one that the page asks, then the others as listed; those that failed a short while ago come last. */
function inOrder({ origin, group }: ListedFile, isDoubted: (origin: string) => boolean): readonly string[] {
  const rank = (each: string) => Number(each !== origin) + 2 * Number(isDoubted(each));
  return [...group].sort((a, b) => rank(a) - rank(b));
}
