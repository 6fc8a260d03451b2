import type { RequestPlay, RequestRecord } from './records.ts';
import { faultsOf, reportOn, wasDoubled, wasLost } from './report.ts';

/**
 * What speaks against a play, one sentence each; empty if every promise was kept. A play in which too little happened
 * proves nothing, and is complained of, too.
 */
export function complaintsAboutRequests(play: RequestPlay): readonly string[] {
  const lost = play.requests.filter((request) => wasLost(request, play));
  const doubled = play.requests.filter((request) => wasDoubled(request, play));
  return [
    ...lost.map((request) => `${describe(request)} was lost: ${whyLost(request)}.`),
    ...doubled.map((request) => `${describe(request)} was processed ${play.processed.get(request.id)} times.`),
    ...wronglyRefused(play),
    ...unrecovered(play),
    ...idleActs(play),
  ];
}

/** A request that may be sent again must not be handed back. */
function wronglyRefused({ requests }: RequestPlay): string[] {
  return requests
    .filter(({ end, work }) => end.kind === 'refused' && work !== 'unsafe')
    .map((request) => `${describe(request)} was refused, though it may be sent again.`);
}

function unrecovered(play: RequestPlay): string[] {
  const reports = reportOn(play).acts;
  const faults = faultsOf(play.acts);
  const stuck = faults.filter(({ name }) => reports.find(({ act }) => act === name)?.recoveryMs === null);
  const away = faults.filter(({ fault }) => fault.returnedMs === null);
  return [
    ...(faults.length === 0 ? ['No fault was tried.'] : []),
    ...stuck.map(({ name }) => `${name}: no request succeeded at another server.`),
    ...away.map(({ name }) => `${name}: the client did not return to its preferred server.`),
  ];
}

function idleActs(play: RequestPlay): string[] {
  const idle = reportOn(play).acts.filter(({ answered }) => answered === 0);
  return idle.map(({ act }) => `${act}: no request was answered.`);
}

const whyLost = ({ end }: RequestRecord): string => ('why' in end ? end.why : 'answered, but no server did its work');

const NAMES = { read: 'GET', keyed: 'POST with Idempotency-Key', unsafe: 'POST' } as const;

const describe = ({ work, id }: RequestRecord): string => `${NAMES[work]} ${id}`;
