import { RandomStreams } from '../core/randomStreams.ts';
import { readScenario } from '../fleet/readScenario.ts';
import type { Scenario } from '../fleet/scenario.ts';

export const CLIENTS = 40;
const FAULT_FROM_MS = 20_000;
/** Longer than a cool-down, its spread, and the hold after it. */
const AFTERWARDS_MS = 120_000;

/** The small fleet of a seed: one host or two, of which the first, or both, are out of order for a while. */
export function drawFleet(seed: number): Scenario {
  const random = new RandomStreams(seed, 1).of(0);
  const oneOf = <T>(...items: readonly [T, ...T[]]): T => items[Math.floor(random() * items.length)] ?? items[0];
  const isAlone = random() < 0.3;
  const faultMs = oneOf(15_000, 80_000);
  const fault = (host: string) => ({
    ...oneOf(
      { kind: 'refuse' },
      { kind: 'refuse' },
      { kind: 'black-hole' },
      { kind: 'error', status: oneOf(500, 503), share: oneOf(0.5, 1) },
      { kind: 'brown-out', share: 0.2 },
    ),
    host,
    fromMs: FAULT_FROM_MS,
    untilMs: FAULT_FROM_MS + faultMs,
  });
  const admission = random() < 0.5 ? { admitMs: oneOf(500, 2_000) } : {};
  const both = isAlone || random() < 0.75 ? [] : [fault('b')];
  return readScenario({
    title: `seed ${seed}`,
    seed,
    clients: CLIENTS,
    everyMs: oneOf(2_000, 4_000, 8_000),
    utilisation: oneOf(0.3, 0.6),
    durationMs: FAULT_FROM_MS + faultMs + AFTERWARDS_MS,
    method: random() < 0.2 ? 'POST' : 'GET',
    hosts: isAlone ? [{ name: 'a', ...admission }] : [{ name: 'a', ...admission }, { name: 'b' }],
    faults: [fault('a'), ...both],
    policy: {
      retry: { backoffCapMs: oneOf(1_000, 20_000) },
      budget: { capacity: oneOf(1, 10) },
    },
  });
}
