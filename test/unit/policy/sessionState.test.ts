import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adoptToken,
  beginStep,
  endSession,
  hostAway,
  landed,
  loseSession,
  noSession,
  retarget,
  type SessionEnv,
  type SessionState,
  type SessionStep,
  type StoredToken,
  sessionStep,
  stepFailed,
  wantsReady,
  withToken,
} from '../../../src/policy/sessionState.ts';

const A = 'https://a.test';
const B = 'https://b.test';
const C = 'https://c.test';
const LIST = [A, B, C];

const env = (changes: Partial<SessionEnv> = {}): SessionEnv => ({
  nowMs: 0,
  wallMs: 0,
  canResume: true,
  renewGapMs: 5_000,
  ...changes,
});

const token = (version: number, changes: Partial<StoredToken> = {}): StoredToken => ({
  token: `t${version}`,
  version,
  expiresAtMs: null,
  origins: LIST,
  host: A,
  ...changes,
});

const ask = (origin: string, refused: number | null = null) => ({ origin, refused });

/** Takes a step at a host to its good end. */
function take(state: SessionState, step: SessionStep, origin: string, nowMs = 0): SessionState {
  const begun = beginStep(state, step, origin);
  const got = step.kind === 'land' ? begun : withToken(begun, token(state.version + 1, { host: origin }), nowMs);
  return landed(got, null);
}

const openAt = (origin: string) => take(noSession(), { kind: 'open', renewing: false }, origin);
const resumeAt = (state: SessionState, origin: string) => take(state, { kind: 'resume', why: 'landing' }, origin);

describe('a request', () => {
  test('opens the session where there is none, and where it was lost', () => {
    expect(sessionStep(noSession(), ask(A), env()).kind).toBe('open');
    expect(sessionStep(loseSession(openAt(A), A), ask(A), env()).kind).toBe('open');
  });

  test('passes at the host that opened the session', () => {
    expect(sessionStep(openAt(A), ask(A), env()).kind).toBe('pass');
  });

  test('resumes the session at a host that does not know it', () => {
    expect(sessionStep(openAt(A), ask(B), env())).toEqual({ kind: 'resume', why: 'landing' });
  });

  test('passes with the token as it is at another host where there is no resume, once that host is ready', () => {
    const step = sessionStep(openAt(A), ask(B), env({ canResume: false }));
    expect(step.kind).toBe('land');
    expect(sessionStep(take(openAt(A), step, B), ask(B), env({ canResume: false })).kind).toBe('pass');
  });

  test('passes at every host that was landed on: the newest token counts everywhere', () => {
    const state = resumeAt(openAt(A), B);
    expect(sessionStep(state, ask(A), env()).kind).toBe('pass');
    expect(sessionStep(state, ask(B), env()).kind).toBe('pass');
  });

  test('resumes again at a host that was away meanwhile', () => {
    const state = hostAway(resumeAt(openAt(A), B), A);
    expect(sessionStep(state, ask(A), env()).kind).toBe('resume');
    expect(sessionStep(state, ask(B), env()).kind).toBe('pass');
  });

  test('waits while the session is being opened', () => {
    const opening = beginStep(noSession(), { kind: 'open', renewing: false }, A);
    expect(LIST.map((host) => sessionStep(opening, ask(host), env()).kind)).toEqual(['wait', 'wait', 'wait']);
  });

  test('goes on at a landed host while the session lands on another one, and waits for that one itself', () => {
    const landing = beginStep(openAt(A), { kind: 'resume', why: 'landing' }, B);
    expect(LIST.map((host) => sessionStep(landing, ask(host), env()).kind)).toEqual(['pass', 'wait', 'wait']);
  });

  test('waits everywhere while a token that was refused or is over is replaced', () => {
    for (const why of ['refused', 'expired'] as const) {
      const renewing = beginStep(resumeAt(openAt(A), B), { kind: 'resume', why }, B);
      expect([A, B].map((host) => sessionStep(renewing, ask(host), env()).kind)).toEqual(['wait', 'wait']);
    }
  });

  test('waits for a host that is being made ready, although it has the new token', () => {
    const ready = withToken(beginStep(openAt(A), { kind: 'resume', why: 'landing' }, B), token(2), 0);
    expect([A, B].map((host) => sessionStep(ready, ask(host), env()).kind)).toEqual(['pass', 'wait']);
  });

  test('waits for a host that is made ready again, although it knows the session', () => {
    const renewed = withToken(beginStep(openAt(A), { kind: 'resume', why: 'refused' }, A), token(2), 0);
    expect(sessionStep(renewed, ask(A), env()).kind).toBe('wait');
  });
});

describe('a 401', () => {
  test('renews the token that was refused', () => {
    expect(sessionStep(openAt(A), ask(A, 1), env())).toEqual({ kind: 'resume', why: 'refused' });
  });

  test('opens a new session where there is no resume', () => {
    expect(sessionStep(openAt(A), ask(A, 1), env({ canResume: false }))).toEqual({ kind: 'open', renewing: true });
  });

  test('for an older token renews nothing', () => {
    expect(sessionStep(resumeAt(openAt(A), B), ask(A, 1), env()).kind).toBe('pass');
  });

  test('stands where the token was renewed for a 401 just before', () => {
    for (const step of [
      { kind: 'resume', why: 'refused' },
      { kind: 'open', renewing: true },
    ] as const) {
      const renewed = take(openAt(A), step, A, 1_000);
      expect(sessionStep(renewed, ask(A, 2), env({ nowMs: 5_999 })).kind).toBe('stand');
      expect(sessionStep(renewed, ask(A, 2), env({ nowMs: 6_000 })).kind).toBe('resume');
    }
  });

  test('is heeded directly after a landing, which tested nothing', () => {
    const state = resumeAt(openAt(A), B);
    expect(sessionStep(state, ask(B, 2), env()).kind).toBe('resume');
  });
});

describe('a token', () => {
  test('that is over is renewed before it is sent', () => {
    const state = withToken(
      beginStep(noSession(), { kind: 'open', renewing: false }, A),
      token(1, { expiresAtMs: 100 }),
      0,
    );
    const open = landed(state, null);
    expect(sessionStep(open, ask(A), env({ wallMs: 99 })).kind).toBe('pass');
    expect(sessionStep(open, ask(A), env({ wallMs: 100 }))).toEqual({ kind: 'resume', why: 'expired' });
    expect(sessionStep(open, ask(A), env({ wallMs: 100, canResume: false }))).toEqual({
      kind: 'open',
      renewing: false,
    });
  });

  test('of another page is adopted if it is newer, and keeps what is known of the hosts', () => {
    const state = openAt(A);
    expect(adoptToken(state, token(1))).toBe(state);
    const adopted = adoptToken(state, token(7));
    expect(adopted).toMatchObject({ kind: 'open', version: 7, landed: [A] });
    expect(adoptToken(noSession(), token(7))).toMatchObject({ kind: 'open', version: 7, landed: [] });
  });

  test('of another page that is as new wins if it was stored last, and counts as newer', () => {
    const rival = token(1, { token: 'rival' });
    expect(adoptToken(openAt(A), rival)).toMatchObject({ version: 2, token: { token: 'rival', version: 2 } });
    expect(adoptToken(endSession(openAt(A)), rival)).toEqual(endSession(openAt(A)));
  });

  test('is not older than the one before it, whatever was forgotten in between', () => {
    expect(endSession(openAt(A))).toMatchObject({ kind: 'none', version: 1 });
    expect(take(endSession(openAt(A)), { kind: 'open', renewing: false }, A)).toMatchObject({ version: 2 });
  });

  test('stays with a list that shares a host, and is not for strangers', () => {
    const moved = retarget(openAt(A), [B, 'https://d.test']);
    expect(moved).toMatchObject({ token: { origins: [B, 'https://d.test'] }, landed: [] });
    expect(retarget(openAt(A), ['https://d.test'])).toBeNull();
    const same = openAt(A);
    expect(retarget(same, [C, B, A])).toBe(same);
  });
});

describe('a step that fails', () => {
  test('leaves the session as it was', () => {
    const state = openAt(A);
    expect(stepFailed(beginStep(state, { kind: 'resume', why: 'landing' }, B))).toEqual(state);
    expect(stepFailed(beginStep(noSession(3, 2), { kind: 'open', renewing: false }, B))).toEqual(noSession(3, 2));
  });

  test('does not bring back a token that was refused', () => {
    const opening = beginStep(openAt(A), { kind: 'open', renewing: true }, A);
    expect(stepFailed(opening)).toEqual(noSession(1, 0));
  });
});

describe('a server instance', () => {
  const landing = (state: SessionState, origin: string) =>
    withToken(beginStep(state, { kind: 'resume', why: 'landing' }, origin), token(state.version + 1), 0);

  test('with a name is made ready once, however often its host is landed on', () => {
    const first = landing(openAt(A), B);
    expect(wantsReady(first, 'b-1')).toBe(true);
    const again = landing(hostAway(landed(first, 'b-1'), B), B);
    expect(wantsReady(again, 'b-1')).toBe(false);
    expect(wantsReady(again, 'b-2')).toBe(true);
  });

  test('without a name is made ready at each landing, and not at a renewal', () => {
    const state = landed(landing(openAt(A), B), null);
    const renewal = withToken(beginStep(state, { kind: 'resume', why: 'refused' }, B), token(9), 0);
    expect(wantsReady(renewal, null)).toBe(false);
    expect(wantsReady(landing(hostAway(state, B), B), null)).toBe(true);
  });

  test('is made ready anew for a new session', () => {
    const state = landed(landing(openAt(A), B), 'b-1');
    const opened = withToken(beginStep(endSession(state), { kind: 'open', renewing: false }, B), token(9), 0);
    expect(wantsReady(opened, 'b-1')).toBe(true);
  });

  test('is forgotten only after many others', () => {
    let state = openAt(A);
    for (let at = 0; at < 200; at++) state = hostAway(landed(landing(state, B), `b-${at}`), B);
    expect('instances' in state && state.instances.length).toBe(64);
    expect(wantsReady(landing(state, B), 'b-199')).toBe(false);
  });
});

type Move =
  | { readonly kind: 'request'; readonly origin: string; readonly refused: boolean }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'away'; readonly origin: string }
  | { readonly kind: 'lost' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'later'; readonly ms: number };

const origin = fc.constantFrom(...LIST);
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('request'), origin, refused: fc.boolean() }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'done' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'failed' } as const) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('away'), origin }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'lost' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'ended' } as const) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('later'), ms: fc.nat(10_000) }) },
) as fc.Arbitrary<Move>;

/** A driver as the shell is: one step at a time. Returns the next state and the step that a request was told, if any. */
function drive(state: SessionState, next: Move, nowMs: number, canResume: boolean): [SessionState, SessionStep | null] {
  const busy = state.kind === 'opening' || state.kind === 'resuming' || state.kind === 'landing';
  switch (next.kind) {
    case 'request': {
      const step = sessionStep(state, ask(next.origin, next.refused ? state.version : null), env({ nowMs, canResume }));
      return [busy ? state : beginStep(state, step, next.origin), step];
    }
    case 'done':
      if (state.kind === 'landing') return [landed(state, null), null];
      return [busy ? withToken(state, token(state.version + 1), nowMs) : state, null];
    case 'failed':
      return [stepFailed(state), null];
    case 'away':
      return [hostAway(state, next.origin), null];
    case 'lost':
      return [state.kind === 'resuming' ? loseSession(state, state.host) : state, null];
    case 'ended':
      return [endSession(state), null];
    case 'later':
      return [state, null];
  }
}

describe('whatever happens', () => {
  test('versions and sessions only grow, a pass is only for a landed host, and nothing starts while something is under way', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), fc.boolean(), (moves, canResume) => {
        let state: SessionState = noSession();
        let nowMs = 0;
        for (const next of moves) {
          if (next.kind === 'later') nowMs += next.ms;
          const before = state;
          const [after, step] = drive(before, next, nowMs, canResume);
          expect(after.version).toBeGreaterThanOrEqual(before.version);
          expect(after.session).toBeGreaterThanOrEqual(before.session);
          if (step?.kind === 'pass' && next.kind === 'request') {
            expect('landed' in before && before.landed).toContain(next.origin);
          }
          const busy = before.kind === 'opening' || before.kind === 'resuming' || before.kind === 'landing';
          if (busy && step !== null) expect(['pass', 'wait']).toContain(step.kind);
          state = after;
        }
      }),
    );
  });

  test('two hosts in use at the same time cost one resume each, however their requests alternate', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(A, B), { minLength: 1, maxLength: 80 }), (requests) => {
        let state = openAt(A);
        let resumes = 0;
        for (const host of requests) {
          const step = sessionStep(state, ask(host), env());
          if (step.kind === 'pass') continue;
          resumes++;
          state = take(state, step, host);
        }
        expect(resumes).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('a host that answers every request with 401 costs one renewal in each gap', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 60 }), (waits) => {
        let state = openAt(A);
        let nowMs = 0;
        let renewals = 0;
        for (const ms of waits) {
          nowMs += ms;
          const step = sessionStep(state, ask(A, state.version), env({ nowMs }));
          if (step.kind === 'stand') continue;
          renewals++;
          state = take(state, step, A, nowMs);
        }
        expect(renewals).toBeLessThanOrEqual(1 + nowMs / 5_000);
      }),
    );
  });

  test('states and tokens are plain data', () => {
    const state = resumeAt(openAt(A), B);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
});
