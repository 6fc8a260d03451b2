import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { TimeLimits } from '../../../src/runtime/timeLimits.ts';
import { virtualClock } from '../../../src/testing/index.ts';

function setUp() {
  const clock = virtualClock();
  return { clock, limits: new TimeLimits(clock), ended: [] as string[] };
}

describe('time limits', () => {
  it('end at their moments, in order, whatever order they were set in', async () => {
    const { clock, limits, ended } = setUp();
    for (const atMs of [300, 100, 200]) limits.set(atMs, () => void ended.push(`${atMs} at ${clock.now()}`));
    await clock.advance(1_000);
    expect(ended).toEqual(['100 at 100', '200 at 200', '300 at 300']);
  });

  it('do not end once they are lifted, also by one that ends at the same moment', async () => {
    const { clock, limits, ended } = setUp();
    const lifted = limits.set(100, () => void ended.push('lifted'));
    const other = limits.set(200, () => void ended.push('other'));
    limits.set(150, () => limits.lift(other) as undefined);
    limits.lift(lifted);
    await clock.advance(1_000);
    expect(ended).toEqual([]);
  });

  it('end again after the time that their end gives, and only then', async () => {
    const { clock, limits, ended } = setUp();
    const grace = [50, 70];
    limits.set(100, () => {
      ended.push(`at ${clock.now()}`);
      return grace.shift();
    });
    await clock.advance(1_000);
    expect(ended).toEqual(['at 100', 'at 150', 'at 220']);
  });

  it('that are over already end at the next moment', async () => {
    const { clock, limits, ended } = setUp();
    await clock.advance(500);
    limits.set(100, () => void ended.push('over'));
    expect(ended).toEqual([]);
    await clock.advance(0);
    expect(ended).toEqual(['over']);
  });

  it('share one timer, which nobody waits for, however many are set and lifted', async () => {
    const { clock, limits } = setUp();
    const setTimer = vi.spyOn(clock, 'setTimer');
    for (let i = 0; i < 1_000; i++) limits.lift(limits.set(5_000 + i, () => undefined));
    expect(clock.timers).toEqual([{ delayMs: 5_000, background: true }]);
    expect(setTimer).toHaveBeenCalledTimes(1);
    await clock.advance(10_000);
    expect(clock.timers).toEqual([]);
  });

  it('may set others when they end', async () => {
    const { clock, limits, ended } = setUp();
    limits.set(100, () => {
      limits.set(150, () => void ended.push(`at ${clock.now()}`));
      return undefined;
    });
    limits.set(400, () => void ended.push(`at ${clock.now()}`));
    await clock.advance(1_000);
    expect([ended, clock.timers]).toEqual([['at 150', 'at 400'], []]);
  });

  it('leave no timer when they are put to rest and none is left; those that are left still end', async () => {
    const { clock, limits, ended } = setUp();
    limits.lift(limits.set(100, () => void ended.push('lifted')));
    limits.rest();
    expect(clock.timers).toEqual([]);
    limits.set(100, () => void ended.push('left'));
    limits.rest();
    await clock.advance(1_000);
    expect(ended).toEqual(['left']);
  });

  it('each end exactly once and at their own moment, but those that were lifted', async () => {
    const plan = fc.array(
      fc.record({ setMs: fc.nat(500), forMs: fc.integer({ min: 1, max: 500 }), liftMs: fc.option(fc.nat(1_000)) }),
      { maxLength: 100 },
    );
    await fc.assert(
      fc.asyncProperty(plan, async (steps) => {
        const { clock, limits } = setUp();
        const endings = steps.map((): number[] => []);
        steps.forEach(({ setMs, forMs, liftMs }, i) => {
          clock.setTimer(() => {
            const limit = limits.set(setMs + forMs, () => void endings[i]?.push(clock.now()));
            if (liftMs !== null) clock.setTimer(() => limits.lift(limit), liftMs);
          }, setMs);
        });
        await clock.advance(2_000);
        const expected = steps.map(({ setMs, forMs, liftMs }) =>
          liftMs !== null && liftMs < forMs ? [] : [setMs + forMs],
        );
        // At the very moment, either may come first.
        steps.forEach(({ forMs, liftMs }, i) => {
          if (liftMs !== forMs) expect(endings[i]).toEqual(expected[i]);
        });
        expect(clock.timers).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('that fell due while this side slept wait until what came meanwhile is read, and no longer', () => {
    let nowMs = 0;
    let timer: { atMs: number; fire: () => void } | undefined;
    const wake = (atMs: number) => {
      nowMs = Math.max(atMs, timer?.atMs ?? 0);
      timer?.fire();
    };
    const limits = new TimeLimits({
      now: () => nowMs,
      wallTime: () => nowMs,
      setTimer: (fire, delayMs) => {
        timer = { atMs: nowMs + delayMs, fire };
        return () => {};
      },
    });
    const ended: string[] = [];
    const answered = limits.set(5_000, () => void ended.push('answered'));
    limits.set(6_000, () => void ended.push(`mute at ${nowMs}`));
    limits.set(90_000, () => void ended.push('later'));
    wake(60_000);
    expect(ended).toEqual([]);
    limits.lift(answered);
    // Timers of a hidden tab are always late: that is no reason to wait for ever.
    wake(120_000);
    expect(ended).toEqual(['mute at 120000']);
    wake(0);
    expect(ended).toEqual(['mute at 120000', 'later']);
    // What was over when it was set has slept through nothing.
    limits.set(1, () => void ended.push('over'));
    wake(0);
    expect(ended.at(-1)).toBe('over');
  });
});
