import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HealthOptions } from '../../../src/policy/healthPolicy.ts';
import { kubernetesProbe, nginxChecks } from '../../../src/policy/healthPresets.ts';
import { type Hints, NO_HINTS } from '../../../src/policy/hints.ts';
import { type AttemptEnd, type Outcome, outcomeOf } from '../../../src/policy/outcome.ts';
import type { PoolEvent, ProbeVerdict } from '../../../src/policy/poolEvent.ts';
import { nextWakeMs, openPool, stepPool } from '../../../src/policy/poolMachine.ts';
import type { PoolPolicy } from '../../../src/policy/poolRule.ts';
import { type PoolState, recordOf } from '../../../src/policy/poolState.ts';
import { isStale } from '../../../src/policy/rules/serverHints.ts';
import { candidates, choose, firstCandidate, trialHost } from '../../../src/policy/selection.ts';
import { FakePool } from './fakePool.ts';
import { seeded } from './poolWorld.ts';

const ORIGINS = ['a', 'b', 'c', 'd'].map((name) => `https://${name}.example.com`);
const UNLISTED = 'https://elsewhere.example.net';

/** What may come in a history, before it is held against the state of its moment. */
type Act =
  | { readonly act: 'attempt'; readonly at: number; readonly end: AttemptEnd; readonly tookMs: number }
  | { readonly act: 'outcome'; readonly at: number; readonly outcome: Outcome; readonly hints: Hints }
  | { readonly act: 'probe'; readonly at: number; readonly verdict: ProbeVerdict; readonly hints: Hints }
  | { readonly act: 'pass'; readonly forMs: number; readonly ticks: boolean }
  | { readonly act: 'hosts'; readonly origins: readonly string[] }
  | { readonly act: 'prefer'; readonly at: number | null }
  | { readonly act: 'trial' }
  | { readonly act: 'step'; readonly event: PoolEvent };

const index = fc.nat(3);
const origin = fc.constantFrom(...ORIGINS);
const hints: fc.Arbitrary<Hints> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(NO_HINTS) },
  {
    weight: 1,
    arbitrary: fc.record({
      role: fc.constantFrom('active', 'standby', 'draining', null),
      active: fc.option(fc.constantFrom(...ORIGINS, UNLISTED)),
      epoch: fc.option(fc.record({ cluster: fc.constantFrom('x', 'y'), number: fc.nat(3) })),
      retryWindowMs: fc.option(fc.constantFrom(0, 1000, 60_000)),
    }),
  },
);
const processed = fc.constantFrom('no' as const, 'maybe' as const);
const cause = fc.constantFrom('refused', 'timeout', 'http 503', 'stalled');
const waitMs = fc.constantFrom(0, 500, 30_000);
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant<Outcome>({ kind: 'ok' }),
  fc.record({ kind: fc.constant('host-fault' as const), cause, processed, answered: fc.boolean() }),
  fc.record({ kind: fc.constant('app-fault' as const), cause }),
  fc.record({ kind: fc.constant('not-active' as const), cause, processed }),
  fc.record({ kind: fc.constant('busy' as const), cause, processed, waitMs }),
  fc.record({ kind: fc.constant('local-fault' as const), cause, processed }),
);
const end: fc.Arbitrary<AttemptEnd> = fc.oneof(
  fc.record({
    kind: fc.constant('failure' as const),
    fault: fc.constantFrom('refused', 'dns', 'reset', 'network', 'timeout', 'timeout', 'stalled', 'broken-body'),
  }),
  fc.record({
    kind: fc.constant('response' as const),
    status: fc.constantFrom(200, 200, 421, 429, 500, 503),
    retryAfterMs: fc.option(waitMs, { freq: 4 }),
    hints,
  }),
);
const verdict: fc.Arbitrary<ProbeVerdict> = fc.constantFrom<ProbeVerdict[]>(
  { kind: 'good' },
  { kind: 'good' },
  { kind: 'bad', why: 'http 503' },
  { kind: 'inactive', why: 'standby' },
  { kind: 'inactive', why: 'draining' },
);
const forMs = fc.oneof(fc.constantFrom(0, 1, 10, 1999, 2000, 5000, 60_000), fc.nat(90_000));
const event: fc.Arbitrary<PoolEvent> = fc.oneof(
  fc.constantFrom<PoolEvent[]>({ kind: 'tick' }, { kind: 'wake' }, { kind: 'pay' }),
  fc.record({ kind: fc.constant('body' as const), origin }),
  fc.record({ kind: fc.constant('trial' as const), origin }),
  fc.record({ kind: fc.constant('connectivity' as const), online: fc.boolean() }),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ act: fc.constant('attempt' as const), at: index, end, tookMs: forMs }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('outcome' as const), at: index, outcome, hints }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('probe' as const), at: index, verdict, hints }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('pass' as const), forMs, ticks: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('hosts' as const),
      origins: fc.shuffledSubarray(ORIGINS, { minLength: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('prefer' as const), at: fc.option(index) }) },
  { weight: 1, arbitrary: fc.constant<Act>({ act: 'trial' }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('step' as const), event }) },
);

const POLICIES: Readonly<Record<string, HealthOptions>> = {
  'the defaults': {},
  'probes always': { probe: { always: true, failureThreshold: 2 } },
  'slow probes': { probe: { always: true, periodMs: 100, inactivePeriodMs: 100 }, ejection: { coolDownMs: 1 } },
  'proof by requests': { failback: { proof: 'request' } },
  nginx: nginxChecks({ maxFails: 2, countServerErrors: true }),
  Kubernetes: kubernetesProbe({ failureThreshold: 1 }),
};

/** One step of a history, as the rules see it. */
interface Seen {
  readonly pool: History;
  readonly was: PoolState;
  readonly event: PoolEvent;
}

/** A pool that lives through a history, and tells each step of it. */
class History extends FakePool {
  readonly #look: (seen: Seen) => void;

  constructor(hosts: readonly string[], health: HealthOptions, seed: number, look: (seen: Seen) => void) {
    super(hosts, health, seeded(seed));
    this.#look = look;
  }

  override step(event: PoolEvent) {
    const was = this.state;
    const effects = super.step(event);
    this.#look({ pool: this, was, event });
    return effects;
  }

  live(one: Act): void {
    const nth = (at: number) => this.state.hosts[at % this.state.hosts.length]?.origin ?? '';
    switch (one.act) {
      case 'attempt':
        this.end(nth(one.at), one.end, one.tookMs);
        return;
      case 'outcome':
        this.step({ ...one, kind: 'attempt', origin: nth(one.at), startedMs: this.nowMs });
        return;
      case 'probe': {
        const waiting = [...this.underWay.keys()];
        const asked = waiting[one.at % waiting.length];
        if (asked !== undefined) this.answer(asked, one.verdict, one.hints);
        return;
      }
      case 'pass':
        this.#pass(one.forMs, one.ticks);
        return;
      case 'hosts':
        // What a host that was taken from the list answers is never heard of.
        for (const asked of this.underWay.keys()) if (!one.origins.includes(asked)) this.underWay.delete(asked);
        this.step({ kind: 'hosts', origins: one.origins });
        return;
      case 'prefer':
        this.step({ kind: 'prefer', origin: one.at === null ? null : nth(one.at) });
        return;
      case 'trial': {
        const host = trialHost(this.state, this.nowMs);
        if (host !== undefined) this.step({ kind: 'trial', origin: host.origin });
        return;
      }
      case 'step':
        this.step(one.event);
    }
  }

  /** Time passes, with the ticks that the machine wants, or without any: a page that sleeps has none. */
  #pass(forMs: number, ticks: boolean): void {
    const endMs = this.nowMs + forMs;
    for (let steps = 0; ticks && nextWakeMs(this.state, this.policy) <= endMs; steps++) {
      if (steps > 500) throw new Error('the machine never rests');
      this.nowMs = Math.max(this.nowMs, nextWakeMs(this.state, this.policy));
      this.step({ kind: 'tick' });
    }
    this.nowMs = endMs;
  }
}

/** Holds a rule against each step of many histories. */
function holds(health: HealthOptions, rule: (seen: Seen) => void): void {
  const hosts = fc.shuffledSubarray(ORIGINS, { minLength: 1 });
  fc.assert(
    fc.property(hosts, fc.array(act, { maxLength: 60, size: 'max' }), fc.nat(), (listed, acts, seed) => {
      const history = new History(listed, health, seed, rule);
      for (const one of acts) history.live(one);
    }),
    { numRuns: 300 },
  );
}

const allOut = (state: PoolState): boolean => state.hosts.every(({ health }) => health.kind === 'ejected');
const kindOf = (state: PoolState, one: string) => recordOf(state, one)?.health.kind;

describe.each(Object.entries(POLICIES))('in any history under %s', (name, health) => {
  it('the current host is a listed one, and so is who was asked for or named', () => {
    holds(health, ({ pool: { state } }) => {
      expect(recordOf(state, state.current)).toBeDefined();
      for (const wish of [state.preferred, state.namedActive])
        if (wish !== null) expect(recordOf(state, wish)).toBeDefined();
    });
  });

  it('the current host is the one that would be chosen', () => {
    holds(health, ({ pool: { state } }) => {
      expect(choose(state)).toBe(state.current);
    });
  });

  it('live traffic never takes all hosts out of service', () => {
    holds(health, ({ pool, was, event }) => {
      if (event.kind === 'attempt' && !allOut(was)) expect(allOut(pool.state)).toBe(false);
    });
  });

  it('a host has one probe under way at most', () => {
    // The pool itself throws at a second one.
    let sent = 0;
    holds(health, ({ pool }) => {
      sent += pool.underWay.size;
    });
    if (name !== 'nginx' && name !== 'proof by requests') expect(sent).toBeGreaterThan(0);
  });

  it('a tick that changes nothing is not asked for again at once', () => {
    holds(health, ({ pool, was, event }) => {
      if (event.kind === 'tick' && pool.state === was)
        expect(nextWakeMs(pool.state, pool.policy)).toBeGreaterThan(pool.nowMs);
    });
  });

  it('all that is due is done in three ticks', () => {
    holds(health, ({ pool: { state, policy, env, nowMs } }) => {
      let settled = state;
      for (let ticks = 0; ticks < 3; ticks++) settled = stepPool(settled, { kind: 'tick' }, policy, env).state;
      expect(nextWakeMs(settled, policy)).toBeGreaterThan(nowMs);
    });
  });

  it('the state is plain data, and stays small', () => {
    holds(health, ({ pool: { state } }) => {
      const text = JSON.stringify(state);
      expect(JSON.parse(text)).toEqual(state);
      expect(text.length).toBeLessThan(600 * (state.hosts.length + 1));
    });
  });

  it('effects tell just what has changed', () => {
    const seen = { moves: 0 };
    holds(health, ({ pool, was, event }) => {
      const { state } = pool;
      const { effects } = stepPool(was, event, pool.policy, { nowMs: pool.nowMs, random: () => 0.5 });
      const moved = effects.filter(({ kind }) => kind === 'move');
      if (event.kind !== 'hosts') expect(moved.length > 0).toBe(was.current !== state.current);
      expect(moved.length).toBeLessThan(2);
      seen.moves += moved.length;
    });
    expect(seen.moves).toBeGreaterThan(0);
  });

  it('a request has a host to go to, and each host once to choose from', () => {
    holds(health, ({ pool: { state, nowMs } }) => {
      const order = candidates(state, nowMs).map((host) => host.origin);
      expect([...order].sort()).toEqual(state.hosts.map((host) => host.origin).sort());
      expect(order).toContain(firstCandidate(state, nowMs)?.origin);
    });
  });

  it('while this side is offline or in doubt of itself, no host is blamed for what it fails at', () => {
    holds(health, ({ pool, was, event }) => {
      if (was.connectivity.kind === 'online' || event.kind !== 'attempt') return;
      if (event.outcome.kind !== 'local-fault') return;
      const { state } = stepPool(was, { ...event, hints: NO_HINTS }, pool.policy, {
        nowMs: pool.nowMs,
        random: () => 0.5,
      });
      for (const { health: now, origin: one } of state.hosts) {
        if (now.kind === 'ejected') expect(kindOf(was, one)).toBe('ejected');
      }
    });
  });

  it('in doubt of itself, it has all hosts back that it could not reach', () => {
    holds(health, ({ pool: { state }, was }) => {
      if (state.connectivity.kind !== 'suspect' || was.connectivity.kind === 'suspect') return;
      for (const host of state.hosts) {
        expect(host.silentSinceMs).toBeNull();
        expect(['up', 'inactive', 'holding']).toContain(host.health.kind);
      }
    });
  });
});

describe('in any history', () => {
  it('a host that was ejected comes back by two good probes and a hold, unless its fault was taken back', () => {
    let back = 0;
    holds({}, ({ pool: { state, nowMs }, was, event }) => {
      const forgiven = state.connectivity.kind !== was.connectivity.kind && state.connectivity.kind !== 'online';
      for (const { origin: one, health } of was.hosts) {
        const now = recordOf(state, one)?.health;
        if (now === undefined || forgiven) continue;
        // A host that says itself that it stands by is not down.
        const told = event.kind === 'attempt' && event.origin === one && event.outcome.kind === 'not-active';
        if (health.kind === 'ejected' && !told) expect(['ejected', 'half-open']).toContain(now.kind);
        if (health.kind !== 'half-open' || health.doubt === 'alarm') continue;
        expect(now.kind).not.toBe('up');
        if (now.kind !== 'holding') continue;
        back++;
        expect(health.goodProbes).toBe(1);
        expect(event).toMatchObject({ kind: 'probe', origin: one, verdict: { kind: 'good' } });
        expect(now.untilMs - nowMs).toBeGreaterThanOrEqual(0);
        expect(now.untilMs - nowMs).toBeLessThan(60_000);
      }
    });
    expect(back).toBeGreaterThan(0);
  });

  it('a host that is held back is left alone until the hold is over', () => {
    holds({}, ({ pool: { state, nowMs }, was }) => {
      const forgiven = state.connectivity.kind === 'suspect' && was.connectivity.kind !== 'suspect';
      for (const { origin: one, health } of was.hosts) {
        if (health.kind !== 'holding' || forgiven) continue;
        if (kindOf(state, one) === 'up') expect(health.untilMs).toBeLessThanOrEqual(nowMs);
      }
    });
  });

  it('a cool-down is 5 s doubled with each ejection in a row, at most 60 s, times a draw from [0.5, 1.5)', () => {
    let seen = 0;
    holds({}, ({ pool: { state, nowMs }, was }) => {
      for (const { origin: one, health, ejections } of state.hosts) {
        if (health.kind !== 'ejected' || kindOf(was, one) === 'ejected') continue;
        seen++;
        const plainMs = Math.min(60_000, 5000 * 2 ** (ejections - 1));
        expect(health.untilMs - nowMs).toBeGreaterThanOrEqual(plainMs * 0.5);
        expect(health.untilMs - nowMs).toBeLessThan(plainMs * 1.5);
      }
    });
    expect(seen).toBeGreaterThan(0);
  });

  it('a host with a lower epoch is never followed, and its word never counts', () => {
    holds({}, ({ pool, was, event }) => {
      if (!('hints' in event) || event.hints.epoch === null) return;
      if (!isStale(was, event.hints, pool.policy, pool.nowMs)) return;
      expect(pool.state.fence).toBe(was.fence);
      if (event.hints.active !== null && was.namedActive === null) expect(pool.state.namedActive).toBeNull();
    });
  });
});

describe('a pool in steady state', () => {
  const policy: PoolPolicy = new FakePool().policy;
  const ok = (one: string, said: Hints, startedMs: number): PoolEvent => ({
    kind: 'attempt',
    origin: one,
    startedMs,
    outcome: outcomeOf({ kind: 'response', status: 200, retryAfterMs: null, hints: said }, true),
    hints: said,
  });

  it('is the same object after each good answer', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(origin, forMs), { maxLength: 30 }), fc.boolean(), (answers, speaks) => {
        const said: Hints = speaks ? { ...NO_HINTS, role: 'active' } : NO_HINTS;
        const state = openPool(ORIGINS, policy, { nowMs: 0, random: () => 0.5 });
        let nowMs = 0;
        for (const [one, tookMs] of answers) {
          nowMs += tookMs;
          const next = stepPool(state, ok(one, said, nowMs - tookMs), policy, { nowMs, random: () => 0.5 });
          expect(next.state).toBe(state);
          expect(next.effects).toEqual([]);
        }
      }),
    );
  });

  it('wants no tick, and so keeps no timer', () => {
    expect(nextWakeMs(openPool(ORIGINS, policy, { nowMs: 0, random: () => 0.5 }), policy)).toBe(Infinity);
  });
});
