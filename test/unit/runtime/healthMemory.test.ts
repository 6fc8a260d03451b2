import { expect, it } from 'vitest';
import { recall, remember } from '../../../src/runtime/healthMemory.ts';
import { FakePool } from '../policy/fakePool.ts';
import { A, B, GOOD } from '../policy/poolWorld.ts';

it('memory of a host that is never to come back by itself can be read, and keeps it held back', () => {
  const pool = new FakePool([A, B], { failback: { holdMs: Infinity } });
  pool.kill(A);
  pool.answers.set(A, GOOD);
  pool.pass(100_000);
  expect(pool.kinds).toEqual(['holding', 'up']);
  const text = remember(pool.state, pool.nowMs, 5_000);
  const recalled = recall(text, new FakePool([A, B]).state, pool.policy, pool.env, 6_000);
  expect(recalled.hosts.map(({ health }) => health.kind)).toEqual(['holding', 'up']);
  expect(recalled.current).toBe(B);
});

it('a reload does not send a client back to a host that is held back: only the end of its hold does', () => {
  const pool = new FakePool([A, B]);
  pool.kill(A);
  pool.answers.set(A, GOOD);
  pool.pass(8_000);
  expect([pool.health(A), pool.current]).toEqual(['holding', B]);
  const text = remember(pool.state, pool.nowMs, 5_000);
  const reloaded = new FakePool([A, B]);
  reloaded.state = recall(text, reloaded.state, reloaded.policy, reloaded.env, 6_000);
  reloaded.step({ kind: 'tick' });
  expect([reloaded.health(A), reloaded.current]).toEqual(['holding', B]);
  reloaded.pass(60_000);
  expect([reloaded.health(A), reloaded.current]).toEqual(['up', A]);
});
