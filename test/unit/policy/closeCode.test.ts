import { describe, expect, test } from 'vitest';
import { closeEnd, closeMeaning, retryWindowMs } from '../../../src/policy/closeCode.ts';
import { outcomeOf } from '../../../src/policy/outcome.ts';

describe('a close code', () => {
  test.each([
    [1000, 'ended', null],
    [1001, 'outage', 'host-fault'],
    [1002, 'ended', null],
    [1003, 'ended', null],
    [1005, 'ended', null],
    [1006, 'outage', 'host-fault'],
    [1007, 'ended', null],
    [1008, 'refused', null],
    [1009, 'ended', null],
    [1011, 'outage', 'app-fault'],
    [1012, 'not-active', 'busy'],
    [1013, 'not-active', 'busy'],
    [1014, 'outage', 'host-fault'],
    [1015, 'outage', 'host-fault'],
    [3000, 'ended', null],
    [4401, 'refused', null],
    [4499, 'ended', null],
  ])('%i that nobody asked for is %s, and to a small pool %s', (code, meaning, outcome) => {
    expect(closeMeaning(code, false)).toBe(meaning);
    expect(closeMeaning(code, true)).toBe('done');
    const end = closeEnd(code, true);
    expect(end && outcomeOf(end, true).kind).toBe(outcome);
  });

  test('tells a link that broke from one that never stood', () => {
    expect(closeEnd(1006, true)).toEqual({ kind: 'failure', fault: 'reset' });
    expect(closeEnd(1006, false)).toEqual({ kind: 'failure', fault: 'network' });
  });
});

test.each([
  ['retry-window=5', 5_000],
  ['drained; retry-window=30, bye', 30_000],
  ['retry-window=0', 0],
  ['retry-window=99999', 60_000],
  ['retry-window=-5', null],
  ['no-retry-window=x', null],
  ['', null],
])('the reason %j names a window of %j ms', (reason, windowMs) => {
  expect(retryWindowMs(reason, 60_000)).toBe(windowMs);
});
