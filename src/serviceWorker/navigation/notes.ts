import { betterHosts, type PageVerdict } from '../../policy/navigation.ts';
import { absenceOf, afterMove, beginAbsence, endAbsence } from '../../policy/navigationState.ts';
import { afterFault, afterProof, afterStandby } from '../../policy/rememberedHealth.ts';
import type { FetchEvent } from '../events.ts';
import { pageOf } from './address.ts';
import type { WorkerSite } from './workerSite.ts';

/** What the own host's answer says of it is known from now on, here and in all pages. */
export function noteVerdict(site: WorkerSite, event: FetchEvent, { says, cause }: PageVerdict): void {
  const { config, known, own } = site;
  if (says === 'proof') noteProof(site, event);
  else if (says !== 'nothing') {
    const change = says === 'fault' ? afterFault : afterStandby;
    event.waitUntil(known.changeHealth((record, env) => change(record, own.origin, cause, env)));
  }
  event.waitUntil(
    known.changeState((state, { nowMs }) =>
      // Somebody who is here is looked after, until the hosts that are wanted more are back.
      says === 'proof' && config.mode === 'redirect'
        ? betterHosts(config.hosts, own.origin).reduce(
            (next, better) => beginAbsence(next, better, own.origin, nowMs),
            state,
          )
        : state,
    ),
  );
}

function noteProof({ config, known, own }: WorkerSite, event: FetchEvent): void {
  event.waitUntil(known.changeHealth((record, env) => afterProof(record, own.origin, config.holdMs, env)));
  if (absenceOf(known.state, own.origin) === undefined) return;
  // The way back is a move, too.
  const page = pageOf(event.request.url);
  event.waitUntil(
    known.changeState((state, { nowMs }) => afterMove(endAbsence(state, own.origin), page, own.origin, nowMs)),
  );
}

/** A page was given up. The offline page that stands for a slow server finds it well, and leads back at once: that is a circle, too. */
export function noteOverdue({ known }: WorkerSite, event: FetchEvent): void {
  const page = pageOf(event.request.url);
  event.waitUntil(known.changeState((state, { nowMs }) => afterMove(state, page, '', nowMs)));
}
