import { describe, expect, it } from 'vitest';
import { PEERS } from '../../../../src/simulate/peers/beside.ts';
import { delayMs } from '../../../../src/simulate/peers/delay.ts';
import { failureOf, isRetried } from '../../../../src/simulate/peers/failure.ts';
import { PeerBudgets } from '../../../../src/simulate/peers/peerBudgets.ts';
import { PeerChoice } from '../../../../src/simulate/peers/peerHosts.ts';
import type { PeerPolicy } from '../../../../src/simulate/peers/peerPolicy.ts';
import { small } from '../fleet/small.ts';

const peer = (name: string): PeerPolicy => {
  const policy = PEERS[name];
  if (policy === undefined) throw new Error(`there is no ${name}`);
  return policy;
};

/** Delays of a step over the whole range of the draw. */
const delays = (name: string, step: number, throttled = false) =>
  Array.from({ length: 101 }, (_, at) => delayMs(peer(name).delay, step, throttled, () => at / 101));

describe('the delay of a policy', () => {
  it.each([
    // [policy, step, shortest, longest]: what its documentation says.
    ['ky', 0, 300, 300],
    ['ky', 1, 600, 600],
    ['ky-tuned', 1, 0, 600],
    ['aws', 0, 0, 50],
    ['aws', 9, 0, 20_000],
    ['grpc', 0, 80, 120],
    ['grpc', 5, 800, 1_200],
    ['socket.io', 0, 500, 1_500],
    ['nats', 0, 2_000, 2_100],
    ['nats', 8, 2_000, 2_100],
    ['signalr', 0, 0, 0],
    ['signalr', 3, 30_000, 30_000],
    ['ably', 0, 12_000, 15_000],
    ['ably', 1, 16_000, 20_000],
    ['ably', 7, 24_000, 30_000],
  ])('%s, step %i: from %i to %i ms', (name, step, shortest, longest) => {
    const all = delays(name, step).map((ms) => ms ?? Number.NaN);
    expect(Math.min(...all)).toBeCloseTo(shortest, 6);
    expect(Math.max(...all)).toBeLessThanOrEqual(longest);
    expect(Math.max(...all)).toBeGreaterThanOrEqual(longest - (longest - shortest) / 50);
  });

  it('puts all clients into one instant where the limit comes after the jitter', () => {
    expect(new Set(delays('socket.io', 5))).toEqual(new Set([5_000]));
    expect(new Set(delays('aws', 9)).size).toBe(101);
  });

  it('ends after the last of a list that ends', () => {
    expect(delays('signalr', 4)).toEqual(Array(101).fill(null));
  });

  it('is longer for AWS where the service asks to slow down', () => {
    expect(Math.max(...delays('aws', 0, true).map(Number))).toBeGreaterThan(950);
  });
});

describe('the budget of a policy', () => {
  const retriesOf = (name: string, throttled = false): number => {
    const budgets = new PeerBudgets(peer(name).budget, 1);
    let retries = 0;
    for (; retries < 1_000; retries++) {
      budgets.failed(0);
      if (budgets.pay(0, throttled) === null) break;
    }
    return retries;
  };

  it.each([
    ['aws', 35],
    ['grpc', 4],
    ['bucket-10', 10],
    ['ky', 1_000],
  ])('%s: %i retries in a row', (name, retries) => {
    expect(retriesOf(name)).toBe(retries);
  });

  it('charges less of AWS where the service asks to slow down', () => {
    expect(retriesOf('aws', true)).toBe(100);
  });

  it('gives back what the retry has cost, or adds its part', () => {
    const aws = new PeerBudgets(peer('aws').budget, 1);
    const paid = aws.pay(0, false) ?? 0;
    expect(aws.tokensOf(0)).toBe(486);
    aws.succeeded(0, paid);
    expect(aws.tokensOf(0)).toBe(500);
    const ten = new PeerBudgets(peer('bucket-10').budget, 1);
    ten.pay(0, false);
    ten.succeeded(0, 1);
    expect(ten.tokensOf(0)).toBeCloseTo(9.1);
  });

  it('is each client’s own, and never above its capacity', () => {
    const budgets = new PeerBudgets(peer('aws').budget, 2);
    budgets.pay(0, false);
    budgets.succeeded(1, 0);
    expect([budgets.tokensOf(0), budgets.tokensOf(1)]).toEqual([486, 500]);
  });
});

describe('what a policy knows of hosts', () => {
  const { hosts } = small({ hosts: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] });
  const choice = (name: string, clients = 2): PeerChoice => new PeerChoice(peer(name).hosts, hosts, clients);

  it('walks from the beginning with each request, and remembers nothing', () => {
    const walk = choice('walk');
    walk.failed(0, 0, false, 0);
    expect([walk.first(0, 1), walk.next(0, 0, 1), walk.next(0, 2, 1)]).toEqual([0, 1, 0]);
  });

  it('passes a host over that has failed, for its time, by that client alone', () => {
    const eject = choice('eject-60');
    eject.failed(0, 0, true, 1_000);
    expect([eject.first(0, 60_999), eject.first(0, 61_000), eject.first(1, 2_000)]).toEqual([1, 0, 0]);
    eject.failed(0, 1, true, 1_000);
    eject.failed(0, 2, true, 1_000);
    expect(eject.first(0, 2_000)).toBe(0);
  });

  it('stays where it was answered, until nobody is there', () => {
    const grpc = choice('grpc');
    grpc.failed(0, 0, true, 0);
    expect(grpc.first(0, 0)).toBe(0);
    grpc.failed(0, 0, false, 0);
    expect([grpc.first(0, 0), grpc.next(0, 0, 0), grpc.first(1, 0)]).toEqual([1, 1, 0]);
  });

  it('goes to a standby before it goes to other active hosts, but where it goes by the list', () => {
    const tiers = ['active', 'active', 'standby'] as const;
    const mixed = small({ hosts: tiers.map((tier, at) => ({ name: `h${at}`, tier })) }).hosts;
    const route = (name: string, client: number): number[] => {
      const chosen = new PeerChoice(peer(name).hosts, mixed, 2);
      const first = chosen.first(client, 0);
      return [first, chosen.next(client, first, 0)];
    };
    expect([route('walk', 0), route('walk', 1)]).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect([route('walk-listed', 0), route('walk-listed', 1)]).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('knows one address, or spreads clients over the active ones', () => {
    const two = small({ hosts: [{ name: 'a', tier: 'active' }, { name: 'b', tier: 'active' }, { name: 'c' }] });
    const one = new PeerChoice(peer('aws').hosts, two.hosts, 4);
    expect([0, 1, 2, 3].map((client) => one.first(client, 0))).toEqual([0, 1, 0, 1]);
    expect([one.known, one.next(1, 1, 0)]).toEqual([1, 1]);
  });
});

describe('what a policy sends again after', () => {
  const hints = { role: null, activeOrigin: null, retryWindowMs: null, epoch: null, generation: null } as never;
  const status = (code: number, retryAfterMs: number | null = null) =>
    failureOf({ kind: 'response', status: code, retryAfterMs, hints });
  const timeout = failureOf({ kind: 'failure', fault: 'timeout' });
  const refused = failureOf({ kind: 'failure', fault: 'refused' });

  it('takes answers below 500 for good, but 429', () => {
    expect([status(200), status(404)]).toEqual([null, null]);
    expect(status(429)).toMatchObject({ kind: 'status', throttled: true });
    expect(status(503, 2_000)).toMatchObject({ throttled: true, retryAfterMs: 2_000 });
  });

  it.each([
    // [policy, method, time-out, nobody there, 500, 503]
    ['ky', 'GET', false, true, true, true],
    ['ky', 'POST', false, false, false, false],
    ['ky-tuned', 'GET', true, true, true, true],
    ['aws', 'POST', true, true, true, true],
    ['grpc', 'POST', false, true, false, true],
    ['socket.io', 'GET', true, true, true, true],
  ])('%s, %s', (name, method, ...expected) => {
    const failures = [timeout, refused, status(500), status(503)];
    expect(failures.map((failure) => failure !== null && isRetried(peer(name), failure, method))).toEqual(expected);
  });
});
