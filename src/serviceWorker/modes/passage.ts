import { judgePage } from '../../policy/navigation.ts';
import { doubted, hostIn } from '../../policy/rememberedHealth.ts';
import type { FetchEvent, Responder } from '../events.ts';
import { endOf } from '../navigation/ownAnswer.ts';
import type { WorkerSite } from '../navigation/workerSite.ts';
import { bestHealthy } from './bestHealthy.ts';
import { forward } from './forward.ts';
import { lookOut } from './lookout.ts';
import { backups, noteMove } from './move.ts';

/**
 * In transparent mode, a page whose server is out gets from a backup what it asks of its own origin, with any method: nothing of it was
 * sent to the server. While the server is not known to be out, what a page reads (GET, HEAD) moves when it fails; what is written does
 * not, since it may have been done.
 *
 * What asks for that very host is left alone: a request that refuses redirects, as a probe does.
 */
export function passageResponder(site: WorkerSite): Responder {
  const { config, own, known } = site;
  return (event) => {
    const { url, mode, redirect } = event.request;
    const isMine =
      config.mode === 'transparent' &&
      mode !== 'navigate' &&
      redirect !== 'error' &&
      url.startsWith(`${own.origin}/`) &&
      // Only the browser itself passes on what a page sends as it is.
      (!known.isLoaded || isAway(site) || isRead(event.request));
    return isMine ? pass(site, event) : null;
  };
}

/** One alarm does not count: that is a question, not a verdict. */
function isAway({ known, own }: WorkerSite): boolean {
  const { kind } = hostIn(known.health, own.origin);
  return kind !== 'up' && kind !== 'alarm';
}

/** What a page reads. Of files, others take care (`assets/`). */
const isRead = ({ method, destination }: Request): boolean =>
  destination === '' && (method === 'GET' || method === 'HEAD');

async function pass(site: WorkerSite, event: FetchEvent): Promise<Response> {
  const { known, own, scope } = site;
  const { request } = event;
  await known.load();
  if (isAway(site)) return fromBackup(site, event, null);
  let failure: unknown;
  const answer = await fetch(request).catch((error: unknown) => {
    failure = error;
    return null;
  });
  const { kind, says, cause } = judgePage(endOf(answer), scope.navigator.onLine);
  if (kind === 'failed' && isRead(request) && !request.signal.aborted) {
    if (says === 'fault') known.note(event, own.origin, (host) => doubted(host, cause));
    const better = await fromBackup(site, event, cause).catch(() => null);
    if (better !== null) return better;
  }
  if (answer !== null) return answer;
  throw failure;
}

/** The one that serves meanwhile is asked; where it fails, another one for what may be asked twice. */
async function fromBackup(site: WorkerSite, event: FetchEvent, cause: string | null): Promise<Response> {
  const { config, servedBy } = site;
  const { request } = event;
  lookOut(site, event, [site.own.origin]);
  if (servedBy !== undefined) {
    try {
      return await forward(request, servedBy, config);
    } catch (error) {
      // The next one is not to fail as well.
      site.servedBy = undefined;
      if (!isRead(request) || request.signal.aborted) throw error;
    }
  }
  const to = await bestHealthy(backups(site), config);
  // Nobody else is left.
  if (to === undefined) return fetch(request);
  noteMove(site, event, to, cause);
  return forward(request, to, config);
}
