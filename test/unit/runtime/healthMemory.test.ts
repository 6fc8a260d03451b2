import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAlive } from '../../../src/policy/health.ts';
import type { RememberedHost } from '../../../src/policy/rememberedHealth.ts';
import { keepOneAlive, recall, remember } from '../../../src/runtime/healthMemory.ts';
import { FakePool } from '../policy/fakePool.ts';
import { A, B, C, GOOD } from '../policy/poolWorld.ts';

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

describe('what several pages and a worker wrote of one outage', () => {
  const told = (origin: string, kind: RememberedHost['kind'], leftMs = 0): RememberedHost => ({
    origin,
    kind,
    why: 'no answer',
    leftMs,
    ejections: 1,
  });
  const states = (hosts: readonly RememberedHost[], servedBy?: string) => {
    const { state, policy, env } = new FakePool([A, B]);
    const memory = { version: 1, savedAtMs: 5_000, hosts, fence: [] };
    const recalled = keepOneAlive(recall(JSON.stringify(memory), state, policy, env, 5_000), env, servedBy);
    return { kinds: recalled.hosts.map(({ health }) => health.kind).join(), current: recalled.current, recalled };
  };

  it('leaves one host in service: that which has just served the page', () => {
    const nobody = [told(A, 'ejected', 9_000), told(B, 'alarm')];
    expect(states(nobody, A)).toMatchObject({ kinds: 'up,half-open', current: A });
    expect(states(nobody, B)).toMatchObject({ kinds: 'ejected,up', current: B });
  });

  it('else the least bad one', () => {
    expect(states([told(A, 'ejected', 9_000), told(B, 'alarm')])).toMatchObject({ kinds: 'ejected,up', current: B });
    expect(states([told(A, 'alarm'), told(B, 'alarm')], C)).toMatchObject({ kinds: 'up,half-open', current: A });
  });

  it('changes nothing while another one has a chance', () => {
    expect(states([told(A, 'ejected', 9_000)], A)).toMatchObject({ kinds: 'ejected,up', current: B });
    expect(states([told(A, 'ejected', 9_000), told(B, 'inactive')], A)).toMatchObject({ kinds: 'ejected,inactive' });
  });

  it('whatever it is, some host has a chance after it', () => {
    const kind = fc.constantFrom<RememberedHost['kind']>('up', 'inactive', 'ejected', 'alarm', 'half-open', 'holding');
    const host = fc.record({ kind, leftMs: fc.nat(600_000) });
    const origin = fc.option(fc.constantFrom(A, B, C), { nil: undefined });
    fc.assert(
      fc.property(host, host, origin, (a, b, servedBy) => {
        const { recalled } = states([told(A, a.kind, a.leftMs), told(B, b.kind, b.leftMs)], servedBy);
        expect(recalled.hosts.some(isAlive)).toBe(true);
      }),
    );
  });
});
