import { describe, expect, it } from 'vitest';
import { FleetServer } from '../../../../src/simulate/fleet/fleetServer.ts';
import { small } from './small.ts';

const never = () => 0.999;

/** A host that serves ten requests a second, without any way to it. */
function server(given: object = {}, host: object = {}): FleetServer {
  const scenario = small({ utilisation: 4, hosts: [{ name: 'a', latencyMs: 0, ...host }], ...given });
  return new FleetServer(scenario, scenario.hosts[0] as (typeof scenario.hosts)[number]);
}

const ends = (one: FleetServer, moments: readonly number[]) => moments.map((atMs) => one.receive(atMs, never).atMs);

describe('a simulated host', () => {
  it('works its queue off in order, at its rate', () => {
    expect(server().capacityPerSecond).toBe(10);
    expect(ends(server(), [0, 0, 0, 1_000])).toEqual([100, 200, 300, 1_100].map((atMs) => expect.closeTo(atMs, 6)));
  });

  it('goes on after it stood still', () => {
    const stalled = server({ faults: [{ host: 'a', kind: 'stall', fromMs: 50, untilMs: 1_050 }] });
    expect(ends(stalled, [0, 0, 500])).toEqual([1_100, 1_200, 1_300].map((atMs) => expect.closeTo(atMs, 6)));
  });

  it('slows down to the share that is left', () => {
    const slow = server({ faults: [{ host: 'a', kind: 'brown-out', share: 0.5, fromMs: 100, untilMs: 5_000 }] });
    expect(ends(slow, [0, 0])).toEqual([100, 300].map((atMs) => expect.closeTo(atMs, 6)));
  });

  it('resets what it had not done when it died, refuses, and begins anew with an empty queue', () => {
    const mortal = server({ faults: [{ host: 'a', kind: 'refuse', fromMs: 250, untilMs: 500 }] });
    const fates = [0, 0, 0, 0, 300, 500].map((atMs) => mortal.receive(atMs, never));
    expect(fates.map(({ end }) => ('fault' in end ? end.fault : end.status))).toEqual([
      200,
      200,
      'reset',
      'reset',
      'refused',
      200,
    ]);
    expect(fates[2]?.atMs).toBe(250);
    expect(fates[5]?.atMs).toBeCloseTo(600, 6);
  });

  it('never answers what falls into a black hole', () => {
    const gone = server({ faults: [{ host: 'a', kind: 'black-hole', fromMs: 50, untilMs: 500 }] });
    expect(ends(gone, [0, 100])).toEqual([Infinity, Infinity]);
  });

  it('gets warm in steps after a restart', () => {
    const faults = [{ host: 'a', kind: 'refuse', fromMs: 0, untilMs: 1_000 }];
    const cold = server({ faults }, { coldStart: { share: 0.1, forMs: 100_000 } });
    const warm = server({ faults });
    const [coldMs = 0] = ends(cold, [1_000]);
    const [warmMs = 0] = ends(warm, [1_000]);
    expect(coldMs - 1_000).toBeCloseTo(10 * (warmMs - 1_000), 6);
    const [laterMs = 0] = ends(cold, [102_000]);
    expect(laterMs).toBeCloseTo(102_100, 6);
  });

  it('refuses above its admission, and says for how long', () => {
    const strict = server({}, { admitMs: 150, refusalCost: 0 });
    const [, , third] = [0, 0, 0].map((atMs) => strict.receive(atMs, never));
    expect(third?.end).toMatchObject({ status: 503, retryAfterMs: 1_000 });
  });
});
