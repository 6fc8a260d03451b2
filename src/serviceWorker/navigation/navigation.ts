import { judgePage, planNavigation } from '../../policy/navigation.ts';
import { isOut } from '../../policy/rememberedHealth.ts';
import type { FetchEvent, Responder } from '../events.ts';
import { pageOf } from './address.ts';
import { noteOverdue, noteVerdict } from './notes.ts';
import { type Asked, askOwn, endOf, patiently } from './ownAnswer.ts';
import { isHealthy } from './probe.ts';
import { goBack, isFree, mayLeave, rescue } from './rescue.ts';
import type { WorkerSite } from './workerSite.ts';

/** True for what this is for: a page that is loaded by GET. What a form sends would be lost at another host. */
export const isNavigation = ({ mode, method }: Request): boolean => mode === 'navigate' && method === 'GET';

/** Answers the navigations of a site. */
export const navigationResponder =
  (site: WorkerSite): Responder =>
  (event) =>
    isNavigation(event.request) ? answerNavigation(site, event) : null;

/** Asks the server for a page, or a backup where the server is known to be out; and mends what fails. Never rejects. */
export async function answerNavigation(site: WorkerSite, event: FetchEvent): Promise<Response> {
  const { known, own, others, config, lookOut } = site;
  // If it is not waited for, nobody else hears how it ends.
  event.preloadResponse?.catch(() => {});
  await known.load();
  const facts = {
    own: own.origin,
    page: pageOf(event.request.url),
    isOut: isOut(known.health, own.origin),
    mayLeave: mayLeave(event),
  };
  const plan = planNavigation(facts, known.state, config, Date.now());
  if (plan.kind === 'ask') return finish(site, event, askOwn(event), { wary: plan.wary, alone: false });
  if (plan.kind === 'return') {
    const back = await goBack(site, event, plan.to);
    return back ?? finish(site, event, askOwn(event), { wary: false, alone: false });
  }
  event.waitUntil(lookOut());
  // Where the browser is sent, it may as well stay: nothing has moved yet.
  const elsewhere = await rescue(site, event, config.mode === 'redirect' ? [own, ...others] : undefined);
  if (elsewhere instanceof Response) return elsewhere;
  return finish(site, event, askOwn(event), { wary: true, alone: elsewhere === undefined });
}

/**
 * Waits for an answer that somebody else gets from the server; one that fails or takes too long is made good. Never rejects.
 *
 * @param asked `abort` is called when its time is over; what it gives counts as the answer.
 */
export async function mendNavigation(site: WorkerSite, event: FetchEvent, asked: Asked): Promise<Response> {
  asked.response.catch(() => {});
  await site.known.load();
  return finish(site, event, asked, { wary: isOut(site.known.health, site.own.origin), alone: false });
}

/** How the own host is asked. */
interface Manner {
  /** It failed a short while ago. */
  readonly wary: boolean;
  /** No other host is well. */
  readonly alone: boolean;
}

async function finish(site: WorkerSite, event: FetchEvent, asked: Asked, { wary, alone }: Manner): Promise<Response> {
  const { scope, offline, lookOut } = site;
  const inTime = await inPatience(site, event, asked.response, wary);
  const answer = inTime === undefined ? await asked.abort() : inTime;
  const verdict = judgePage(endOf(answer), scope.navigator.onLine);
  const end = asked.end === undefined ? endOf(answer) : asked.end();
  if (end !== null) noteVerdict(site, event, judgePage(end, scope.navigator.onLine));
  if (answer === undefined) noteOverdue(site, event);
  if (answer && verdict.kind === 'shown') {
    event.waitUntil(lookOut());
    return answer;
  }
  const rescued = alone ? undefined : await rescue(site, event);
  event.waitUntil(lookOut());
  if (answer && verdict.kind === 'doubted' && !(rescued instanceof Response)) return answer;
  void answer?.body?.cancel();
  return rescued instanceof Response ? rescued : offline.show(event.request.url);
}

/** The own host's answer; undefined where it takes too long, null where none comes. */
function inPatience(
  site: WorkerSite,
  event: FetchEvent,
  response: Promise<Response>,
  wary: boolean,
): Promise<Response | undefined | null> {
  const { navigationMs, waryNavigationMs } = site.config;
  const circles = !isFree(site, event);
  const firstMs = wary ? waryNavigationMs : navigationMs;
  return patiently(response, {
    firstMs,
    // Whoever comes back to a slow server again and again gets to it in the end.
    moreMs: circles ? Infinity : navigationMs - firstMs,
    isWell: wary || circles ? isHealthy(site.own, site.config) : Promise.resolve(false),
  }).catch(() => null);
}
