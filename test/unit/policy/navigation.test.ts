import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_HINTS } from '../../../src/policy/hints.ts';
import { judgePage, type NavigationPolicy, planNavigation } from '../../../src/policy/navigation.ts';
import { afterMove, isSettled, type Moves, mayMove, readMoves } from '../../../src/policy/navigationMoves.ts';
import { outcomeOf } from '../../../src/policy/outcome.ts';
import {
  doubted,
  hostIn,
  isReady,
  left,
  proven,
  type RememberedHealth,
  readHealth,
  withHost,
} from '../../../src/policy/rememberedHealth.ts';
import { hintedOutcome } from '../../../src/policy/rules/hintedOutcome.ts';

const A = 'https://a.example';
const B = 'https://b.example';
const DWELL_MS = 30_000;
const POLICY: NavigationPolicy = {
  mode: 'redirect',
  hosts: [{ origin: A }, { origin: B }],
  dwellMs: DWELL_MS,
  handoff: null,
};
const NOW = 1_700_000_000_000;

const nothing = (nowMs = NOW): RememberedHealth => readHealth(undefined, nowMs);
const with_ = (origin: string, ...changes: Parameters<typeof withHost>[2][]): RememberedHealth =>
  changes.reduce((record, change) => withHost(record, origin, change), nothing());

describe('what an answer means', () => {
  test('is what the end of any attempt means', () => {
    const roles = fc.constantFrom(null, 'active', 'standby', 'draining');
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), roles, (status, role) => {
        const hints = role === null ? NO_HINTS : { ...NO_HINTS, role };
        const end = { kind: 'response', status, retryAfterMs: null, hints } as const;
        const outcome = hintedOutcome(end, false) ?? outcomeOf(end, true);
        const expected = {
          ok: 'shown',
          // Asking another one does not help who asks too often.
          busy: 'shown',
          'app-fault': 'doubted',
          'host-fault': 'failed',
          'not-active': 'failed',
          'local-fault': 'failed',
        }[outcome.kind];
        expect(judgePage({ status, role, cause: '' }, true).kind).toBe(expected);
      }),
    );
  });

  test('blames nobody while this side is offline', () => {
    expect(judgePage({ status: 0, role: null, cause: 'network' }, false)).toEqual({
      kind: 'failed',
      says: 'nothing',
      cause: 'network',
    });
    expect(judgePage({ status: 0, role: null, cause: 'network' }, true).says).toBe('fault');
  });
});

describe('moves', () => {
  test('one page is moved at most twice within the dwell, whatever happens', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('/a', '/b?c'), fc.integer({ min: 0, max: 20_000 })));
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 60_000 }), (visits, dwellMs) => {
        let moves: Moves = [];
        let nowMs = NOW;
        const made: { readonly page: string; readonly atMs: number }[] = [];
        for (const [page, waitMs] of visits) {
          nowMs += waitMs;
          if (!mayMove(moves, page, dwellMs, nowMs)) continue;
          moves = afterMove(readMoves(JSON.stringify(moves), nowMs), page, B, nowMs);
          made.push({ page, atMs: nowMs });
        }
        for (const { page, atMs } of made) {
          const within = made.filter((move) => move.page === page && move.atMs <= atMs && atMs - move.atMs < dwellMs);
          expect(within.length).toBeLessThanOrEqual(2);
        }
      }),
    );
  });

  test('a dwell of nothing does not switch the guard off', () => {
    const moves = afterMove(afterMove([], '/', B, NOW), '/', B, NOW);
    expect(mayMove(moves, '/', 0, NOW + 1_000)).toBe(false);
    expect(mayMove(moves, '/other', 0, NOW + 1_000)).toBe(true);
  });

  test('are bounded, and keep no address', () => {
    let moves: Moves = [];
    for (let time = 0; time < 1_000; time++) moves = afterMove(moves, `/secret?token=${time}`, B, NOW);
    expect(moves.length).toBe(64);
    expect(JSON.stringify(moves)).not.toContain('token');
  });

  test.each([undefined, null, '', '{', '7', '{"moves":[]}', '[null]'])('%j is read as none', (text) => {
    expect(readMoves(text, NOW)).toEqual([]);
  });

  test('old ones, and those from the future, count for nothing', () => {
    const at = (atMs: number) => ({ page: 1, to: B, atMs });
    const text = JSON.stringify([at(NOW - 600_001), at(NOW + 1), at(NOW)]);
    expect(readMoves(text, NOW)).toEqual([at(NOW)]);
  });
});

describe('the record of a host', () => {
  test('goes up → alarm → up by one good answer: a page may fail on a host that is well', () => {
    const alarmed = with_(A, (host) => doubted(host, 'timeout'));
    expect(hostIn(alarmed, A)).toMatchObject({ kind: 'alarm', why: 'timeout' });
    expect(
      isReady(
        hostIn(
          withHost(alarmed, A, (host) => proven(host, 60_000, env())),
          A,
        ),
      ),
    ).toBe(true);
  });

  test('a host that was left is ready after its dwell, two good answers in a row and the hold, and not before', () => {
    const events = fc.array(
      fc.record({
        waitMs: fc.integer({ min: 0, max: 40_000 }),
        isWell: fc.boolean(),
        random: fc.double({ min: 0, max: 0.999, noNaN: true }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(events, (looks) => {
        let nowMs = NOW;
        let record = with_(A, (host) => left(host, 'dead', DWELL_MS));
        let good = 0;
        let heldUntilMs = Infinity;
        for (const { waitMs, isWell, random } of looks) {
          nowMs += waitMs;
          record = readHealth(JSON.stringify(record), nowMs);
          const dwelt = nowMs - NOW >= DWELL_MS;
          expect(isReady(hostIn(record, A))).toBe(nowMs >= heldUntilMs);
          if (isReady(hostIn(record, A))) return;
          if (heldUntilMs < Infinity) continue;
          record = withHost(record, A, (host) =>
            isWell ? proven(host, 60_000, env(nowMs, random)) : doubted(host, 'dead'),
          );
          if (dwelt) good = isWell ? good + 1 : 0;
          if (good === 2) heldUntilMs = nowMs + random * 60_000;
        }
      }),
    );
  });

  test('is away for longer each time that it is left', () => {
    const once = with_(A, (host) => left(host, 'dead', 1_000));
    expect(hostIn(once, A).leftMs).toBe(1_000);
    // Several pages that leave it at once are one departure.
    expect(withHost(once, A, (host) => left(host, 'dead', 1_000))).toBe(once);
    const back = readHealth(JSON.stringify(once), NOW + 1_000);
    expect(
      hostIn(
        withHost(back, A, (host) => left(host, 'dead', 1_000)),
        A,
      ).leftMs,
    ).toBe(2_000);
  });

  test('leaves other hosts and the fence as they are, but for their age', () => {
    const text = JSON.stringify({
      version: 1,
      savedAtMs: NOW - 1_000,
      hosts: [{ origin: B, kind: 'holding', why: 'dead', leftMs: 1_500, ejections: 3 }],
      fence: [['main', 7, 10]],
    });
    const record = withHost(readHealth(text, NOW), A, (host) => doubted(host, 'x'));
    expect(record.fence).toEqual([['main', 7, 1_010]]);
    expect(hostIn(record, B)).toEqual({ origin: B, kind: 'holding', why: 'dead', leftMs: 500, ejections: 3 });
  });

  test.each([
    undefined,
    '',
    '{',
    'null',
    '{"version":2}',
    '{"version":1,"savedAtMs":0}',
    '{"version":1,"savedAtMs":1e99}',
  ])('%j says nothing', (text) => {
    expect(readHealth(text, NOW)).toEqual(nothing());
  });
});

describe('a navigation', () => {
  const plan = (
    own: string,
    health: RememberedHealth,
    policy: Partial<NavigationPolicy> = {},
    moves: Moves = [],
    isTop = true,
  ) => planNavigation({ own, page: '/', isTop, health, moves }, { ...POLICY, ...policy }, NOW);
  const dead = with_(A, (host) => left(host, 'dead', DWELL_MS));
  const back: RememberedHealth = {
    ...nothing(),
    hosts: [{ origin: A, kind: 'holding', why: 'dead', leftMs: 0, ejections: 1 }],
  };

  test.each(['offline-page', 'redirect', 'transparent'] as const)(
    'asks a host that nothing is known against (%s)',
    (mode) => {
      expect(plan(A, nothing(), { mode })).toEqual({ kind: 'ask', wary: false });
      expect(plan(B, nothing(), { mode })).toEqual({ kind: 'ask', wary: false });
    },
  );

  test('does not wait for a host that is known to be out, where there is another way', () => {
    expect(plan(A, dead, { mode: 'redirect' })).toEqual({ kind: 'leave' });
    expect(plan(A, dead, { mode: 'transparent' })).toEqual({ kind: 'leave' });
    expect(plan(A, dead, { mode: 'offline-page' })).toEqual({ kind: 'ask', wary: true });
  });

  test('stays where it is in a frame, where a session has to move along, and where it would go in circles', () => {
    const circling = afterMove(afterMove([], '/', B, NOW), '/', B, NOW);
    const stays = { kind: 'ask', wary: true };
    expect(plan(A, dead, {}, [], false)).toEqual(stays);
    expect(plan(A, dead, { handoff: '/handoff' })).toEqual(stays);
    expect(plan(A, dead, {}, circling)).toEqual(stays);
    expect(plan(B, back, {}, circling)).toEqual({ kind: 'ask', wary: false });
  });

  test('leads back to a host that is wanted more once it is ready, and not within the dwell', () => {
    expect(plan(B, back)).toEqual({ kind: 'return', to: A });
    expect(plan(B, back, { handoff: '/handoff' })).toEqual({ kind: 'return', to: A });
    expect(plan(B, dead)).toEqual({ kind: 'ask', wary: false });
    const arrived = afterMove([], '', B, NOW - DWELL_MS + 1);
    expect(plan(B, back, {}, arrived)).toEqual({ kind: 'ask', wary: false });
    expect(isSettled(arrived, DWELL_MS, NOW + 1)).toBe(true);
    // Nobody leads away from where all is well, and nobody in a mode that leads nowhere.
    expect(plan(A, back)).toEqual({ kind: 'ask', wary: false });
    expect(plan(B, back, { mode: 'transparent' })).toEqual({ kind: 'ask', wary: false });
    expect(plan(B, back, { mode: 'offline-page' })).toEqual({ kind: 'ask', wary: false });
  });

  test('stays with the backup within the dwell, even if somebody finds the host well sooner', () => {
    const moved = afterMove([], '/', B, NOW - DWELL_MS + 1);
    expect(plan(A, nothing(), { mode: 'transparent' }, moved)).toEqual({ kind: 'leave' });
    expect(plan(A, back, { mode: 'transparent' })).toEqual({ kind: 'ask', wary: false });
  });
});

function env(nowMs = NOW, random = 0.5) {
  return { nowMs, random: () => random };
}
