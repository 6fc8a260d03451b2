import { absenceOf, afterMove, beginAbsence, endAbsence, mayMove } from '../../policy/navigationState.ts';
import type { SiteHost } from '../../site/config.ts';
import type { FetchEvent } from '../events.ts';
import { addressOn, pageOf } from './address.ts';
import { forward } from './forward.ts';
import { bestHealthy } from './probe.ts';
import type { WorkerSite } from './workerSite.ts';

/** True where the browser may be sent elsewhere: not for a frame, whose page stays where it is. */
export const mayLeave = ({ request }: FetchEvent): boolean => request.destination === 'document';

/** False where the page has been moved so often that it may be going in circles. */
export const isFree = ({ known, config }: WorkerSite, { request }: FetchEvent): boolean =>
  mayMove(known.state, pageOf(request.url), config.dwellMs, Date.now());

/**
 * Gets the page from another host, by the site's mode. Undefined where none is well, and where the offline page is to lead on.
 *
 * @param candidates Who is asked, best first. Default: all others; the one that serves meanwhile first, since more will be asked of it.
 * @returns `own` where the own host was a candidate and is well.
 */
export async function rescue(
  site: WorkerSite,
  event: FetchEvent,
  candidates: readonly SiteHost[] = backups(site),
): Promise<Response | 'own' | undefined> {
  const { config, own } = site;
  const moves = config.mode === 'redirect' && config.handoff === null && mayLeave(event) && isFree(site, event);
  if (!moves && config.mode !== 'transparent') return undefined;
  const to = await bestHealthy(candidates, config);
  if (to === undefined) return undefined;
  if (to === own.origin) return 'own';
  return moves ? sendTo(site, event, to) : showFrom(site, event, to);
}

export function backups({ others, own, known }: WorkerSite): readonly SiteHost[] {
  const by = absenceOf(known.state, own.origin)?.by;
  return [...others].sort((a, b) => Number(b.origin === by) - Number(a.origin === by));
}

/** Sends the browser to a host that is wanted more, if a last look finds it well. A session is taken along by the offline page. */
export async function goBack(site: WorkerSite, event: FetchEvent, to: string): Promise<Response | undefined> {
  const { config, known, offline } = site;
  const isWell = await bestHealthy(
    config.hosts.filter(({ origin }) => origin === to),
    config,
  );
  event.waitUntil(known.changeState((state) => endAbsence(state, to)));
  if (isWell === undefined) return undefined;
  const response = sendTo(site, event, to);
  return config.handoff === null ? response : offline.show(event.request.url, to);
}

function sendTo({ known }: WorkerSite, event: FetchEvent, to: string): Response {
  const { url } = event.request;
  event.waitUntil(known.changeState((state, { nowMs }) => afterMove(state, pageOf(url), to, nowMs)));
  return Response.redirect(addressOn(to, url), 302);
}

async function showFrom(site: WorkerSite, event: FetchEvent, by: string): Promise<Response | undefined> {
  const { config, known, own } = site;
  const control = new AbortController();
  const limit = setTimeout(() => control.abort(), config.navigationMs);
  const response = await forward(event.request, by, config, control.signal).catch(() => undefined);
  clearTimeout(limit);
  if (response === undefined || response.status >= 500) return undefined;
  event.waitUntil(known.changeState((state, { nowMs }) => beginAbsence(state, own.origin, by, nowMs)));
  return response;
}
