import { expect, test } from 'vitest';
import { recall, remember } from '../../../src/runtime/healthMemory.ts';
import type { HostPool } from '../../../src/runtime/hostPool.ts';
import { A, B, world } from '../runtime/world.ts';

/** Lets a pool know what another one knows. */
function tell(pool: HostPool, other: HostPool): void {
  const { clock, random } = pool.ports;
  const text = remember(other.state, clock.now(), clock.wallTime());
  const { hosts, fence } = recall(
    text,
    pool.state,
    pool.settings.policy,
    { nowMs: clock.now(), random },
    clock.wallTime(),
  );
  pool.dispatch({ kind: 'learned', hosts, fence });
}

/** A pool's status, but for whom it has heard itself: that is nobody else's to tell. */
const known = ({ status }: HostPool) => ({ ...status, hosts: status.hosts.map((host) => ({ ...host, silent: null })) });

function kill({ fail }: ReturnType<typeof world>): void {
  fail(A, 'refused');
  fail(A, 'refused');
}

const probes = ({ network }: ReturnType<typeof world>) => network.log.filter(({ path }) => path.includes('healthz'));

test('who follows does not probe, and does from the moment on that it leads', async () => {
  const w = world();
  w.pool.dispatch({ kind: 'lead', leads: false });
  kill(w);
  await w.clock.advance(300_000);
  expect([probes(w), w.pool.status.hosts[0]?.state, w.pool.status.current]).toEqual([[], 'half-open', B]);
  w.pool.dispatch({ kind: 'lead', leads: true });
  await w.clock.advance(0);
  expect(probes(w)).toHaveLength(1);
  await w.clock.advance(120_000);
  expect(w.pool.status.current).toBe(A);
});

test('what is learned of hosts moves the work, and is told like what was seen', () => {
  const [one, two] = [world(), world()];
  kill(one);
  tell(two.pool, one.pool);
  expect(two.news()).toEqual(['a ejected', 'failover ab refused']);
  expect(known(two.pool)).toEqual(known(one.pool));
});

test('what is learned of a recovery brings the work back', async () => {
  const [one, two] = [world(), world()];
  two.pool.dispatch({ kind: 'lead', leads: false });
  kill(one);
  tell(two.pool, one.pool);
  await one.clock.advance(120_000);
  await two.clock.advance(120_000);
  expect([one.pool.status.current, two.pool.status.current]).toEqual([A, B]);
  two.news();
  tell(two.pool, one.pool);
  expect(two.news()).toEqual(['a up', 'failback ba']);
});

test('a higher epoch that is learned fences off the old active; a lower one changes nothing', () => {
  const [one, two] = [world(), world()];
  const epoch = (number: number) => ({ epoch: { cluster: 'c', number } });
  one.answer(B, 200, epoch(8));
  two.answer(A, 200, epoch(7));
  tell(two.pool, one.pool);
  expect(two.pool.state.fence['c']?.number).toBe(8);
  two.answer(A, 200, epoch(7));
  expect(two.pool.status.hosts[0]?.state).toBe('inactive');
  const three = world();
  three.answer(A, 200, epoch(9));
  tell(three.pool, one.pool);
  expect(three.pool.state.fence['c']?.number).toBe(9);
});
