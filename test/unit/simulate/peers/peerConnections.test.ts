import { describe, expect, it } from 'vitest';
import { readScenario } from '../../../../src/simulate/fleet/readScenario.ts';
import type { SessionRecord } from '../../../../src/simulate/fleet/sessions/sessionRecord.ts';
import { runPeer } from '../../../../src/simulate/peers/beside.ts';
import { CONNECTION_POLICIES } from '../../../../src/simulate/peers/connectionPolicies.ts';

type Fields = Readonly<Record<string, unknown>>;
type Name = keyof typeof CONNECTION_POLICIES;

const NAMES = Object.keys(CONNECTION_POLICIES) as Name[];
const CLIENTS = 1_000;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** A thousand connections, hosts that can let fifty in each second, and a first host that is gone from 20 to 60 s. */
function play(name: Name, given: Fields = {}) {
  const { kind = 'refuse', refuses = false, ...more } = given;
  const scenario = readScenario({
    ...{ clients: CLIENTS, durationMs: 180_000, hosts: [{ name: 'a' }, { name: 'b' }] },
    faults: [{ host: 'a', kind, fromMs: 20_000, untilMs: 60_000 }],
    sessions: { ratePerSecond: 50, burst: 50, refuses },
    ...more,
  });
  const { record, report } = runPeer(scenario, name);
  const seen = record.sessions as SessionRecord;
  const [a, b] = record.hosts.map(({ load }) => load);
  return { record, report, seen, connected: seen.connected(), a: a ?? [], b: b ?? [] };
}

describe('a fleet that connects by another library’s policy', () => {
  it.each(NAMES)('replaces each connection once where everybody is let in: %s', (name) => {
    const { connected, record, b } = play(name);
    expect(connected.slice(0, 19)).toEqual(Array(19).fill(CLIENTS));
    expect(connected.at(-1)).toBe(CLIENTS);
    expect(sum(record.ok)).toBe(CLIENTS);
    expect(sum(b)).toBe(CLIENTS);
    // Nobody comes back by itself, and nobody is told how long to spread.
    expect(sum(record.hosts[0]?.load ?? [])).toBe(0);
    expect(Math.max(...b)).toBeGreaterThan(400);
  });

  it('comes all at once without jitter, and within a second with half of one', () => {
    expect(play('nats').b[20]).toBe(CLIENTS);
    expect(play('signalr').b[20]).toBe(CLIENTS);
    const { b } = play('socket.io');
    expect(b[20]).toBeLessThan(700);
    expect((b[20] ?? 0) + (b[21] ?? 0)).toBe(CLIENTS);
  });

  it('tries the lost host first with Ably, the next one with nats', () => {
    expect(play('ably').record.hosts[0]?.sentToGone).toBe(CLIENTS);
    expect(play('nats').record.hosts[0]?.sentToGone).toBe(0);
  });

  it.each(NAMES)('counts who is let in, and who is turned away: %s', (name) => {
    const { seen, connected, record, a, b } = play(name, { refuses: true });
    const ofBoth = (what: 'admitted' | 'refused') => sum(seen.hosts.map((host) => sum(host[what])));
    const admitted = ofBoth('admitted');
    expect(admitted + ofBoth('refused')).toBe(sum(a) + sum(b));
    expect(ofBoth('refused')).toBeGreaterThan(CLIENTS);
    expect(admitted).toBe(sum(record.ok));
    expect(connected.at(-1)).toBe(admitted);
  });

  it('loses those for good who give up', () => {
    const { connected, record } = play('signalr', { refuses: true });
    // 50 at first, and 50 more at 0, 2, 12 and 42 s each.
    expect(connected.at(-1)).toBeLessThan(CLIENTS / 3);
    expect(record.failures.get('attempts')).toBe(CLIENTS - (connected.at(-1) ?? 0));
  });

  it('sees silence by its heartbeats alone', () => {
    const lossAfter = (name: Name, seconds: number) =>
      CLIENTS - (play(name, { kind: 'black-hole' }).connected[seconds] ?? 0);
    expect(lossAfter('socket.io', 39)).toBe(0);
    const { a, b } = play('socket.io', { kind: 'black-hole' });
    expect(sum(a) + sum(b)).toBe(CLIENTS);
    expect(play('nats', { kind: 'black-hole' }).b.some((count) => count > 0)).toBe(false);
  });

  it('does not replace a connection whose host goes on before the silence is noticed', () => {
    const { connected } = play('socket.io', {
      faults: [{ host: 'a', kind: 'stall', fromMs: 20_000, untilMs: 35_000 }],
    });
    expect(new Set(connected)).toEqual(new Set([CLIENTS]));
  });

  it('is the same each time with the same seed', () => {
    const run = (seed: number) => JSON.stringify(play('ably', { seed, refuses: true }).record);
    expect(run(3)).toBe(run(3));
    expect(run(3)).not.toBe(run(4));
  });

  it('has no work where the scenario has requests, and the other way round', () => {
    const requests = readScenario({
      clients: 10,
      everyMs: 1_000,
      utilisation: 0.5,
      durationMs: 5_000,
      hosts: [{ name: 'a' }],
    });
    expect(() => runPeer(requests, 'nats')).toThrow('nats keeps connections, and the scenario has requests');
    const sessions = readScenario({ clients: 10, durationMs: 5_000, hosts: [{ name: 'a' }], sessions: {} });
    expect(() => runPeer(sessions, 'ky')).toThrow('ky makes requests, and the scenario has sessions');
  });
});
