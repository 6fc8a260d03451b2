import {
  betterHosts,
  judgePage,
  type NavigationPlan,
  type PageVerdict,
  planNavigation,
} from '../../policy/navigation.ts';
import { mayMove } from '../../policy/navigationMoves.ts';
import { doubted, hostIn, isReady, left, proven } from '../../policy/rememberedHealth.ts';
import type { FetchEvent, Responder } from '../events.ts';
import { pageOf } from './address.ts';
import { lookOut } from './lookout.ts';
import { type Asked, askOwn, endOf, patiently } from './ownAnswer.ts';
import { isHealthy } from './probe.ts';
import { backups, goBack, rescue } from './rescue.ts';
import { inTime } from './time.ts';
import type { WorkerSite } from './workerSite.ts';

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
  const elsewhere = await goElsewhere(site, event, planFor(site, request));
  if (elsewhere instanceof Response) return elsewhere;
  return finish(site, event, askOwn(request, preloadResponse), elsewhere === undefined ? 'nobody' : 'all');
}

function planFor({ known, own, config }: WorkerSite, { url, destination }: Request): NavigationPlan {
  const { health, moves } = known;
  const given = { own: own.origin, page: pageOf(url), isTop: destination === 'document', health, moves };
  return planNavigation(given, config, Date.now());
}

/** What is done before the own host is asked. `own`: it is to be asked; undefined: it is too, for nobody else is well. */
async function goElsewhere(
  site: WorkerSite,
  event: FetchEvent,
  plan: NavigationPlan,
): Promise<Response | 'own' | undefined> {
  const { known, own, others, config } = site;
  if (plan.kind === 'ask') return 'own';
  if (plan.kind === 'return') return (await goBack(site, event, plan.to)) ?? 'own';
  lookOut(site, event);
  // Where the browser is sent, it may as well stay: nothing has moved yet.
  const candidates = config.mode === 'redirect' ? [own, ...others] : backups(site);
  const { kind, why } = hostIn(known.health, own.origin);
  return rescue(site, event, candidates, kind === 'alarm' ? why : null);
}

/** Long enough for a worker to look into its caches, in milliseconds. */
const CACHE_MS = 250;

/**
 * Waits for an answer that somebody else gets from the server; one that fails or takes too long is made good. Never rejects.
 *
 * Where the server is known to be out, only an answer that is there at once is waited for: out of a cache. A page that is led back to a
 * host which is wanted more waits for none.
 *
 * @param asked `abort` is called when its time is over; what it gives counts as the answer.
 */
export async function mendNavigation(site: WorkerSite, event: FetchEvent, asked: Asked): Promise<Response> {
  asked.response.catch(() => {});
  await site.known.load();
  const plan = planFor(site, event.request);
  const isKept = plan.kind === 'leave' && (await answersByItself(asked));
  const elsewhere = isKept ? 'own' : await goElsewhere(site, event, plan);
  if (!(elsewhere instanceof Response)) return finish(site, event, asked, elsewhere === undefined ? 'nobody' : 'all');
  void asked.abort();
  return elsewhere;
}

/** True where there is a page at once, and it is none that the server has given. */
async function answersByItself({ response, end }: Asked): Promise<boolean> {
  const answer = await inTime(response, CACHE_MS).catch(() => undefined);
  const heard = end?.();
  return answer?.ok === true && (heard === null || (heard !== undefined && judgePage(heard, true).kind === 'failed'));
}

/** @param left Who is still to be asked if this fails: `all`, the own host among them; `others`; or `nobody`. */
async function finish(
  site: WorkerSite,
  event: FetchEvent,
  asked: Asked,
  left: 'all' | 'others' | 'nobody',
): Promise<Response> {
  const { scope, offline, known, own } = site;
  const { url, signal } = event.request;
  const given = await inPatience(site, event, asked.response);
  const answer = given === undefined ? await asked.abort() : given;
  // Somebody has gone elsewhere meanwhile: that says nothing of the host.
  if (answer === null && signal.aborted) return Response.error();
  const { kind, cause } = judgePage(endOf(answer), scope.navigator.onLine);
  const end = asked.end === undefined ? endOf(answer) : asked.end();
  if (end !== null) noteVerdict(site, event, judgePage(end, scope.navigator.onLine));
  // The offline page that stands for a slow server finds it well, and leads back at once: that is a circle, too.
  if (answer === undefined) known.noteMove(event, pageOf(url), '');
  if (answer && kind === 'shown') return answer;
  // A connection may break on a host that is well, and not every browser tells of a navigation that was given up.
  const candidates = answer === null && left === 'all' ? [own, ...backups(site)] : backups(site);
  const rescued = left === 'nobody' ? undefined : await rescue(site, event, candidates, cause);
  if (rescued === 'own') return finish(site, event, askOwn(event.request), 'others');
  if (answer && kind === 'doubted' && rescued === undefined) return answer;
  void answer?.body?.cancel();
  return rescued ?? offline.show(url);
}

function inPatience(site: WorkerSite, event: FetchEvent, response: Promise<Response>): ReturnType<typeof patiently> {
  const { config, known, own } = site;
  const { navigationMs, waryNavigationMs, dwellMs } = config;
  const wary = !isReady(hostIn(known.health, own.origin));
  const circles = !mayMove(known.moves, pageOf(event.request.url), dwellMs, Date.now());
  const firstMs = wary ? waryNavigationMs : navigationMs;
  return patiently(response, {
    firstMs,
    // Whoever comes back to a slow server again and again gets to it in the end.
    moreMs: circles ? Infinity : navigationMs - firstMs,
    isWell: wary || circles ? isHealthy(own, config) : Promise.resolve(false),
  });
}

/** What the own host's answer says of it is known from now on, here and in all pages. */
function noteVerdict(site: WorkerSite, event: FetchEvent, { says, cause }: PageVerdict): void {
  const { config, known, own } = site;
  const { mode, hosts, holdMs, dwellMs } = config;
  if (says === 'fault') known.note(event, own.origin, (host) => doubted(host, cause));
  if (says !== 'proof') return;
  known.note(event, own.origin, (host, env) => proven(host, holdMs, env));
  if (mode !== 'redirect') return;
  // Whoever is here is led back to the hosts that are wanted more: not before they have proven themselves since.
  if (known.moves.length === 0) {
    const better = betterHosts(hosts, own.origin);
    for (const origin of better) known.note(event, origin, (host) => left(host, 'not asked yet', dwellMs));
    if (better.length > 0) known.noteMove(event, '', own.origin);
  }
  lookOut(site, event);
}
