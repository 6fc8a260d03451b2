import { describe, expect, it } from 'vitest';
import { readScenario } from '../../../../src/simulate/fleet/readScenario.ts';
import { reportOn } from '../../../../src/simulate/fleet/report.ts';
import { SessionFleet } from '../../../../src/simulate/fleet/sessions/sessionFleet.ts';
import type { SessionReport } from '../../../../src/simulate/fleet/sessions/sessionReport.ts';

type Fields = Readonly<Record<string, unknown>>;

const fault = (kind: string, fromMs = 20_000, untilMs = 80_000, more: Fields = {}) => ({
  ...{ host: 'a', kind, fromMs, untilMs },
  ...more,
});

function play(given: Fields, eachBeat = false) {
  const hosts = [{ name: 'a' }, { name: 'b' }];
  const scenario = readScenario({ durationMs: 420_000, hosts, faults: [fault('refuse')], ...given });
  const { sessions } = scenario;
  if (sessions === null) throw new Error('it has no sessions');
  const fleet = new SessionFleet(scenario, sessions, eachBeat);
  const record = fleet.run();
  const report = reportOn(scenario, record);
  const [a, b] = (report.sessions as SessionReport).hosts;
  if (a === undefined || b === undefined) throw new Error('it has not got two hosts');
  const everything = JSON.stringify([record, record.sessions?.connected()]);
  return { fleet, report, everything, seen: report.sessions as SessionReport, a, b, back: report.hosts[0]?.comeback };
}

describe('a fleet of sessions', () => {
  it('comes to the standby as fast as that lets it in, with the defaults, and goes home as slowly as it holds', () => {
    const { seen, a, b, back } = play({ clients: 20_000, sessions: {} });
    expect(seen).toMatchObject({ windowMs: 22_000, lost: 0, refusedPerClient: 0 });
    expect(seen.leastConnected).toBeLessThan(0.1);
    expect(seen.backOverWindow).toBeLessThanOrEqual(1.2);
    expect(b).toMatchObject({ admitted: 20_000, moved: 0 });
    expect(b.peakAsked).toBeLessThanOrEqual(1.2);
    expect(a.peakAsked).toBeLessThanOrEqual(1.2);
    // Eight tenths of a hold of 60 s.
    expect(back?.tookMs).toBeGreaterThan(40_000);
  });

  it('is given the time that it takes, however short sessions and holds are', () => {
    const given = { clients: 6_000, sessions: { ratePerSecond: 60, burst: 120 }, durationMs: 700_000 };
    const { seen, a, b } = play({ ...given, faults: [fault('refuse', 20_000, 200_000)] });
    expect(seen).toMatchObject({ windowMs: 110_000, lost: 0, refusedPerClient: 0 });
    expect(seen.backOverWindow).toBeLessThanOrEqual(1.2);
    // 55 a second on average: five standard deviations are 0.6 of the rate.
    expect(Math.max(a.peakAsked, b.peakAsked)).toBeLessThan(1.55);
    expect(a.admitted).toBe(6_000);
  });

  it('comes all at once where clients choose their jitter themselves', () => {
    const sessions = { ratePerSecond: 50, burst: 100, retryWindowMs: 1_000 };
    expect(play({ clients: 2_500, sessions: { ...sessions, refuses: false } }).b.peakAsked).toBeGreaterThan(30);
    const { seen, b } = play({ clients: 2_500, sessions });
    expect(b.peakAsked).toBeGreaterThan(30);
    expect(b.peakAdmitted).toBeLessThanOrEqual(3);
    expect(seen.refusedPerClient).toBeGreaterThan(0.5);
  });

  it('leaves a host that is drained without a moment between two connections, and does not look back before it is better', () => {
    const faults = [fault('drain', 20_000, 150_000), fault('refuse', 150_000, 180_000)];
    const { seen, report, a, b } = play({ clients: 2_500, sessions: { ratePerSecond: 50, burst: 100 }, faults });
    expect(seen).toMatchObject({ leastConnected: 1, downMsPerClient: 0, refusedPerClient: 0, backMs: 0 });
    expect(report.movesPerClient).toMatchObject({ failover: 0, switchover: 1 });
    expect([a.moved, b.admitted]).toEqual([0, 2_500]);
    expect(b.peakAsked).toBeLessThan(1.6);
  });

  it('finds a host that fell silent within eight seconds, and is spread no less', () => {
    const { seen, b } = play({
      clients: 2_500,
      sessions: { ratePerSecond: 50, burst: 100 },
      faults: [fault('black-hole', 20_000, 120_000)],
    });
    expect(seen).toMatchObject({ windowMs: 55_000, lost: 0 });
    expect(seen.backMs).toBeLessThan(66_000);
    expect(b.peakAsked).toBeLessThan(1.6);
  });

  it('loses sessions whose clients are told to wait for longer than they live, and says so', () => {
    const sessions = { ratePerSecond: 10, burst: 100, retryWindowMs: 0, ttlMs: 5_000 };
    const { seen } = play({ clients: 1_000, sessions });
    expect(seen.lost).toBeGreaterThan(100);
  });

  it.each([
    [fault('refuse')],
    [fault('black-hole')],
    [fault('black-hole', 20_000, 23_000)],
    [fault('stall', 20_000, 26_000)],
    [fault('standby')],
    [fault('flap', 20_000, 80_000, { cycleMs: 20_000 })],
    [fault('drain'), fault('refuse', 80_000, 100_000)],
  ])('is the same whether each sign of life is simulated or the last of many: %j', (...faults) => {
    const given = { clients: 200, durationMs: 240_000, sessions: { ratePerSecond: 2, burst: 10 }, faults };
    const [told, each] = [play(given), play(given, true)];
    expect(told.everything).toBe(each.everything);
    expect(told.fleet.events).toBeLessThan(each.fleet.events / 3);
  });

  it('is the same each time with the same seed, and another with another', () => {
    const run = (seed: number) => play({ clients: 300, seed, sessions: { ratePerSecond: 10 } }).everything;
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });
});
