import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADMISSION, type AdmissionPolicy, admit, openAdmission } from '../../../src/session/admission.ts';
import { homeWaitMs } from '../../../src/session/homing.ts';
import { busyWindowMs, drainTimes, retryWindowMs, sessionLifeMs } from '../../../src/session/retryWindow.ts';
import { SERVER_POLICY } from '../../../src/session/serverPolicy.ts';

describe('the window that a server tells', () => {
  it('is a tenth longer than the next one needs to let all of them in, from a second to an hour', () => {
    expect([0, 900, 1_001, 45_000, 1_000_000, 9_000_000].map((sessions) => retryWindowMs(sessions, 1_000))).toEqual([
      1_000, 1_000, 1_200, 49_500, 1_100_000, 3_600_000,
    ]);
  });

  it('never outlasts a session, however fast clients came until the server died', () => {
    const { ttlMs } = SERVER_POLICY;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }), fc.integer({ min: 10, max: 50_000 }), (sessions, rate) => {
        // Where the burst alone is a long queue, the sessions' usual life has to do.
        fc.pre((ADMISSION.burst / rate) * 1000 < ttlMs / 4);
        // A session was given its life when there were so many; a quarter of it is over, and others have come in all the time.
        const lifeMs = sessionLifeMs(ttlMs, retryWindowMs(sessions, rate));
        const since = (lifeMs / 4 / 1000) * rate + ADMISSION.burst;
        const windowMs = Math.min(3_600_000, retryWindowMs(sessions + since, rate));
        expect((lifeMs * 3) / 4).toBeGreaterThanOrEqual(windowMs);
      }),
    );
  });

  it('changes nothing for a server with few sessions', () => {
    expect(sessionLifeMs(500, 1_000)).toBe(500);
    expect(drainTimes({}, 1_000)).toEqual({ deadlineMs: 10_000, jitterMs: 1_000 });
  });

  it('gives a drain the time that it takes, unless its deadline is given', () => {
    expect(drainTimes({}, 50_000)).toEqual({ deadlineMs: 100_000, jitterMs: 50_000 });
    expect(drainTimes({ jitterMs: 8_000 }, 50_000)).toEqual({ deadlineMs: 16_000, jitterMs: 8_000 });
    expect(drainTimes({ deadlineMs: 10_000 }, 50_000)).toEqual({ deadlineMs: 10_000, jitterMs: 5_000 });
  });

  it('of one who is turned away does not outlast a session of which nothing is known', () => {
    expect([10, 30_000, 90_000].map((waitMs) => busyWindowMs(waitMs, 120_000))).toEqual([1_000, 30_000, 60_000]);
  });
});

describe('admission', () => {
  it('lets in no more than its burst and its rate, and tells all others a window as long as the queue', () => {
    const policy: AdmissionPolicy = { ratePerSecond: 100, burst: 50 };
    const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 400 });
    fc.assert(
      fc.property(gaps, fc.boolean(), (all, resumes) => {
        let state = openAdmission(policy, 0);
        let [nowMs, admitted] = [0, 0];
        for (const gapMs of all) {
          nowMs += gapMs;
          const answer = admit(state, policy, resumes, nowMs);
          if (answer.waitMs === null) admitted++;
          else expect(answer.waitMs).toBe(Math.ceil((answer.state.queued * 1000) / policy.ratePerSecond));
          state = answer.state;
          expect(admitted).toBeLessThanOrEqual(policy.burst + (nowMs * policy.ratePerSecond) / 1000 + 1e-6);
        }
      }),
    );
  });
});

describe('the way home', () => {
  const wait = (given: object) =>
    homeWaitMs({ holdMs: 60_000, windowMs: 1_000, failures: 0, held: false, ...given }, () => 0.5);

  it('is free where the hold has spread all clients already, and else as long as the window', () => {
    expect(wait({ held: true })).toBe(0);
    expect(wait({ held: true, windowMs: 60_000 })).toBe(0);
    expect(wait({ held: true, windowMs: 600_000 })).toBe(300_000);
  });

  it('is spread over the hold, the window, or what was in vain before', () => {
    expect(wait({})).toBe(30_000);
    expect(wait({ windowMs: 600_000 })).toBe(300_000);
    expect(wait({ holdMs: 0, windowMs: 0 })).toBe(0);
    expect(wait({ holdMs: 0, windowMs: 0, failures: 3 })).toBe(2_000);
    expect(wait({ holdMs: 0, windowMs: 0, failures: 3_000 })).toBe(30_000);
  });
});
