import { betterHosts, mayRedirect } from '../../policy/navigation.ts';
import { left as leftBehind } from '../../policy/rememberedHealth.ts';
import type { FetchEvent } from '../events.ts';
import { addressOn, pageOf } from '../navigation/address.ts';
import { isHealthy } from '../navigation/probe.ts';
import type { Mode, WorkerSite } from '../navigation/workerSite.ts';
import { lookOut } from './lookout.ts';
import { leave, othersOf, planFor, rescueBy, type Way } from './move.ts';

const redirect: Way = {
  // Where the browser is sent, it may as well stay: nothing has moved yet.
  candidates: (site) => [site.own, ...othersOf(site)],
  awaited: ({ config, own }) => betterHosts(config.hosts, own.origin),
  isOpen({ config, known }, { request }) {
    const { destination, url } = request;
    const given = { isTop: destination === 'document', moves: known.moves, page: pageOf(url) };
    return config.handoff === null && mayRedirect(given, config, Date.now());
  },
  reach({ known }, event, to, cause) {
    const { url } = event.request;
    // Each redirect counts as a move, or a circle would not be noticed.
    if (cause === null) known.noteMove(event, pageOf(url), to);
    return Promise.resolve(Response.redirect(addressOn(to, url), 302));
  },
};

/** Sends the browser to a backup, and from there back to a host that is wanted more. A session is taken along by the offline page. */
export const redirectMode: Mode = {
  async ahead(site, event, isThere) {
    const plan = planFor(site, event.request);
    const isLeft = plan.kind === 'leave' && !(await isThere?.());
    if (isLeft) return leave(site, event, redirect);
    const answer = plan.kind === 'return' ? await goBack(site, event, plan.to) : undefined;
    return answer ?? rescueBy(site, event, redirect);
  },
  served(site, event) {
    const { config, known, own } = site;
    const better = redirect.awaited(site);
    // Whoever is here is led back to the hosts that are wanted more: not before they have proven themselves since.
    if (known.moves.length === 0) {
      for (const origin of better) {
        known.note(event, origin, (host) => leftBehind(host, 'not asked yet', config.dwellMs));
      }
      if (better.length > 0) known.noteMove(event, '', own.origin);
    }
    lookOut(site, event, better);
  },
};

/** Sends the browser to a host that is wanted more, if a last look finds it well. */
async function goBack(site: WorkerSite, event: FetchEvent, to: string): Promise<Response | undefined> {
  const { config, known, offline } = site;
  const { url } = event.request;
  const host = config.hosts.find(({ origin }) => origin === to);
  const isWell = host !== undefined && (await isHealthy(host, config));
  // Whoever has to come back here from there has to wait longer for the next time.
  known.note(event, to, (before) => leftBehind(before, 'gone back', config.dwellMs));
  if (!isWell) return undefined;
  known.noteMove(event, pageOf(url), to);
  return config.handoff === null ? Response.redirect(addressOn(to, url), 302) : offline.show(url, to);
}
