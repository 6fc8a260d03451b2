import { judgePage, type PageVerdict } from '../../policy/navigation.ts';
import { doubted, proven } from '../../policy/rememberedHealth.ts';
import type { FetchEvent, Responder } from '../events.ts';
import { pageOf } from './address.ts';
import { type Asked, askOwn, endOf, inPatience } from './ownAnswer.ts';
import type { Rescue, WorkerSite } from './workerSite.ts';

/** True for what this is for: a page that is loaded by GET. What a form sends would be lost at another host. */
export const isNavigation = ({ mode, method }: Request): boolean => mode === 'navigate' && method === 'GET';

/** Answers the navigations of a site. */
export const navigationResponder =
  (site: WorkerSite): Responder =>
  (event) =>
    isNavigation(event.request) ? answerNavigation(site, event) : null;

/** Asks the server for a page, or a backup where the server is known to be out; and mends what fails. Never rejects. */
async function answerNavigation(site: WorkerSite, event: FetchEvent): Promise<Response> {
  const { request, preloadResponse } = event;
  // Where it is not waited for, nobody else hears how it ends.
  preloadResponse?.catch(() => {});
  await site.known.load();
  const ahead = await site.mode.ahead?.(site, event);
  return ahead instanceof Response ? ahead : finish(site, event, askOwn(request, preloadResponse), ahead);
}

/**
 * Waits for the own host's answer, and makes one good that fails or takes too long. Never rejects.
 *
 * @param rescue What is done if it fails. Default: nobody else is asked.
 */
export async function finish(
  site: WorkerSite,
  event: FetchEvent,
  { response, abort, end }: Asked,
  rescue?: Rescue,
): Promise<Response> {
  const { scope, offline, known } = site;
  const { url, signal } = event.request;
  const given = await inPatience(site, event, response);
  const answer = given === undefined ? await abort() : given;
  // Somebody has gone elsewhere meanwhile: that says nothing of the host.
  if (answer === null && signal.aborted) return Response.error();
  const isOnline = scope.navigator.onLine;
  const { kind, cause } = judgePage(endOf(answer), isOnline);
  const heard = end(answer);
  if (heard !== null) noteVerdict(site, event, judgePage(heard, isOnline));
  // The offline page that stands for a slow server finds it well, and leads back at once: that is a circle, too.
  if (answer === undefined) known.noteMove(event, pageOf(url), '');
  if (answer && kind === 'shown') return answer;
  const rescued = await rescue?.(cause, answer === null);
  if (answer && kind === 'doubted' && rescued === undefined) return answer;
  void answer?.body?.cancel();
  return rescued ?? offline.show(url);
}

/** What the own host's answer says of it is known from now on, here and in all pages. */
function noteVerdict(site: WorkerSite, event: FetchEvent, { says, cause }: PageVerdict): void {
  const { known, own, config, mode } = site;
  if (says === 'fault') known.note(event, own.origin, (host) => doubted(host, cause));
  if (says !== 'proof') return;
  known.note(event, own.origin, (host, env) => proven(host, config.holdMs, env));
  mode.served?.(site, event);
}
