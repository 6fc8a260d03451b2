import { describe, expect, it } from 'vitest';
import { reportOn } from '../../../src/simulate/fleet/report.ts';
import { PEERS } from '../../../src/simulate/peers/beside.ts';
import { PeerFleet } from '../../../src/simulate/peers/peerFleet.ts';
import type { PeerPolicy } from '../../../src/simulate/peers/peerPolicy.ts';
import { sizeStandby } from '../../../src/simulate/sizing.ts';
import { small } from './fleet/small.ts';

const policy = (capacity: number) => ({ budget: { capacity } });

describe('the size of a standby', () => {
  it('follows from clients, tokens, and what is to spare', () => {
    // 40 requests a second of 80: as many to spare.
    expect(sizeStandby(small({ policy: policy(2) }), 10_000)).toEqual({
      ...{ lost: 'a', movingClients: 400, movingPerSecond: 40, burst: 800 },
      takers: [
        {
          ...{ name: 'b', capacityPerSecond: 80, loadPerSecond: 40, sparePerSecond: 40 },
          ...{ burstMs: 20_000, neededPerSecond: 120 },
        },
      ],
    });
  });

  it('has no end where the standby can’t even carry the load', () => {
    const [taker] = sizeStandby(small({ hosts: [{ name: 'a' }, { name: 'b', capacity: 0.5 }] }), 10_000).takers;
    expect(taker).toMatchObject({ sparePerSecond: 0, burstMs: null, neededPerSecond: 80 });
  });

  it('divides a lost host’s clients among the standbys, or among the other actives, by their capacity', () => {
    const actives = ['a', 'b'].map((name) => ({ name, tier: 'active' }));
    const standbys = [
      { name: 'c', capacity: 2 },
      { name: 'd', capacity: 1 },
    ];
    const { takers, movingClients } = sizeStandby(small({ hosts: [...actives, ...standbys] }), 10_000);
    expect(movingClients).toBe(200);
    expect(takers.map(({ name, loadPerSecond }) => [name, Math.round(loadPerSecond * 3)])).toEqual([
      ['c', 40],
      ['d', 20],
    ]);
    const [other] = sizeStandby(small({ hosts: actives }), 10_000).takers;
    expect(other).toMatchObject({ name: 'b', capacityPerSecond: 40, loadPerSecond: 40, sparePerSecond: 0 });
  });

  it('has a host that is alone take back its own clients', () => {
    expect(sizeStandby(small({ hosts: [{ name: 'a' }] }), 10_000).takers).toMatchObject([
      { name: 'a', loadPerSecond: 40, sparePerSecond: 40, burstMs: 10_000 },
    ]);
  });

  it.each([1, 2, 5])('agrees with what an overload by %i tokens a client takes longer than one without', (capacity) => {
    const scenario = small({
      ...{ clients: 4_000, everyMs: 20_000, durationMs: 240_000 },
      hosts: [{ name: 'a', queueMs: 600_000 }],
      faults: [{ host: 'a', kind: 'stall', fromMs: 20_000, untilMs: 30_000 }],
      policy: { ...policy(capacity), timeout: { attemptMs: 1_000, waryAttemptMs: 1_000, totalMs: 1_000 } },
    });
    const bucket = PEERS['bucket-10'] as PeerPolicy;
    const recoveryOf = (given: PeerPolicy): number =>
      reportOn(scenario, new PeerFleet(scenario, given, 1_000).run()).recoveryMs ?? Number.NaN;
    const without = recoveryOf(PEERS['none'] as PeerPolicy);
    const reckoned = sizeStandby(scenario, 1_000).takers[0]?.burstMs ?? 0;
    const longer = recoveryOf({ ...bucket, budget: { ...(bucket.budget ?? neverNull()), capacity } }) - without;
    expect(longer).toBeLessThan(reckoned * 1.15);
    expect(longer).toBeGreaterThan(reckoned * 0.6);
  });
});

const neverNull = (): never => {
  throw new Error('it has a budget');
};
