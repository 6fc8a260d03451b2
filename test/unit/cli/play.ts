import type { AttemptRecord, RequestPlay, RequestRecord } from '../../../src/cli/demo/requests/records.ts';

export const NORTH = 'http://north.test';
const SOUTH = 'http://south.test';

const request = (id: string, act: number, startedMs: number): RequestRecord => ({
  id,
  work: 'read',
  act,
  startedMs,
  endedMs: startedMs + 50,
  end: { kind: 'answered', server: act === 0 ? 'north' : 'south' },
});

const attempt = (id: string, origin: string, startedMs: number, well = true): AttemptRecord => ({
  id,
  origin,
  startedMs,
  endedMs: startedMs + 50,
  well,
});

/**
 * A play in which all goes well: `r1` before the fault, `r2` caught by it and sent again, `r3` a POST with a key, `r4` a
 * POST without.
 */
export function goodPlay(): RequestPlay {
  return {
    acts: [
      { name: 'no fault', fault: null },
      { name: 'kill', fault: { origin: NORTH, struckMs: 1_000, mendedMs: 3_000, returnedMs: 4_000 } },
    ],
    requests: [
      request('r1', 0, 100),
      { ...request('r2', 1, 980), endedMs: 1_100 },
      { ...request('r3', 1, 1_200), work: 'keyed' },
      { ...request('r4', 1, 1_300), work: 'unsafe' },
    ],
    attempts: [
      attempt('r1', NORTH, 100),
      attempt('r2', NORTH, 980, false),
      attempt('r2', SOUTH, 1_050),
      attempt('r3', SOUTH, 1_200),
      attempt('r4', SOUTH, 1_300),
    ],
    processed: new Map([
      ['r1', 1],
      ['r2', 2],
      ['r3', 1],
      ['r4', 1],
    ]),
  };
}

/** The same play with one request replaced in part. */
export function withRequest(play: RequestPlay, id: string, change: Partial<RequestRecord>): RequestPlay {
  return { ...play, requests: play.requests.map((each) => (each.id === id ? { ...each, ...change } : each)) };
}

/** The same play with another count on the servers' side. */
export function withProcessed(play: RequestPlay, id: string, times: number): RequestPlay {
  return { ...play, processed: new Map(play.processed).set(id, times) };
}
