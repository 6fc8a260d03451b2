import type { StoreUnderTest } from '../../../../src/server/conformance/harness.ts';
import type { StoreLimitOptions } from '../../../../src/server/stores/limits.ts';
import { memorySessionStore } from '../../../../src/server/stores/memorySessionStore.ts';
import { virtualClock } from '../../../../src/testing/virtualClock.ts';

/** A store in memory whose time the checks move. */
export function memoryUnderTest(limits: StoreLimitOptions): StoreUnderTest {
  const clock = virtualClock(1_000);
  return { store: memorySessionStore({ ...limits, clock }), pass: (ms) => clock.advance(ms) };
}
