import { expect, test } from 'vitest';
import { recordOf } from '../../../src/policy/poolState.ts';
import {
  doubted,
  hostIn,
  left,
  proven,
  type RememberedHost,
  readHealth,
  withHost,
} from '../../../src/policy/rememberedHealth.ts';
import { recall, remember } from '../../../src/runtime/healthMemory.ts';
import { FakePool } from '../policy/fakePool.ts';

const A = 'https://a.example';
const B = 'https://b.example';
const NOW = 1_700_000_000_000;
const env = { nowMs: NOW, random: () => 0.5 };

type Step = (host: RememberedHost) => RememberedHost;
const doubt: Step = (host) => doubted(host, 'timeout');
const leave: Step = (host) => left(host, 'dead', 30_000);
const rest: Step = (host) => ({ ...host, leftMs: 0 });
const prove: Step = (host) => proven(host, 60_000, env);

test.each<readonly [string, readonly Step[], object]>([
  ['an alarm', [doubt], { kind: 'half-open', doubt: 'alarm', why: 'timeout' }],
  ['a host that was left', [leave], { kind: 'ejected', why: 'dead', untilMs: 30_000 }],
  ['a host with one good look', [leave, rest, prove], { kind: 'half-open', doubt: 'recovery' }],
  ['a host that is proven', [leave, rest, prove, prove], { kind: 'holding', untilMs: 30_000 }],
  ['a host that is back', [leave, rest, prove, prove, rest, prove], { kind: 'up' }],
])('a pool understands what the worker writes of %s', (_, steps, health) => {
  const record = steps.reduce((next, step) => withHost(next, A, step), readHealth(undefined, NOW));
  const pool = new FakePool([A, B]);
  const state = recall(JSON.stringify(record), pool.state, pool.policy, { nowMs: 0, random: () => 0.5 }, NOW);
  expect(recordOf(state, A)?.health).toMatchObject(health);
});

test('the worker understands what a pool writes', () => {
  const pool = new FakePool([A, B]);
  const text = remember(pool.state, 0, NOW);
  expect(readHealth(text, NOW)).toMatchObject(JSON.parse(text));
  expect(hostIn(readHealth(text, NOW), A).kind).toBe('up');
});
