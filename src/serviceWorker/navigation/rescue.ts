import { mayRedirect } from '../../policy/navigation.ts';
import { left } from '../../policy/rememberedHealth.ts';
import type { SiteHost } from '../../site/config.ts';
import type { FetchEvent } from '../events.ts';
import { addressOn, pageOf } from './address.ts';
import { forward } from './forward.ts';
import { bestHealthy } from './probe.ts';
import type { WorkerSite } from './workerSite.ts';

/**
 * Gets the page from another host, by the site's mode. Undefined where none is well, and where the offline page is to lead on.
 *
 * @param candidates Who is asked, best first.
 * @param cause Why the own host is left now. Null: it was left before.
 * @returns `own` where the own host was a candidate and is well.
 */
export async function rescue(
  site: WorkerSite,
  event: FetchEvent,
  candidates: readonly SiteHost[],
  cause: string | null,
): Promise<Response | 'own' | undefined> {
  const { config, own } = site;
  const { url } = event.request;
  const isRedirected = isRedirectable(site, event) && config.handoff === null;
  if (!isRedirected && config.mode !== 'transparent') return undefined;
  const to = await bestHealthy(candidates, config);
  if (to === undefined) return undefined;
  if (to === own.origin) return 'own';
  const response = isRedirected ? Response.redirect(addressOn(to, url), 302) : await documentFrom(site, event, to);
  if (response === undefined) {
    // It looks well, and has no page.
    return rescue(
      site,
      event,
      candidates.filter(({ origin }) => origin !== to),
      cause,
    );
  }
  noteMove(site, event, to, cause);
  // Each redirect counts as a move, or a circle would not be noticed.
  if (isRedirected && cause === null) site.known.noteMove(event, pageOf(url), to);
  return response;
}

/** From now on another host serves. */
export function noteMove(site: WorkerSite, event: FetchEvent, to: string, cause: string | null): void {
  const { known, own, config } = site;
  site.servedBy = to;
  if (cause === null) return;
  known.note(event, own.origin, (host) => left(host, cause, config.dwellMs));
  known.noteMove(event, pageOf(event.request.url), to);
}

const isRedirectable = ({ known, config }: WorkerSite, { request }: FetchEvent): boolean =>
  mayRedirect(
    { isTop: request.destination === 'document', moves: known.moves, page: pageOf(request.url) },
    config,
    Date.now(),
  );

/** The one that serves meanwhile comes first: of what it gave, more will be asked. */
export const backups = ({ others, servedBy }: WorkerSite): readonly SiteHost[] =>
  [...others].sort((a, b) => Number(b.origin === servedBy) - Number(a.origin === servedBy));

/** Sends the browser to a host that is wanted more, if a last look finds it well. A session is taken along by the offline page. */
export async function goBack(site: WorkerSite, event: FetchEvent, to: string): Promise<Response | undefined> {
  const { config, known, offline } = site;
  const { url } = event.request;
  const isWell = await bestHealthy(
    config.hosts.filter(({ origin }) => origin === to),
    config,
  );
  // Whoever has to come back here from there has to wait longer for the next time.
  known.note(event, to, (host) => left(host, 'gone back', config.dwellMs));
  if (isWell === undefined) return undefined;
  known.noteMove(event, pageOf(url), to);
  return config.handoff === null ? Response.redirect(addressOn(to, url), 302) : offline.show(url, to);
}

async function documentFrom({ config }: WorkerSite, event: FetchEvent, to: string): Promise<Response | undefined> {
  const control = new AbortController();
  const limit = setTimeout(() => control.abort(), config.navigationMs);
  const response = await forward(event.request, to, config, control.signal).catch(() => undefined);
  clearTimeout(limit);
  return response && response.status < 500 ? response : undefined;
}
