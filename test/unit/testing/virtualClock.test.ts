import { describe, expect, it, vi } from 'vitest';
import { virtualClock } from '../../../src/testing/index.ts';

describe('a virtual clock', () => {
  it('stands still by itself, and moves by what it is told', async () => {
    const clock = virtualClock(5_000);
    expect([clock.now(), clock.wallTime()]).toEqual([5_000, 5_000]);
    await clock.advance(250);
    expect([clock.now(), clock.wallTime()]).toEqual([5_250, 5_250]);
    expect(virtualClock().now()).toBe(0);
  });

  it('calls timers in the order of their moments, equal ones in the order in which they were set', async () => {
    const clock = virtualClock();
    const calls: string[] = [];
    const say = (name: string) => () => calls.push(`${name} ${clock.now()}`);
    clock.setTimer(say('late'), 30);
    clock.setTimer(say('early'), 10);
    clock.setTimer(say('late too'), 30);
    clock.setTimer(say('later'), 31);
    await clock.advance(30);
    expect(calls).toEqual(['early 10', 'late 30', 'late too 30']);
  });

  it('lets what comes of a timer settle before the next one, timers that it sets included', async () => {
    const clock = virtualClock();
    const calls: number[] = [];
    const pause = (ms: number) => new Promise<void>((resolve) => clock.setTimer(resolve, ms));
    const work = async () => {
      for (const ms of [10, 20, 30]) {
        await pause(ms);
        await new Response('read to its end').text();
        calls.push(clock.now());
      }
    };
    const done = work();
    clock.setTimer(() => calls.push(-clock.now()), 11);
    await clock.advance(60);
    expect(calls).toEqual([10, -11, 30, 60]);
    await done;
  });

  it('does not call a timer that was cancelled, not even by one of the same moment', async () => {
    const clock = virtualClock();
    const called = vi.fn();
    const cancel = clock.setTimer(called, 10);
    clock.setTimer(called, 10)();
    const other = clock.setTimer(called, 11);
    clock.setTimer(() => other(), 11);
    clock.setTimer(() => other(), 5);
    cancel();
    await clock.advance(100);
    expect(called).not.toHaveBeenCalled();
  });

  it('tells which timers are set, soonest first', async () => {
    const clock = virtualClock(1_000);
    clock.setTimer(() => {}, 500, true);
    clock.setTimer(() => {}, -3);
    expect(clock.timers).toEqual([
      { delayMs: 0, background: false },
      { delayMs: 500, background: true },
    ]);
    await clock.advance(100);
    expect(clock.timers).toEqual([{ delayMs: 400, background: true }]);
  });

  it('takes calls one after the other', async () => {
    const clock = virtualClock();
    const moments: number[] = [];
    clock.setTimer(() => moments.push(clock.now()), 15);
    await Promise.all([clock.advance(10), clock.advance(10)]);
    expect([clock.now(), moments]).toEqual([20, [15]]);
  });

  it.each([-1, Number.NaN, Infinity])('refuses to move by %d', async (ms) => {
    const clock = virtualClock();
    await expect(clock.advance(ms)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await clock.advance(1);
    expect(clock.now()).toBe(1);
  });

  it('hands on what a timer throws, and can go on', async () => {
    const clock = virtualClock();
    clock.setTimer(() => {
      throw new Error('of the timer');
    }, 10);
    await expect(clock.advance(20)).rejects.toThrow('of the timer');
    await clock.advance(5);
    expect(clock.now()).toBe(15);
  });
});

describe('until', () => {
  it('lets no more time pass than the work takes, and gives its value', async () => {
    const clock = virtualClock();
    clock.setTimer(() => {}, 5_000);
    const work = new Promise<string>((resolve) => clock.setTimer(() => resolve('done'), 700));
    expect(await clock.until(work)).toBe('done');
    expect(clock.now()).toBe(700);
  });

  it('gives the error of work that fails', async () => {
    const clock = virtualClock();
    const work = new Promise((_, reject) => clock.setTimer(() => reject(new Error('of the work')), 5));
    await expect(clock.until(work)).rejects.toThrow('of the work');
  });

  it('rejects where no timer could settle the work, or not within the limit', async () => {
    const clock = virtualClock();
    const never = new Promise<void>(() => {});
    await expect(clock.until(never)).rejects.toMatchObject({ code: 'TIMEOUT' });
    const again = () => void clock.setTimer(again, 1_000);
    again();
    await expect(clock.until(never, 10_000)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(clock.now()).toBe(10_000);
  });
});
