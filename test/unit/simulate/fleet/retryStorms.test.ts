import { describe, expect, it } from 'vitest';
import { SCENARIOS } from '../../../../src/simulate/scenarios/index.ts';
import { play } from './small.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A scenario that comes along, with a part of its clients or their requests, and what is changed of it. */
function of(name: string, given: Fields = {}) {
  const scenario = SCENARIOS[name] as Fields & { clients: number; everyMs: number; policy?: Fields };
  const isFew = scenario.clients < 1_000;
  const clients = isFew ? scenario.clients : scenario.clients / 10;
  const everyMs = isFew ? scenario.everyMs * 4 : scenario.everyMs;
  return play({
    ...scenario,
    clients,
    everyMs,
    durationMs: 90_000,
    ...given,
    policy: { ...scenario.policy, ...(given['policy'] as Fields) },
  });
}

const OVERLOADS = ['overload', 'overload-busy', 'overload-half', 'overload-shared', 'overload-shared-half'];

describe('after an overload', () => {
  it.each(OVERLOADS)('%s: a fleet recovers as soon as one that never sends again, and no less is served', (name) => {
    const alone = of(name, { policy: { retry: { attempts: 1 } } }).report;
    const ours = of(name).report;
    expect(ours.recoveryMs).not.toBeNull();
    expect(ours.recoveryMs ?? Infinity).toBeLessThanOrEqual(1.25 * (alone.recoveryMs ?? Infinity));
    expect(ours.goodput).toBeGreaterThanOrEqual(alone.goodput);
    expect(ours.attemptsPerRequestCalm).toBe(1);
  });
});

describe('a late request', () => {
  it.each(['black-hole', 'stall'])('is lost nowhere when its host alone is gone: %s', (kind) => {
    const faults = [{ host: 'a', kind, fromMs: 20_000, untilMs: 60_000 }];
    for (const everyMs of [1_000, 10_000, 60_000]) {
      const { report } = play({ everyMs, faults, durationMs: 100_000 });
      expect([everyMs, report.goodput]).toEqual([everyMs, 1]);
    }
  });

  it('goes from a host that is slow to one that is not', () => {
    const { report } = of('brown-out');
    expect(report.goodputInFault).toBeGreaterThan(0.999);
  });
});

describe('probes of quiet clients, when their host is back', () => {
  it.each([
    [20_000, 0.8],
    [60_000, 0.5],
  ])('are a small part of what it can do: a request each %d ms, utilisation %d', (everyMs, utilisation) => {
    const clients = everyMs / 10;
    const faults = [{ host: 'a', kind: 'refuse', fromMs: 20_000, untilMs: 80_000 }];
    const { host } = play({ clients, everyMs, utilisation, faults, durationMs: 300_000 });
    // The seconds of so small a fleet vary.
    expect(host('a').peakProbes).toBeLessThan(0.3);
    expect(host('a').comeback).not.toBeNull();
  });

  it('come as before from busy ones', () => {
    const { host } = play({
      clients: 100,
      everyMs: 500,
      ...{ durationMs: 200_000 },
      faults: [{ host: 'a', kind: 'refuse', fromMs: 20_000, untilMs: 80_000 }],
    });
    expect(host('a').comeback?.tookMs).toBeLessThan(90_000);
    expect(host('a').peakProbes).toBeLessThan(0.1);
  });
});

describe('clients that are told that they are offline, and then that they are back', () => {
  it('go to the host that they want, all of them', () => {
    const { host, report } = of('offline');
    expect(report.offline.ok).toBeGreaterThan(0);
    expect(host('b').peakLoad).toBe(0);
  });
});
