import { describe, expect, it } from 'vitest';
import { type Run, runOurs, runPeer } from '../../../../src/simulate/peers/beside.ts';
import { REQUEST_POLICIES } from '../../../../src/simulate/peers/requestPolicies.ts';
import { fault, small } from '../fleet/small.ts';

type Fields = Readonly<Record<string, unknown>>;

const NAMES = Object.keys(REQUEST_POLICIES);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const sentToGone = ({ report }: Run): number => sum(report.hosts.map((host) => host.sentToGone));
/** Most attempts that the first host got in a second, of the five after its return. */
const returnLoad = ({ record }: Run): number => Math.max(...(record.hosts[0]?.load.slice(60, 65) ?? []));

describe('a fleet with another library’s policy', () => {
  it.each(NAMES)('ends each request once: %s', (name) => {
    const faults = [
      { host: 'a', kind: 'refuse', fromMs: 20_000, untilMs: 40_000 },
      { host: 'a', kind: 'error', share: 0.5, fromMs: 50_000, untilMs: 70_000 },
      { host: 'b', kind: 'black-hole', fromMs: 30_000, untilMs: 60_000 },
    ];
    const offline = { share: 0.2, fromMs: 75_000, untilMs: 90_000 };
    const { record, report } = runPeer(small({ faults, offline }), name);
    const failed = sum([...record.failures.values()]);
    expect(sum(record.begun) + record.offline).toBe(sum(record.ok) + record.offlineOk + failed);
    expect(record.ok.every((count, second) => count <= (record.begun[second] ?? 0))).toBe(true);
    expect(report.attemptsPerRequest).toBeLessThanOrEqual(4);
    expect(report.attemptsPerRequestCalm).toBe(1);
  });

  it('meets the same requests, whatever the policy', () => {
    const begun = (name: string) => runPeer(small(fault('refuse')), name).record.begun;
    for (const name of NAMES) expect(begun(name)).toEqual(begun('none'));
  });

  it('is the same each time with the same seed, and another with another', () => {
    const run = (seed: number) => JSON.stringify(runPeer(small({ ...fault('black-hole'), seed }), 'aws').record);
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });

  it('serves everything in one attempt where nothing is wrong', () => {
    for (const name of NAMES) {
      expect(runPeer(small(), name).report).toMatchObject({ goodput: 1, attemptsPerRequest: 1, wastedShare: 0 });
    }
  });

  it('waits as long as a busy host asks for, or as it says itself', () => {
    const overloaded = { hosts: [{ name: 'a', admitMs: 3_000 }], utilisation: 2 };
    const attempts = (name: string) => runPeer(small(overloaded), name).report.attemptsPerRequest;
    // Three seconds on top of 0.3 s each time: ky asks less often in a run of two minutes than one that does not listen.
    expect(attempts('ky')).toBeLessThan(attempts('full-jitter'));
    expect(attempts('none')).toBe(1);
  });
});

describe('the overload of the anchors', () => {
  /** One host that stands still for 10 s; each attempt is given 1 s. */
  const overload = (name: string, given: Fields) =>
    runPeer(
      small({
        durationMs: 215_000,
        hosts: [{ name: 'a', queueMs: 600_000 }],
        faults: [{ host: 'a', kind: 'stall', fromMs: 20_000, untilMs: 30_000 }],
        policy: { timeout: { attemptMs: 1_000, waryAttemptMs: 1_000, totalMs: 1_000 } },
        ...given,
      }),
      name,
    ).report.recoveryMs;
  const busy = { clients: 20, everyMs: 125, utilisation: 0.8 };
  const quiet = { clients: 2_000, everyMs: 12_500, utilisation: 0.8 };
  const half = { clients: 2_000, everyMs: 20_000, utilisation: 0.5 };

  it.each([
    // [policy, its fleet, from s, to s]: what was measured before this simulator was written, give or take; null for never.
    ['none', busy, 30, 42],
    ['none', quiet, 30, 42],
    ['none', half, 6, 12],
    ['immediate', busy, null, null],
    ['immediate', quiet, null, null],
    ['immediate', half, null, null],
    ['full-jitter', quiet, null, null],
    ['aws', busy, 30, 90],
    ['aws', quiet, null, null],
    ['aws', half, null, null],
    ['bucket-10', busy, 30, 60],
    ['bucket-10', quiet, null, null],
    ['ky-tuned', half, null, null],
    // It retries no time-outs, so it is as good as none.
    ['ky', quiet, 30, 42],
    ['grpc', quiet, 30, 42],
  ])('%s with %j: from %s to %s s', (name, given, from, to) => {
    const recoveryMs = overload(name, given);
    if (from === null) expect(recoveryMs).toBeNull();
    else {
      expect(recoveryMs).toBeGreaterThan(from * 1_000);
      expect(recoveryMs).toBeLessThan((to ?? 0) * 1_000);
    }
  });
});

describe('failover and failback of the anchors, a tenth of them', () => {
  const scenario = small({
    ...{ clients: 500, everyMs: 5_000, durationMs: 240_000 },
    ...fault('black-hole'),
    policy: { timeout: { attemptMs: 1_000, waryAttemptMs: 1_000 } },
  });
  const [ours, walk, eject] = [runOurs(scenario), runPeer(scenario, 'walk'), runPeer(scenario, 'eject-60')];

  it('sends a dead host all there is, without a memory; about one attempt a client, with one', () => {
    // 100 a second for 40 s.
    expect(sentToGone(walk)).toBeGreaterThan(3_700);
    expect(sentToGone(eject)).toBeLessThan(750);
    expect(sentToGone(ours)).toBeLessThan(750);
    for (const run of [ours, walk, eject]) expect(run.report.goodput).toBeGreaterThan(0.999);
  });

  it('has all of it at once when the host returns, without a memory; nearly nothing with probes and a hold', () => {
    expect(returnLoad(walk)).toBeGreaterThan(80);
    expect(returnLoad(ours)).toBeLessThan(15);
  });

  it('loses everything with one address, for as long as nobody is there', () => {
    const { report } = runPeer(scenario, 'none');
    expect(report.goodputInFault).toBe(0);
    expect(report.hosts[1]?.peakLoad).toBe(0);
  });

  it('keeps to where it is connected, with gRPC: a refusal moves it, silence does not', () => {
    expect(runPeer(scenario, 'grpc').report.goodputInFault).toBe(0);
    const { report, record } = runPeer(small(fault('refuse')), 'grpc');
    expect(report.goodput).toBe(1);
    const late = record.hosts.map(({ load }) => sum(load.slice(80)));
    expect(late[0]).toBeLessThan((late[1] ?? 0) / 20);
  });
});
