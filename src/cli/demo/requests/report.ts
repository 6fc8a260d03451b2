import type { ActRecord, FaultRecord } from '../records.ts';
import type { AttemptRecord, RequestPlay, RequestRecord } from './records.ts';

/** What came of the requests of one act, or of all. */
export interface Tally {
  readonly requests: number;
  readonly answered: number;
  readonly lost: number;
  /** Of all whose work must not be done twice: those whose work was. */
  readonly twice: number;
  /** Unsafe POSTs that were under way at a fault, and so were handed back to the app. */
  readonly refused: number;
  /** Those of the refused whose work had been done: only the servers know. */
  readonly refusedDone: number;
  readonly slowestMs: number;
  readonly attemptsPerRequest: number;
}

export interface ActReport extends Tally {
  readonly act: string;
  /**
   * From the first failure to the first success at another host; 0 where nothing failed on the way there. Null where
   * there was no fault, and where the client never recovered.
   */
  readonly recoveryMs: number | null;
}

export interface RequestReport {
  readonly acts: readonly ActReport[];
  readonly total: Tally;
}

export function reportOn(play: RequestPlay): RequestReport {
  const acts = play.acts.map((act, at) => ({
    act: act.name,
    ...tally(
      play.requests.filter((request) => request.act === at),
      play,
    ),
    recoveryMs: act.fault === null ? null : recoveryMs(act.fault, play.attempts),
  }));
  return { acts, total: tally(play.requests, play) };
}

/** True if a server did work again that must be done once. Reading twice changes nothing. */
export function wasDoubled({ id, work }: RequestRecord, { processed }: RequestPlay): boolean {
  return work !== 'read' && (processed.get(id) ?? 0) > 1;
}

/** True for a promise that was not kept: an answer without work is no answer. */
export function wasLost({ id, end }: RequestRecord, { processed }: RequestPlay): boolean {
  return end.kind === 'lost' || (end.kind === 'answered' && !processed.has(id));
}

export const faultsOf = (acts: readonly ActRecord[]): (ActRecord & { readonly fault: FaultRecord })[] =>
  acts.flatMap((act) => (act.fault === null ? [] : [{ ...act, fault: act.fault }]));

function tally(requests: readonly RequestRecord[], play: RequestPlay): Tally {
  const ids = new Set(requests.map(({ id }) => id));
  const refused = requests.filter(({ end }) => end.kind === 'refused');
  const attempts = play.attempts.filter(({ id }) => ids.has(id)).length;
  return {
    requests: requests.length,
    answered: requests.filter((request) => request.end.kind === 'answered' && !wasLost(request, play)).length,
    lost: requests.filter((request) => wasLost(request, play)).length,
    twice: requests.filter((request) => wasDoubled(request, play)).length,
    refused: refused.length,
    refusedDone: refused.filter(({ id }) => play.processed.has(id)).length,
    slowestMs: Math.round(Math.max(0, ...requests.map(({ startedMs, endedMs }) => endedMs - startedMs))),
    attemptsPerRequest: requests.length === 0 ? 0 : Math.round((attempts / requests.length) * 1000) / 1000,
  };
}

/** An attempt that was under way when the fault struck counts from then: before, all was well with it. */
function recoveryMs({ origin, struckMs, mendedMs }: FaultRecord, attempts: readonly AttemptRecord[]): number | null {
  const during = attempts.filter(({ startedMs, endedMs }) => endedMs >= struckMs && startedMs <= mendedMs);
  const failures = during.filter((attempt) => attempt.origin === origin && !attempt.well);
  const failedMs = Math.max(struckMs, Math.min(...failures.map(({ startedMs }) => startedMs)));
  const recoveredMs = Math.min(
    ...during.filter((attempt) => attempt.origin !== origin && attempt.well).map(({ endedMs }) => endedMs),
  );
  if (recoveredMs === Infinity) return null;
  return failedMs === Infinity ? 0 : Math.round(Math.max(0, recoveredMs - failedMs));
}
