import { judgePage } from '../../policy/navigation.ts';
import { absenceOf, beginAbsence } from '../../policy/navigationState.ts';
import { afterFault, isOut } from '../../policy/rememberedHealth.ts';
import type { FetchEvent, Responder } from '../events.ts';
import { forward } from './forward.ts';
import { endOf } from './ownAnswer.ts';
import { bestHealthy } from './probe.ts';
import { backups } from './rescue.ts';
import type { WorkerSite } from './workerSite.ts';

/**
 * In transparent mode, a page whose server is out gets from a backup what it asks of its own origin, with any method: nothing of it was
 * sent to the server. While the server is not known to be out, what a page reads (GET, HEAD) moves when it fails; what is written does
 * not, since it may have been done.
 *
 * What asks for that very host is left alone: a request that refuses redirects, as a probe does, and what moves a session.
 */
export function passageResponder(site: WorkerSite): Responder {
  const { config, own, known } = site;
  const isOthers = (url: string) => config.handoff !== null && url.startsWith(own.origin + config.handoff);
  return (event) => {
    const { request } = event;
    const { url, mode, redirect } = request;
    const isMine = config.mode === 'transparent' && mode !== 'navigate' && url.startsWith(`${own.origin}/`);
    if (!isMine || redirect === 'error' || isOthers(url)) return null;
    // Only the browser itself passes on what a page sends as it is.
    return known.isLoaded && !isAway(site) && !isRead(request) ? null : pass(site, event);
  };
}

const isAway = ({ known, own }: WorkerSite): boolean =>
  absenceOf(known.state, own.origin) !== undefined || isOut(known.health, own.origin);

/** What a page reads. Of files, others take care (`assets/`). */
const isRead = ({ method, destination }: Request): boolean =>
  destination === '' && (method === 'GET' || method === 'HEAD');

async function pass(site: WorkerSite, event: FetchEvent): Promise<Response> {
  const { known } = site;
  const { request } = event;
  await known.load();
  if (isAway(site)) return fromBackup(site, event);
  let answer: Response | null = null;
  let failure: unknown;
  try {
    answer = await fetch(request);
  } catch (error) {
    failure = error;
  }
  const { kind, says, cause } = judgePage(endOf(answer), site.scope.navigator.onLine);
  if (answer !== null && (kind !== 'failed' || !isRead(request))) return answer;
  if (request.signal.aborted || !isRead(request)) throw failure;
  if (says === 'fault')
    event.waitUntil(known.changeHealth((record, env) => afterFault(record, site.own.origin, cause, env)));
  return fromBackup(site, event).catch(() => {
    if (answer !== null) return answer;
    throw failure;
  });
}

/** The one that serves meanwhile is asked; where it fails, another one for what may be asked twice. */
async function fromBackup(site: WorkerSite, event: FetchEvent): Promise<Response> {
  const { known, own, config, lookOut } = site;
  const { request } = event;
  const by = absenceOf(known.state, own.origin)?.by;
  if (by !== undefined) {
    event.waitUntil(lookOut());
    const answer = await forward(request.clone(), by, config).catch((error: unknown) => {
      if (!isRead(request) || request.signal.aborted) throw error;
    });
    if (answer) return answer;
  }
  const to = await bestHealthy(backups(site), config);
  if (to === undefined) throw new TypeError('No host is well.');
  event.waitUntil(known.changeState((state, { nowMs }) => beginAbsence(state, own.origin, to, nowMs)));
  return forward(request, to, config);
}
