import type { Scenario } from '../../simulate/fleet/scenario.ts';
import { type Sizing, sizeStandby } from '../../simulate/sizing.ts';
import { type Heading, table } from '../demo/table.ts';
import { seconds, whole } from './figures.ts';

/** What a standby must have in reserve, as people read it. */
export function sizingText(scenario: Scenario, toleratedMs: number): string {
  const sizing = sizeStandby(scenario, toleratedMs);
  const { lost, movingClients, movingPerSecond, burst, takers } = sizing;
  const rows = takers.map((taker) => [
    taker.name,
    whole(Math.round(taker.capacityPerSecond)),
    whole(Math.round(taker.loadPerSecond)),
    whole(Math.round(taker.sparePerSecond)),
    taker.burstMs === null ? 'never' : seconds(taker.burstMs),
    whole(Math.ceil(taker.neededPerSecond)),
  ]);
  return `${[
    `${scenario.title}: what ${lost} leaves behind when it dies`,
    `  ${whole(Math.round(movingClients))} clients move, with ${whole(Math.round(movingPerSecond))} requests per second`,
    `  ${whole(Math.round(burst))} retries can come at once: clients × budget.capacity`,
    '',
    ...table(headings(toleratedMs), rows).map((line) => `  ${line}`),
    ...advice(sizing, toleratedMs),
  ].join('\n')}\n`;
}

const headings = (toleratedMs: number): readonly Heading[] => [
  ['', 'host'],
  ['capacity', 'per s'],
  ['its load then', 'per s'],
  ['to spare', 'per s'],
  ['retries', 'worked off in'],
  ['capacity needed', `for ${seconds(toleratedMs)}`],
];

function advice({ takers, burst }: Sizing, toleratedMs: number): readonly string[] {
  const short = takers.filter(({ burstMs }) => burstMs === null || burstMs > toleratedMs);
  if (burst === 0) return [];
  const names = short.map(({ name }) => name).join(', ');
  if (short.length === 0) return ['', '  It is enough: clients × budget.capacity ≤ spare rate × tolerated recovery.'];
  return ['', `  Too little at ${names}: more capacity, a smaller budget.capacity, or a longer recovery.`];
}
