import { type NavigationPlan, planNavigation } from '../../policy/navigation.ts';
import { hostIn, left as leftBehind } from '../../policy/rememberedHealth.ts';
import type { SiteHost } from '../../site/config.ts';
import type { FetchEvent } from '../events.ts';
import { pageOf } from '../navigation/address.ts';
import { finish } from '../navigation/navigation.ts';
import { askOwn } from '../navigation/ownAnswer.ts';
import type { Rescue, WorkerSite } from '../navigation/workerSite.ts';
import { bestHealthy } from './bestHealthy.ts';
import { lookOut } from './lookout.ts';

/** How a mode gets a page from another host. */
export interface Way {
  /** Who is asked where the own host is known to be out, best first. */
  candidates(site: WorkerSite): readonly SiteHost[];
  /** Origins of the hosts in whose place others serve meanwhile: it is looked out for them. */
  awaited(site: WorkerSite): readonly string[];
  /** False for a page that stays where it is. */
  isOpen(site: WorkerSite, event: FetchEvent): boolean;
  /** What is answered when another host is well. Undefined where that has not got the page. `cause` as for {@link move}. */
  reach(site: WorkerSite, event: FetchEvent, to: string, cause: string | null): Promise<Response | undefined>;
}

/** What is to be done first with a navigation. */
export function planFor({ known, own, config }: WorkerSite, { url, destination }: Request): NavigationPlan {
  const { health, moves } = known;
  const given = { own: own.origin, page: pageOf(url), isTop: destination === 'document', health, moves };
  return planNavigation(given, config, Date.now());
}

/** Gets the page elsewhere, since the own host is known to be out. */
export async function leave(site: WorkerSite, event: FetchEvent, way: Way): Promise<Response | Rescue | undefined> {
  const { kind, why } = hostIn(site.known.health, site.own.origin);
  lookOut(site, event, way.awaited(site));
  const found = await move(site, event, way, way.candidates(site), kind === 'alarm' ? why : null);
  return found === 'own' ? rescueBy(site, event, way) : found;
}

/** Has the page moved when the own host fails. That is asked once more where a connection broke, and it says that it is well. */
export const rescueBy =
  (site: WorkerSite, event: FetchEvent, way: Way, isAskedAgain = false): Rescue =>
  async (cause, isBroken) => {
    const others = backups(site);
    const found = await move(site, event, way, isBroken && !isAskedAgain ? [site.own, ...others] : others, cause);
    if (found !== 'own') return found;
    return finish(site, event, askOwn(event.request), rescueBy(site, event, way, true));
  };

/** All hosts but the own one, best first. */
export const othersOf = ({ config, own }: WorkerSite): readonly SiteHost[] =>
  config.hosts.filter((host) => host !== own);

/** The same, with the one that serves meanwhile first: of what it gave, more will be asked. */
export const backups = (site: WorkerSite): readonly SiteHost[] =>
  [...othersOf(site)].sort((a, b) => Number(b.origin === site.servedBy) - Number(a.origin === site.servedBy));

/**
 * Gets the page from the best of some hosts. Undefined where none is well, and where it stays.
 *
 * @param candidates Who is asked, best first.
 * @param cause Why the own host is left now. Null: it was left before.
 * @returns `own` where the own host was a candidate and is well.
 */
async function move(
  site: WorkerSite,
  event: FetchEvent,
  way: Way,
  candidates: readonly SiteHost[],
  cause: string | null,
): Promise<Response | 'own' | undefined> {
  const to = way.isOpen(site, event) ? await bestHealthy(candidates, site.config) : undefined;
  if (to === undefined) return undefined;
  if (to === site.own.origin) return 'own';
  const response = await way.reach(site, event, to, cause);
  if (response === undefined) {
    // It looks well, and has no page.
    const others = candidates.filter(({ origin }) => origin !== to);
    return move(site, event, way, others, cause);
  }
  noteMove(site, event, to, cause);
  return response;
}

/** From now on another host serves. */
export function noteMove(site: WorkerSite, event: FetchEvent, to: string, cause: string | null): void {
  const { known, own, config } = site;
  site.servedBy = to;
  if (cause === null) return;
  known.note(event, own.origin, (host) => leftBehind(host, cause, config.dwellMs));
  known.noteMove(event, pageOf(event.request.url), to);
}
