import type { SiteConfig } from '../../site/config.ts';
import { type FetchEvent, type Responder, workerScope } from '../events.ts';
import type { Errand } from './ask.ts';
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
    const requested = new URL(request.url).origin;
    const group = groups.find((each) => each.includes(requested));
    if (group?.[1] === undefined || !isForFile(request, group === hosts)) return null;
    const isBlind = request.mode === 'no-cors' && requested !== workerScope().location.origin;
    if (isBlind && closed.has(group)) return null;
    const errand = { request, group, own: isBlind ? null : requested, down: new Set<string>(), health };
    const answer = fetchFile(errand, requested, site, event);
    return isBlind ? orOpaque(answer, request, () => closed.add(group)) : answer;
  };
}

function isForFile({ method, mode, destination, cache, headers }: Request, isOfHosts: boolean): boolean {
  // What a page's code asks for has no destination; with `no-store` it wants to hear that very server.
  const isFile = destination || !(isOfHosts || cache === 'no-store');
  return method === 'GET' && mode !== 'navigate' && !!isFile && !headers.has('authorization');
}

async function fetchFile(errand: Errand, requested: string, limits: AssetSite, event: FetchEvent): Promise<Response> {
  const { group, own, down, health } = errand;
  await health.load?.();
  const doubts = new Map(group.map((origin) => [origin, health.doubtOf(origin)]));
  // The one that the page asks, then the others as listed; those that failed a short while ago come last.
  const rank = (origin: string) => (origin === requested ? 0 : 1) + (doubts.get(origin) === 'doubted' ? 2 : 0);
  const limitOf = (origin: string) => (doubts.get(origin) === 'none' ? limits.navigationMs : limits.waryNavigationMs);
  try {
    const answer = await stagger(
      errand,
      [...group].sort((a, b) => rank(a) - rank(b)),
      limitOf,
    );
    // Only now: if nobody answers, it is more likely this side's network.
    for (const origin of down) health.failed(origin, event);
    return answer;
  } catch (failures) {
    const said = (failures as unknown[]).find((each) => each instanceof Response);
    if (said && own !== null) return said;
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
