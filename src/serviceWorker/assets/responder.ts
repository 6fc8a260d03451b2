import type { SiteConfig } from '../../site/config.ts';
import { type ListedFile, listedFile } from '../../site/mirrors.ts';
import { type FetchEvent, type Responder, workerScope } from '../events.ts';
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
  return (event) => {
    const { request } = event;
    const file = isForFile(request) ? listedFile(request.url, groups) : null;
    if (file === null || file.group.length < 2 || (file.group === hosts && !request.destination)) return null;
    const isBlind = request.mode === 'no-cors' && file.origin !== workerScope().location.origin;
    if (isBlind && closed.has(file.group)) return null;
    const answer = fetchFile({ request, file, isBlind, down: new Set() }, site, health, event);
    return isBlind ? orOpaque(answer, request, () => closed.add(file.group)) : answer;
  };
}

function isForFile({ method, mode, destination, cache, headers }: Request): boolean {
  const wantsThatVeryServer = !destination && cache === 'no-store';
  return method === 'GET' && mode !== 'navigate' && !wantsThatVeryServer && !headers.has('authorization');
}

async function fetchFile(errand: Errand, limits: AssetSite, health: AssetHealth, event: FetchEvent): Promise<Response> {
  const { request, file, down, isBlind } = errand;
  await health.load();
  const doubts = new Map(file.group.map((origin) => [origin, health.doubtOf(origin)]));
  try {
    const answer = await stagger({
      origins: inOrder(file, (origin) => doubts.get(origin) === 'doubted'),
      async ask(origin, signal) {
        const good = await askOrigin(errand, origin, signal);
        health.served(origin);
        return good;
      },
      limitOf: (origin) => (doubts.get(origin) === 'none' ? limits.navigationMs : limits.waryNavigationMs),
      onSilence: (origin) => down.add(origin),
      signal: request.signal,
    });
    // Only now: if nobody answers, it is more likely this side's network.
    for (const origin of down) health.failed(origin, event);
    return answer;
  } catch (failures) {
    const said = (failures as unknown[]).find((each) => each instanceof Response);
    if (said && !isBlind) return said;
    throw said ?? (failures as unknown[])[0];
  }
}

/** The requested origin may have for the page itself what it has not for everybody: without CORS, or with the page's cookies. */
async function orOpaque(answer: Promise<Response>, request: Request, onClosed: () => void): Promise<Response> {
  try {
    return await answer;
  } catch (said) {
    const opaque = await fetch(request);
    if (!(said instanceof Response)) onClosed();
    return opaque;
  }
}

/** The one that the page asks, then the others as listed; those that failed a short while ago come last. */
function inOrder({ origin, group }: ListedFile, isDoubted: (origin: string) => boolean): readonly string[] {
  const rank = (each: string) => Number(each !== origin) + 2 * Number(isDoubted(each));
  return [...group].sort((a, b) => rank(a) - rank(b));
}
