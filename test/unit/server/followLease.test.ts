import { expect, test } from 'vitest';
import { createLease, followLease } from '../../../src/server/index.ts';
import { HELLO, Stage } from './stage.ts';

test('a server is active while its instance holds the lease; clients of the other are sent to it', async () => {
  const a = new Stage({ role: 'standby' });
  const b = new Stage({ role: 'standby' }, a);
  const take = (stage: Stage, holder: string) => {
    const lease = createLease({
      store: a.store,
      name: 'chat',
      holder,
      ttlMs: 3_000,
      clock: a.clock,
      random: () => 0.5,
    });
    followLease(stage.sessions, lease);
    return lease;
  };
  const first = take(a, 'https://a.example');
  await a.settle(100);
  const second = take(b, 'https://b.example');
  await a.settle(2_000);
  expect([a.sessions.role, b.sessions.role, b.sessions.active]).toEqual(['active', 'standby', 'https://a.example']);
  const line = b.line().say(HELLO);
  await a.settle();
  expect(line.next('moved')['to']).toBe('https://a.example');

  const { line: served } = await a.open();
  await first.release();
  await a.settle(3_000);
  expect([a.sessions.role, b.sessions.role]).toEqual(['standby', 'active']);
  expect(served.code).toBe(1012);
  await second.release();
});

test('a server that drains goes on draining, whatever becomes of the lease', async () => {
  const stage = new Stage({ role: 'standby' });
  const lease = createLease({ store: stage.store, name: 'chat', holder: 'a', clock: stage.clock });
  const unfollow = followLease(stage.sessions, lease);
  await stage.settle(100);
  const { line } = await stage.open();
  const drained = stage.sessions.drain({ deadlineMs: 5_000 });
  await lease.release();
  await stage.settle(1_000);
  expect([stage.sessions.role, line.kinds, line.code]).toEqual(['draining', ['drain'], 0]);
  line.gone();
  await drained;
  unfollow();
});
