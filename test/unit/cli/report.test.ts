import { describe, expect, test } from 'vitest';
import { reportOn } from '../../../src/cli/demo/requests/report.ts';
import { goodPlay, NORTH, withProcessed, withRequest } from './play.ts';

const killOf = (play: ReturnType<typeof goodPlay>) => reportOn(play).acts[1];

describe('the report of the demo', () => {
  test('counts each act for itself, and all of them together', () => {
    const { acts, total } = reportOn(goodPlay());
    expect(acts.map(({ act, requests, answered }) => [act, requests, answered])).toEqual([
      ['no fault', 1, 1],
      ['kill', 3, 3],
    ]);
    expect(total).toMatchObject({ requests: 4, answered: 4, lost: 0, twice: 0, refused: 0, slowestMs: 120 });
  });

  test('counts attempts per request', () => {
    expect(killOf(goodPlay())?.attemptsPerRequest).toBe(1.333);
  });

  test('counts the recovery from the fault on, where it caught a request under way', () => {
    // r2 began at 980, the fault struck at 1,000, and its second attempt was answered at 1,100.
    expect(killOf(goodPlay())?.recoveryMs).toBe(100);
  });

  test('counts the recovery from the start of the first attempt that failed, where that came later', () => {
    const play = goodPlay();
    const attempts = play.attempts.map((each) => (each.well ? each : { ...each, startedMs: 1_020, endedMs: 1_040 }));
    expect(killOf({ ...play, attempts })?.recoveryMs).toBe(80);
  });

  test('knows no recovery where nothing succeeded elsewhere, and no gap where nothing failed', () => {
    const play = goodPlay();
    const atNorth = play.attempts.filter(({ origin }) => origin === NORTH);
    expect(killOf({ ...play, attempts: atNorth })?.recoveryMs).toBeNull();
    expect(killOf({ ...play, attempts: play.attempts.filter(({ well }) => well) })?.recoveryMs).toBe(0);
  });

  test('gives no recovery to the act without a fault', () => {
    expect(reportOn(goodPlay()).acts[0]?.recoveryMs).toBeNull();
  });

  test('does not call an answer answered that no server worked for', () => {
    const play = goodPlay();
    const processed = new Map([...play.processed].filter(([id]) => id !== 'r4'));
    expect(killOf({ ...play, processed })).toMatchObject({ answered: 2, lost: 1 });
  });

  test('tells the refused whose work was done from the others', () => {
    const refused = withRequest(goodPlay(), 'r4', { end: { kind: 'refused', why: 'NOT_REPLAYABLE' } });
    expect(killOf(refused)).toMatchObject({ answered: 2, refused: 1, refusedDone: 1, lost: 0 });
  });

  test('counts what was doubled, reads apart', () => {
    expect(killOf(withProcessed(goodPlay(), 'r4', 2))).toMatchObject({ twice: 1 });
    expect(killOf(withProcessed(goodPlay(), 'r2', 4))).toMatchObject({ twice: 0 });
  });
});
