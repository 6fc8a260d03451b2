import { describe, expect, test } from 'vitest';
import { runSchedule } from '../../../../src/simulate/schedules/run.ts';
import type { Schedule, Step } from '../../../../src/simulate/schedules/schedule.ts';
import { scheduleOf, sweep } from '../../../../src/simulate/schedules/seeds.ts';
import found from './foundSeeds.json' with { type: 'json' };

/** Schedules in every run of the tests; `npm run simulate:soak` runs as many as you like. */
const SCHEDULES = 2_000;
/** What the schedules are made for has to be met so often by them, or they prove nothing. */
const LEAST = 10;

const EACH_STEP: Readonly<Record<Step['do'], true>> = {
  ...{
    send: true,
    say: true,
    cancel: true,
    wake: true,
    move: true,
    flush: true,
    end: true,
    dismiss: true,
    drain: true,
  },
  ...{ renew: true, expire: true, replay: true, steal: true },
  ...{ crash: true, suspend: true, drift: true, jump: true, slowDisk: true, slowApp: true, diskFails: true },
  ...{ appFails: true, copy: true, fork: true, cut: true, blackHole: true, delay: true },
  ...{ crashServer: true, freezeServer: true, driftServer: true, jumpServer: true, handlerFails: true },
  ...{ storeFails: true, slowStore: true, jumpStore: true, storeLoses: true, backup: true, restore: true },
};

const EACH_EVENT = [
  // What the protocol does about it.
  ...['resumed', 'partial', 'new', 'moved', 'late news', 'fenced', 'session lost', 'frames together'],
  ...['gap s2c', 'gap c2s', 'lost s2c', 'given up', 'unknown', 'resent', 'wait', 'room', 'inbox full'],
  ...['refused dropped', 'refused full', 'refused expired', 'refused cancelled', 'refused stopped'],
  ...['stopped 1000', 'stopped 4401', 'stopped 4410', 'renewal asked', 'renewed', 'renewal late'],
  ...['credential refused', 'token reused', 'token subject', 'token unknown', 'stolen', 'thief came by'],
  // What happens to the network and the clients.
  ...['swallowed up', 'swallowed down', 'delay', 'copied', 'forked'],
  ...['cut, heard by both', 'cut, heard by client', 'cut, heard by server', 'cut, heard by none'],
  ...['restored', 'disk failed', 'disk torn', 'disk unreadable', 'set back', 'listener failed'],
  ...['client frozen, its clock too', 'client frozen, its clock not'],
  ...["client's clock jumped ahead", "client's clock jumped back"],
  // What happens to the servers and their store.
  ...['server crashed', 'server crashed unheard', 'server frozen', 'handler failed', 'handler failed later'],
  ...["server's clock jumped ahead", "server's clock jumped back"],
  ...['slowStore', 'store undone', 'store unanswered', 'store set back'],
  ...["store's clock jumped ahead", "store's clock jumped back"],
];

describe('a client and its servers', () => {
  test('keep every promise through 2,000 schedules of faults', { timeout: 120_000 }, () => {
    const { failures, met } = sweep(1, SCHEDULES);
    expect(failures).toEqual([]);
    expect(EACH_EVENT.filter((name) => (met.get(name) ?? 0) < LEAST)).toEqual([]);
  });

  test('meet each kind of fault in them', { timeout: 60_000 }, () => {
    const drawn = new Map<string, number>();
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      for (const step of scheduleOf(seed).steps) drawn.set(step.do, (drawn.get(step.do) ?? 0) + 1);
    }
    expect(Object.keys(EACH_STEP).filter((kind) => (drawn.get(kind) ?? 0) < LEAST)).toEqual([]);
    expect([...drawn.keys()].sort()).toEqual(Object.keys(EACH_STEP).sort());
  });

  test('lose, repeat and refuse nothing where nothing goes wrong', () => {
    const talk = Array.from({ length: 40 }, (_, n) => [
      { atMs: 1_000 + 500 * n, do: 'send', client: n % 2, count: 2, keyed: false, ttlMs: null } as const,
      { atMs: 1_100 + 500 * n, do: 'say', client: n % 2, count: 2, from: n % 3 === 0 ? 'own' : 'elsewhere' } as const,
    ]);
    const { broken, accepted, met } = runSchedule({ seed: 1, clients: 2, whenFull: 'wait', steps: talk.flat() });
    expect(broken).toBe(null);
    expect(accepted).toBe(80);
    expect([...met.keys()].sort()).toEqual(['frames together', 'new']);
  });
});

describe('what a soak has found', () => {
  test.each(found)('$broke', ({ schedule }) => {
    expect(runSchedule(schedule as unknown as Schedule).broken).toBe(null);
  });
});

test('a schedule runs in the same way each time', () => {
  for (const seed of [3, 14, 15]) expect(runSchedule(scheduleOf(seed))).toEqual(runSchedule(scheduleOf(seed)));
});
