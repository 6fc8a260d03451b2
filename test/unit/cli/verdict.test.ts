import { describe, expect, test } from 'vitest';
import type { FaultRecord } from '../../../src/cli/demo/records.ts';
import type { RequestPlay } from '../../../src/cli/demo/requests/records.ts';
import { complaintsAboutRequests } from '../../../src/cli/demo/requests/verdict.ts';
import { goodPlay, NORTH, withProcessed, withRequest } from './play.ts';

const withFault = (play: RequestPlay, change: Partial<FaultRecord>): RequestPlay => ({
  ...play,
  acts: play.acts.map((act) => (act.fault === null ? act : { ...act, fault: { ...act.fault, ...change } })),
});

describe('the verdict of the demo', () => {
  test('says nothing against a play in which every promise was kept', () => {
    expect(complaintsAboutRequests(goodPlay())).toEqual([]);
  });

  test.each(['r2', 'r3', 'r4'])('names %s when it was lost, and why', (id) => {
    const play = withRequest(goodPlay(), id, { end: { kind: 'lost', why: 'HOSTS_FAILED' } });
    expect(complaintsAboutRequests(play)).toEqual([expect.stringMatching(`${id} was lost: HOSTS_FAILED`)]);
  });

  test('counts a request as lost that was answered though no server did its work', () => {
    const play = goodPlay();
    const processed = new Map([...play.processed].filter(([id]) => id !== 'r3'));
    expect(complaintsAboutRequests({ ...play, processed })).toEqual([expect.stringMatching(/r3 was lost/)]);
  });

  test.each(['r3', 'r4'])('names %s, a POST, when servers did its work twice', (id) => {
    expect(complaintsAboutRequests(withProcessed(goodPlay(), id, 2))).toEqual([
      expect.stringMatching(`${id} was processed 2`),
    ]);
  });

  test('lets a read be processed as often as it was sent', () => {
    expect(complaintsAboutRequests(withProcessed(goodPlay(), 'r1', 3))).toEqual([]);
  });

  test('counts an unsafe POST that was handed back as neither lost nor doubled, done or not', () => {
    const refused = withRequest(goodPlay(), 'r4', { end: { kind: 'refused', why: 'NOT_REPLAYABLE' } });
    expect(complaintsAboutRequests(refused)).toEqual([]);
    const notDone = new Map([...refused.processed].filter(([id]) => id !== 'r4'));
    expect(complaintsAboutRequests({ ...refused, processed: notDone })).toEqual([]);
  });

  test('complains of a POST that was handed back and done twice all the same', () => {
    const refused = withRequest(goodPlay(), 'r4', { end: { kind: 'refused', why: 'NOT_REPLAYABLE' } });
    expect(complaintsAboutRequests(withProcessed(refused, 'r4', 2))).toEqual([
      expect.stringMatching(/r4 was processed 2/),
    ]);
  });

  test.each(['r2', 'r3'])('complains when %s was handed back, though it may be sent again', (id) => {
    const play = withRequest(goodPlay(), id, { end: { kind: 'refused', why: 'NOT_REPLAYABLE' } });
    expect(complaintsAboutRequests(play)).toEqual([expect.stringMatching(`${id} was refused`)]);
  });

  test('complains of a fault after which no other server answered', () => {
    const play = goodPlay();
    const attempts = play.attempts.filter(({ origin }) => origin === NORTH);
    expect(complaintsAboutRequests({ ...play, attempts })).toEqual([
      expect.stringMatching(/kill: no request succeeded/),
    ]);
  });

  test('complains of a client that did not return', () => {
    expect(complaintsAboutRequests(withFault(goodPlay(), { returnedMs: null }))).toEqual([
      expect.stringMatching(/kill: the client did not return/),
    ]);
  });

  test('takes nothing for proven where nothing happened', () => {
    const empty: RequestPlay = {
      acts: [{ name: 'no fault', fault: null }],
      requests: [],
      attempts: [],
      processed: new Map(),
    };
    expect(complaintsAboutRequests(empty)).toEqual(['No fault was tried.', 'no fault: no request was answered.']);
  });
});
