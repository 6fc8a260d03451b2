import { describe, expect, it } from 'vitest';
import type { FleetRecord } from '../../../../src/simulate/fleet/record.ts';
import { fault, play } from './small.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const failed = (record: FleetRecord): number => sum([...record.failures.values()]);

const EVERY_FAULT = [
  fault('refuse'),
  fault('black-hole'),
  fault('stall'),
  fault('brown-out', { share: 0.2 }),
  fault('flap', { cycleMs: 8_000 }),
  fault('error', { status: 500 }),
  fault('error', { status: 503, share: 0.5 }),
  fault('drain', { windowMs: 10_000 }),
  fault('standby'),
  { offline: { share: 0.3, fromMs: 20_000, untilMs: 60_000 } },
  { offline: { share: 0.3, fromMs: 20_000, untilMs: 60_000, told: false } },
  { hosts: [{ name: 'a', admitMs: 100 }], utilisation: 1.5 },
  { hosts: [{ name: 'a', queueMs: 100 }], utilisation: 1.5, policy: { timeout: { totalMs: 3_000 } } },
  { ...fault('refuse'), policy: { failback: { proof: 'request' } } },
];

describe('a simulated fleet', () => {
  it.each(EVERY_FAULT)('ends each request once: %j', (given) => {
    const { record, report, fleet } = play(given);
    const ok = sum(record.ok) + record.offlineOk;
    expect(sum(record.begun) + record.offline).toBe(ok + failed(record));
    // About 40 a second: none was lost on the way to being counted.
    expect(report.requests + record.offline).toBeGreaterThan(4_500);
    expect(report.requests + record.offline).toBeLessThan(5_100);
    expect(fleet.flights.doing.filter((doing) => doing === 1 || doing === 2)).toHaveLength(0);
    expect(record.ok.every((count, second) => count <= (record.begun[second] ?? 0))).toBe(true);
    expect(report.wastedShare).toBeLessThanOrEqual(1);
  });

  it('is the same each time with the same seed, and another with another', () => {
    const run = (seed: number) => JSON.stringify(play({ ...fault('flap'), seed }).record);
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });

  it('asks each client’s own stream: requests of the first clients come at the same moments in a larger fleet', () => {
    const begun = (clients: number) => play({ clients, utilisation: 0.01 }).record.begun;
    const [few, many] = [begun(50), begun(100)];
    expect(few.every((count, second) => count <= (many[second] ?? 0))).toBe(true);
    expect(sum(many)).toBeGreaterThan(sum(few));
  });

  it('serves everything in one attempt where nothing is wrong, and probes nobody', () => {
    const { report, host } = play();
    expect(report).toMatchObject({ goodput: 1, attemptsPerRequest: 1, probesPerClient: 0, wastedShare: 0 });
    expect(report).toMatchObject({ recoveryMs: null, goodputInFault: null, failures: {} });
    expect(report.movesPerClient).toEqual({ failover: 0, switchover: 0, failback: 0 });
    expect(host('b').peakLoad).toBe(0);
  });

  it.each(['refuse', 'black-hole'])(
    'loses nothing when the host is gone (%s), and sends it two attempts a client at most',
    (kind) => {
      const { report, host } = play(fault(kind));
      expect(report.goodput).toBe(1);
      expect(report.movesPerClient.failover).toBeLessThanOrEqual(1);
      expect(report.movesPerClient.failover).toBeGreaterThan(0.8);
      expect(host('a').sentToGone).toBeGreaterThan(400);
      expect(host('a').sentToGone).toBeLessThan(900);
    },
  );

  it('comes back to a host as the hold’s slope', () => {
    const comeback = (holdMs: number) =>
      play({ ...fault('refuse'), durationMs: 240_000, policy: { failback: { holdMs } } }).host('a').comeback;
    const { tookMs: slow = 0 } = comeback(60_000) ?? {};
    const { tookMs: fast = 0 } = comeback(1_000) ?? {};
    expect(slow).toBeGreaterThan(fast);
    expect(slow).toBeGreaterThan(40_000);
  });

  it('leaves a draining host within its window, and loses nothing', () => {
    const { report, host } = play(fault('drain', { windowMs: 10_000 }));
    expect(report.goodput).toBe(1);
    expect(report.attemptsPerRequest).toBe(1);
    expect(report.movesPerClient.switchover).toBeGreaterThan(0.9);
    expect(report.movesPerClient.failover).toBe(0);
    expect(host('a').sentToGone).toBe(0);
  });

  it('does not send a standby’s refusals to the caller', () => {
    const { report } = play(fault('standby'));
    expect(report.goodput).toBe(1);
    expect(report.movesPerClient.switchover).toBeGreaterThan(0.9);
  });

  it('spares the clients of the other active hosts where one of three dies', () => {
    const hosts = ['a', 'b', 'c'].map((name) => ({ name, tier: 'active' }));
    const { report, host } = play({ ...fault('refuse'), hosts: [...hosts, { name: 'd', tier: 'standby' }] });
    expect(report.goodput).toBe(1);
    expect(report.movesPerClient.failover).toBeLessThan(0.45);
    expect(host('d').peakLoad).toBeGreaterThan(0.3);
  });

  it('moves nobody because a part of the clients is offline', () => {
    const { report, record } = play({ offline: { share: 0.1, fromMs: 20_000, untilMs: 60_000 } });
    expect(report.goodput).toBe(1);
    expect(report.movesPerClient.failover).toBe(0);
    expect(record.offline).toBeGreaterThan(100);
    expect(record.offlineOk).toBeGreaterThan(0);
    expect(report.probesPerClient).toBe(0);
  });

  it('wastes most work where answers come too late, and little where admission refuses first', () => {
    const overloaded = { utilisation: 1.5, policy: { timeout: { totalMs: 2_000 } } };
    const queued = play({ ...overloaded, hosts: [{ name: 'a' }] }).report;
    const admitted = play({ ...overloaded, hosts: [{ name: 'a', admitMs: 500 }] }).report;
    expect(queued.wastedShare).toBeGreaterThan(0.5);
    expect(admitted.wastedShare).toBeLessThan(0.1);
    expect(admitted.goodput).toBeGreaterThan(queued.goodput);
  });
});

describe('the overload of the anchors', () => {
  const overload = (policy: object) =>
    play({
      clients: 2_000,
      everyMs: 12_500,
      utilisation: 0.8,
      hosts: [{ name: 'a', queueMs: 60_000 }],
      faults: [{ host: 'a', kind: 'stall', fromMs: 20_000, untilMs: 30_000 }],
      policy: { timeout: { attemptMs: 1_000, waryAttemptMs: 1_000, totalMs: 1_000 }, ...policy },
    }).report;

  it('ends after what the queue takes to be worked off at the fifth that is spare', () => {
    // 10 s of four fifths stand in the queue; it is worked off at one fifth: 40 s, less the second that clients wait.
    const { recoveryMs } = overload({});
    expect(recoveryMs).toBeGreaterThan(30_000);
    expect(recoveryMs).toBeLessThan(46_000);
  });
});
