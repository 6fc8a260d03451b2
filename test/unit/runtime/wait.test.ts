import { describe, expect, it, vi } from 'vitest';
import { wait, waitAtMost } from '../../../src/runtime/wait.ts';
import { virtualClock } from '../../../src/testing/index.ts';

/** A signal of which is known how many listen to it. */
function watched() {
  const controller = new AbortController();
  const { signal } = controller;
  const added = vi.spyOn(signal, 'addEventListener');
  const removed = vi.spyOn(signal, 'removeEventListener');
  return { controller, signal, listeners: () => added.mock.calls.length - removed.mock.calls.length };
}

/** Something that can wake a wait, and knows whether anybody still listens. */
function alarm() {
  const waking = new Set<() => void>();
  return {
    waking,
    ring: () => {
      for (const wake of [...waking]) wake();
    },
    subscribe: (wake: () => void) => {
      waking.add(wake);
      return () => void waking.delete(wake);
    },
  };
}

async function settledAt(clock: ReturnType<typeof virtualClock>, work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => clock.now(),
    (reason: unknown) => [clock.now(), reason],
  );
}

describe('a wait', () => {
  it('takes as long as it is told, and leaves nothing behind', async () => {
    const clock = virtualClock();
    const { signal, listeners } = watched();
    const { subscribe, waking } = alarm();
    const settled = settledAt(clock, wait(clock, 500, signal, subscribe));
    await clock.advance(1_000);
    expect([await settled, listeners(), waking.size]).toEqual([500, 0, 0]);
  });

  it('ends at once when it is aborted, with the signal’s reason, and leaves no timer', async () => {
    const clock = virtualClock();
    const { controller, signal, listeners } = watched();
    const { subscribe, waking } = alarm();
    const settled = settledAt(clock, wait(clock, 500, signal, subscribe));
    await clock.advance(10);
    controller.abort('enough');
    expect([await settled, clock.timers, listeners(), waking.size]).toEqual([[10, 'enough'], [], 0, 0]);
  });

  it('does not begin where it was aborted before', async () => {
    const clock = virtualClock();
    const { subscribe, waking } = alarm();
    await expect(wait(clock, 500, AbortSignal.abort('enough'), subscribe)).rejects.toBe('enough');
    expect([clock.timers, waking.size]).toEqual([[], 0]);
  });

  it('ends early when it is woken, and leaves no timer', async () => {
    const clock = virtualClock();
    const { signal, listeners } = watched();
    const { subscribe, ring, waking } = alarm();
    const settled = settledAt(clock, wait(clock, 500, signal, subscribe));
    await clock.advance(10);
    ring();
    expect([await settled, clock.timers, listeners(), waking.size]).toEqual([10, [], 0, 0]);
  });

  it('keeps a process alive: somebody waits for it', () => {
    const clock = virtualClock();
    void wait(clock, 500, null);
    expect(clock.timers).toEqual([{ delayMs: 500, background: false }]);
  });
});

describe('to wait at most so long', () => {
  it('gives what the work gives, and leaves no timer', async () => {
    const clock = virtualClock();
    expect(await waitAtMost(clock, 250, Promise.resolve('done'))).toBe('done');
    await expect(waitAtMost(clock, 250, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await clock.advance(0);
    expect(clock.timers).toEqual([]);
  });

  it('gives undefined after that time, and drops what comes later, even a rejection', async () => {
    const clock = virtualClock();
    const work = new Promise((_, reject) => clock.setTimer(() => reject(new Error('late')), 300));
    expect(await clock.until(waitAtMost(clock, 250, work))).toBeUndefined();
    expect(clock.now()).toBe(250);
    await clock.advance(100);
    expect(clock.timers).toEqual([]);
  });
});
