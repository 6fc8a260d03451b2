import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/policy/outcome.ts';
import { asking, FIRST_ATTEMPT, hostToAsk, nextStep, otherHost } from '../../../src/policy/retry.ts';
import {
  A,
  B,
  BAD,
  BAD_GATEWAY,
  busy,
  C,
  LOCAL,
  OK,
  PoolWorld,
  REFUSED,
  RESET,
  SERVER_ERROR,
  STANDBY,
  seeded,
  TIMEOUT,
} from './poolWorld.ts';
import { type Answer, envOf, RETRY, type Sending, send, traits } from './requestWorld.ts';

const always =
  (outcome: Outcome): Answer =>
  () => ({ outcome });
const only =
  (dead: string, outcome: Outcome): Answer =>
  (origin) => ({ outcome: origin === dead ? outcome : OK });
const hosts = (sent: readonly Sending[]) => sent.map(({ origin }) => origin);
/** A pool with tokens enough. */
const rich = (origins: readonly string[] = [A, B]) => {
  const world = new PoolWorld(origins);
  world.state = { ...world.state, budget: { tokens: 1000, capacity: 1000, refillPerSuccess: 0.1 } };
  return world;
};
const poor = (origins: readonly string[] = [A, B]) => {
  const world = new PoolWorld(origins);
  world.state = { ...world.state, budget: { tokens: 0, capacity: 1, refillPerSuccess: 0 } };
  return world;
};

describe('a request whose host fails', () => {
  it('moves to another host at once', () => {
    for (const outcome of [REFUSED, RESET, TIMEOUT, BAD_GATEWAY, STANDBY, busy(9000), SERVER_ERROR]) {
      const world = rich();
      const { sent, waits, end } = send(world, traits(world), only(A, outcome));
      expect([hosts(sent), waits, end]).toEqual([[A, B], [], 'ok']);
    }
  });

  it('asks each host that is ready once before it waits', () => {
    const world = rich([A, B, C]);
    const { sent } = send(world, traits(world), always(REFUSED));
    expect(hosts(sent).slice(0, 3)).toEqual([A, B, C]);
    expect(sent.slice(0, 4).map(({ by }) => by)).toEqual(['first', 'move', 'move', 'wait']);
  });

  it('gives up after three attempts on which a server may have worked, two at one host', () => {
    for (const origins of [[A], [A, B], [A, B, C]]) {
      const world = rich(origins);
      const { sent, end } = send(world, traits(world), always(BAD_GATEWAY));
      expect(end).toBe('attempts');
      expect(sent).toHaveLength(Math.min(3, 2 * origins.length));
    }
  });

  it('goes on until its time is over where no server did any work: both may be starting again', () => {
    const world = poor();
    const { sent, end, paid } = send(world, traits(world), always(REFUSED));
    expect(end).toBe('deadline');
    expect(paid).toBe(0);
    expect(sent.length).toBeGreaterThan(5);
    expect(new Set(hosts(sent))).toEqual(new Set([A, B]));
  });

  it('waits with full jitter, doubled each time: the draw is over the whole of it', () => {
    const random = seeded(11);
    const first: number[] = [];
    const third: number[] = [];
    for (let turn = 0; turn < 2000; turn++) {
      const world = new PoolWorld([A], {}, random);
      const { waits } = send(world, traits(world), always(REFUSED));
      first.push(waits[0] ?? Number.NaN);
      third.push(waits[2] ?? Number.NaN);
    }
    for (const [draws, limitMs] of [
      [first, 100],
      [third, 400],
    ] as const) {
      expect(Math.min(...draws)).toBeLessThan(limitMs / 20);
      expect(Math.max(...draws)).toBeLessThan(limitMs);
      expect(Math.max(...draws)).toBeGreaterThan(limitMs * 0.95);
    }
  });

  it('is never sent once its time is over, nor made to wait beyond it', () => {
    const world = rich();
    const late = send(world, traits(world), (origin) => ({ outcome: TIMEOUT, tookMs: origin === A ? 30_000 : 1 }));
    expect(late).toMatchObject({ end: 'deadline', waits: [] });
    expect(hosts(late.sent)).toEqual([A]);
    const waiting = new PoolWorld([A]);
    expect(send(waiting, traits(waiting), always(busy(29_999)))).toMatchObject({ end: 'deadline', waits: [] });
  });

  it('that may have one attempt has one, whatever came of it', () => {
    for (const outcome of [REFUSED, RESET, STANDBY, busy(1)]) {
      const world = rich();
      expect(send(world, traits(world), only(A, outcome), { ...RETRY, attempts: 1 }).sent).toHaveLength(1);
    }
  });

  it('asks the host that it wants first when this side was offline: what never left has asked nobody', () => {
    const world = rich();
    world.step({ kind: 'connectivity', online: false });
    let state = FIRST_ATTEMPT;
    for (let turn = 0; turn < 3; turn++) {
      state = asking(state, A);
      const ended = { origin: A, startedMs: world.nowMs, outcome: LOCAL };
      const step = nextStep(state, ended, traits(world), envOf(world));
      // Another host is no nearer, so nobody is moved; and nobody is paid for.
      expect(step).toMatchObject({ kind: 'wait', pays: false, state: { asked: [], worked: [] } });
      if (step.kind === 'wait') state = step.state;
    }
    world.step({ kind: 'connectivity', online: true });
    expect(hostToAsk(state, traits(world), envOf(world))?.origin).toBe(A);
  });

  it('forgets the one attempt that never left, not those before it', () => {
    const world = rich();
    const state = asking(asking(FIRST_ATTEMPT, B), A);
    world.step({ kind: 'connectivity', online: false });
    const step = nextStep(state, { origin: A, startedMs: world.nowMs, outcome: LOCAL }, traits(world), envOf(world));
    expect(step).toMatchObject({ kind: 'wait', state: { asked: [B] } });
  });

  it('that timed out pays for its move to a host that failed when it was asked last, and stays where it is without a token', () => {
    const step = (world: PoolWorld) => {
      world.attempt(B, RESET);
      // Not both at once: that would be this side's network.
      world.nowMs += 60_000;
      world.attempt(A, TIMEOUT, { tookMs: 5_000 });
      const ended = { origin: A, startedMs: world.nowMs - 5_000, outcome: TIMEOUT };
      return nextStep(asking(FIRST_ATTEMPT, A), ended, traits(world), envOf(world));
    };
    expect(step(rich())).toMatchObject({ kind: 'move', origin: B, pays: true });
    expect(step(poor())).toEqual({ kind: 'give-up', why: 'budget' });
    // So it is not given up for that host before its time is over.
    const late = (world: PoolWorld) => otherHost(asking(FIRST_ATTEMPT, A), A, traits(world), envOf(world))?.origin;
    const [calm, failing] = [poor(), poor()];
    failing.attempt(B, RESET);
    expect([late(calm), late(failing)]).toEqual([B, undefined]);
  });

  it('stays with the host that it is pinned to', () => {
    const world = rich([A, B, C]);
    const { sent, end } = send(world, traits(world, { pin: B }), always(BAD_GATEWAY));
    expect([hosts(sent), end]).toEqual([[B, B], 'attempts']);
  });

  it('asks a standby at once: it may have been promoted', () => {
    const world = rich();
    world.attempt(B, STANDBY);
    expect(hosts(send(world, traits(world), only(A, RESET)).sent)).toEqual([A, B]);
  });

  it('asks no standby at once that was silent when it was asked last', () => {
    const world = rich();
    world.attempt(B, STANDBY);
    world.attempt(B, RESET);
    world.nowMs += 20_000;
    expect(send(world, traits(world), always(REFUSED)).sent[1]).toMatchObject({ origin: A, by: 'wait' });
  });

  it('comes to a host that is out of service only when it has nowhere better to go', () => {
    const world = rich([A, B]);
    world.kill(B);
    world.pass(10_001, () => BAD);
    const { sent } = send(world, traits(world), (origin, nth) => ({ outcome: origin === A && nth < 2 ? RESET : OK }));
    expect(hosts(sent)).toEqual([A, A, B]);
  });
});

describe('an unsafe request', () => {
  const post = { method: 'POST' };

  it('is sent again where it provably was not processed', () => {
    for (const outcome of [REFUSED, STANDBY, { ...busy(1), processed: 'no' } as Outcome]) {
      const world = rich();
      expect(hosts(send(world, traits(world, post), only(A, outcome)).sent)).toEqual([A, B]);
    }
  });

  it('is not sent again where it may have been', () => {
    for (const outcome of [RESET, TIMEOUT, BAD_GATEWAY, SERVER_ERROR, busy(1)]) {
      const world = rich();
      expect(send(world, traits(world, post), only(A, outcome))).toMatchObject({ end: 'not-replayable', paid: 0 });
    }
  });

  it('with an idempotency key is sent again, but not after an error of the app, which may come of the request itself', () => {
    const keyed = { method: 'POST', hasIdempotencyKey: true };
    const world = rich();
    expect(send(world, traits(world, keyed), only(A, RESET)).end).toBe('ok');
    for (const method of ['PUT', 'DELETE', 'POST']) {
      const strict = rich();
      const { end } = send(strict, traits(strict, { method, hasIdempotencyKey: true }), only(A, SERVER_ERROR));
      expect(end).toBe('not-replayable');
    }
  });

  it('with a body that can be read once is never sent again', () => {
    const world = rich();
    expect(send(world, traits(world, { bodyReplayable: false }), only(A, REFUSED)).sent).toHaveLength(1);
  });
});

describe('the budget', () => {
  it('is charged for each retry on which a server may have worked', () => {
    const world = rich([A, B, C]);
    expect(send(world, traits(world), always(BAD_GATEWAY)).paid).toBe(2);
    expect(world.state.budget.tokens).toBe(998);
  });

  it('when it is empty, ends the request', () => {
    const world = poor();
    expect(send(world, traits(world), only(A, BAD_GATEWAY))).toMatchObject({ end: 'budget', paid: 0 });
  });

  it('is not charged where no server did any work', () => {
    for (const outcome of [REFUSED, STANDBY]) {
      const world = poor();
      expect(send(world, traits(world), only(A, outcome))).toMatchObject({ end: 'ok', paid: 0 });
    }
  });

  it('is charged for what a busy host turned away', () => {
    const world = rich();
    expect(send(world, traits(world), only(A, { ...busy(1), processed: 'no' } as Outcome)).paid).toBe(1);
  });

  it('is not charged for what failed while the platform said that we were offline', () => {
    const offline = poor();
    offline.step({ kind: 'connectivity', online: false });
    const local: Outcome = { kind: 'local-fault', cause: 'network', processed: 'maybe' };
    const { end, sent } = send(offline, traits(offline), always(local));
    expect(end).toBe('deadline');
    expect(sent.length).toBeGreaterThan(5);
    const suspect = poor();
    suspect.state = { ...suspect.state, connectivity: { kind: 'suspect', sinceMs: 0 } };
    expect(send(suspect, traits(suspect), always(local)).end).toBe('budget');
  });

  it('lets all requests go that were in flight when their host died, once each, and no more', () => {
    const world = new PoolWorld([A, B]);
    const startedMs = world.nowMs;
    world.nowMs += 50;
    let paid = 0;
    const ends: string[] = [];
    for (let request = 0; request < 1000; request++) {
      world.attempt(A, RESET, { tookMs: 50 });
      const attempt = { origin: A, startedMs, outcome: RESET };
      const step = nextStep(asking(FIRST_ATTEMPT, A), attempt, traits(world), envOf(world));
      ends.push(step.kind);
      if (step.kind === 'give-up' || !step.pays) continue;
      world.step({ kind: 'pay' });
      paid++;
    }
    expect(ends.filter((kind) => kind === 'move')).toHaveLength(1000);
    expect(paid).toBe(1);
    expect(world.health(A)).toBe('ejected');
  });

  it('lets them go after a time-out, too, though it was only an alarm', () => {
    const world = poor();
    const startedMs = world.nowMs - 5000;
    for (let request = 0; request < 100; request++) {
      world.attempt(A, TIMEOUT, { tookMs: 5000 });
      const attempt = { origin: A, startedMs, outcome: TIMEOUT };
      expect(nextStep(asking(FIRST_ATTEMPT, A), attempt, traits(world), envOf(world))).toMatchObject({
        kind: 'move',
        pays: false,
      });
    }
  });

  it('is charged for a second failure of the same request, though that host was ejected as well', () => {
    const world = rich([A, B, C]);
    world.attempt(A, RESET);
    world.attempt(B, RESET);
    expect(send(world, traits(world), (origin) => ({ outcome: origin === C ? OK : RESET })).paid).toBe(1);
  });

  it('is charged for what began after the ejection', () => {
    const world = rich([A, B]);
    world.kill(A);
    world.pass(10_001, () => BAD);
    expect(send(world, traits(world, { pin: A }), always(RESET)).paid).toBeGreaterThan(0);
  });
});

describe('a host that asked to be left alone', () => {
  it('is waited for, with jitter on top in proportion, where no other host can take the request', () => {
    const random = seeded(2);
    const draws = Array.from({ length: 500 }, () => {
      const world = new PoolWorld([A], {}, random);
      const fate = send(world, traits(world), (_, nth) => ({ outcome: nth === 0 ? busy(10_000) : OK }));
      expect(fate.end).toBe('ok');
      return fate.waits[0] ?? Number.NaN;
    });
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...draws)).toBeLessThan(11_000);
    expect(Math.max(...draws) - Math.min(...draws)).toBeGreaterThan(900);
  });

  it('is waited for no longer than until the first of several is free', () => {
    const world = new PoolWorld([A, B], {}, () => 0);
    world.state = { ...world.state, budget: { tokens: 9, capacity: 9, refillPerSuccess: 0 } };
    const waitMs: Readonly<Record<string, number>> = { [A]: 9000, [B]: 2000 };
    const { sent, waits } = send(world, traits(world), (origin, nth) => ({
      outcome: nth < 2 ? busy(waitMs[origin] ?? 0) : OK,
    }));
    expect(hosts(sent)).toEqual([A, B, B]);
    expect(waits).toEqual([2000]);
  });

  it('is not asked early because another one is dead', () => {
    const world = rich();
    world.kill(B);
    world.pass(10_001, () => BAD);
    const { sent } = send(world, traits(world), (_, nth) => ({ outcome: nth === 0 ? busy(8000) : OK }));
    expect(hosts(sent)).toEqual([A, A]);
    expect((sent[1]?.atMs ?? 0) - (sent[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(8000);
  });

  it('is not asked early because another request was told so', () => {
    const world = rich([A, B]);
    world.attempt(B, busy(5000));
    world.attempt(A, REFUSED);
    const { sent } = send(world, traits(world), only(A, REFUSED));
    const { atMs, busyUntilMs } = sent.find(({ origin }) => origin === B) ?? { atMs: 0, busyUntilMs: 1 };
    expect(atMs).toBeGreaterThanOrEqual(busyUntilMs);
  });

  it('is left for another at once', () => {
    const world = rich();
    expect(send(world, traits(world), only(A, busy(5000)))).toMatchObject({ end: 'ok', waits: [] });
    expect(world.current).toBe(A);
  });

  it('for longer than the request has ends it', () => {
    const world = new PoolWorld([A]);
    expect(send(world, traits(world), always(busy(60_000)))).toMatchObject({ end: 'deadline', waits: [] });
  });
});

describe('after a wait', () => {
  const ask = (world: PoolWorld, asked: readonly string[]) =>
    hostToAsk(asked.reduce(asking, FIRST_ATTEMPT), traits(world), envOf(world))?.origin;

  it('hosts take turns', () => {
    const world = new PoolWorld([A, B]);
    expect([ask(world, []), ask(world, [A]), ask(world, [A, B]), ask(world, [A, B, A])]).toEqual([A, B, A, B]);
  });

  it('one that answered when it was heard of last goes before one in trouble', () => {
    const world = new PoolWorld([A, B]);
    world.attempt(A, REFUSED);
    expect([ask(world, []), ask(world, [B])]).toEqual([B, B]);
  });

  it('one in service goes before all that are not, and one that is not busy before a busy one', () => {
    const world = new PoolWorld([A, B, C]);
    world.kill(A);
    expect(ask(world, [B, C, B])).toBe(C);
    world.attempt(C, busy(1000));
    expect(ask(world, [B, B])).toBe(B);
    world.attempt(B, busy(1000));
    expect(ask(world, [])).toBe(A);
  });

  it('no host is left where each has worked on the request twice', () => {
    const world = new PoolWorld([A]);
    expect(hostToAsk({ ...FIRST_ATTEMPT, worked: [A, A] }, traits(world), envOf(world))).toBeUndefined();
  });
});

describe('an attempt may be cut short in favour of another host', () => {
  it('only for a request that may be sent again, and only while a host is ready for it', () => {
    const world = new PoolWorld([A, B]);
    const asked = asking(FIRST_ATTEMPT, A);
    const other = (given = {}, state = asked) => otherHost(state, A, traits(world, given), envOf(world))?.origin;
    expect(other()).toBe(B);
    expect(other({ method: 'POST', hasIdempotencyKey: true })).toBe(B);
    expect(other({ method: 'POST' })).toBeUndefined();
    expect(other({ bodyReplayable: false })).toBeUndefined();
    expect(other({ pin: A })).toBeUndefined();
    expect(other({}, asking(asked, B))).toBeUndefined();
    expect(other({}, { ...asked, worked: [C, C] })).toBeUndefined();
    world.kill(B);
    expect(other()).toBeUndefined();
  });
});

describe('whatever hosts do', () => {
  const outcomes = fc.constantFrom<Outcome[]>(
    OK,
    REFUSED,
    RESET,
    TIMEOUT,
    BAD_GATEWAY,
    SERVER_ERROR,
    STANDBY,
    busy(0),
    busy(700),
    { ...busy(3000), processed: 'no' } as Outcome,
  );
  const script = fc.array(fc.tuple(outcomes, fc.constantFrom(1, 20, 2000, 5000)), { minLength: 1, maxLength: 12 });
  const request = fc.record({
    method: fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'PATCH'),
    hasIdempotencyKey: fc.boolean(),
    bodyReplayable: fc.boolean(),
    pin: fc.constantFrom(null, null, B),
  });
  const attempts = (sent: readonly Sending[]) =>
    sent.filter(({ outcome }) => !('processed' in outcome) || outcome.processed === 'maybe' || outcome.kind === 'busy');

  it('the limits hold, and nothing is sent twice that may not be', () => {
    let resent = 0;
    fc.assert(
      fc.property(
        fc.constantFrom([A], [A, B], [A, B, C]),
        fc.array(fc.tuple(request, script), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.constantFrom(1, 3, 10),
        (origins, requests, seed, capacity) => {
          const world = new PoolWorld(origins, {}, seeded(seed));
          world.state = { ...world.state, budget: { tokens: capacity, capacity, refillPerSuccess: 0.1 } };
          let paid = 0;
          for (const [given, answers] of requests) {
            const pin = origins.find((origin) => origin === given.pin) ?? null;
            const wanted = traits(world, { ...given, pin });
            const fate = send(world, wanted, (_, nth) => {
              const [outcome, tookMs] = answers[nth % answers.length] ?? [OK, 1];
              return { outcome, tookMs: Math.min(tookMs, Math.max(0, wanted.deadlineMs - world.nowMs)) };
            });
            const { sent } = fate;
            paid += fate.paid;
            resent += sent.length - 1;
            const worked = attempts(sent.slice(0, -1));
            expect(worked.length).toBeLessThan(3);
            for (const origin of origins)
              expect(attempts(sent).filter((one) => one.origin === origin).length).toBeLessThan(3);
            if (pin !== null) expect(new Set(hosts(sent))).toEqual(new Set([pin]));
            expect(sent.slice(1).every(({ atMs }) => atMs < wanted.deadlineMs)).toBe(true);
            const safe = given.method === 'GET' || given.method === 'HEAD';
            const replaySafe = safe || given.method === 'PUT' || given.hasIdempotencyKey;
            for (const { outcome } of sent.slice(0, -1)) {
              expect(given.bodyReplayable).toBe(true);
              if (outcome.kind === 'app-fault') expect(safe).toBe(true);
              else if ('processed' in outcome && outcome.processed === 'maybe') expect(replaySafe).toBe(true);
            }
            for (const { by, atMs, busyUntilMs } of sent.slice(1)) {
              if (by === 'move') expect(busyUntilMs).toBeLessThanOrEqual(atMs);
              if (by === 'wait') expect(busyUntilMs).toBeLessThanOrEqual(atMs);
            }
            const moved = sent.filter(({ by }) => by === 'move').map(({ origin }) => origin);
            expect(new Set(moved).size).toBe(moved.length);
          }
          expect(world.state.budget.tokens).toBeGreaterThanOrEqual(0);
          expect(paid).toBeLessThanOrEqual(capacity + 0.1 * requests.length + 1e-6);
        },
      ),
      { numRuns: 1000 },
    );
    expect(resent).toBeGreaterThan(1000);
  });
});
