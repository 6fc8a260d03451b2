import type { FleetRecord } from '../../fleet/record.ts';
import type { Fault, Scenario } from '../../fleet/scenario.ts';
import type { Run } from '../beside.ts';
import { type PlotRow, type PlotSheet, plotRows } from './rowsPlot.ts';

/** Loads above this many times the capacity are cut off. */
const MOST = 4;

/** A picture of runs of one scenario under each other: what each host had to bear, and what was served. */
export function plotBeside(scenario: Scenario, runs: readonly Run[]): string {
  const seconds = Math.floor(scenario.durationMs / 1000);
  const rows = runs.map((run) => rowOf(run, seconds));
  return plotRows({
    title: scenario.title,
    about: aboutOf(scenario),
    seconds,
    bands: bandsOf(scenario),
    legend: scenario.hosts.map(({ name }) => `at ${name}, ÷ capacity`),
    most: heightFor(rows),
    rows,
  });
}

const aboutOf = ({ clients, utilisation }: Scenario): string =>
  `${clients.toLocaleString('en')} clients, utilisation ${utilisation}. Lines: attempts per second. Strip: served (green), lost (red).`;

function rowOf({ title, record, report }: Run, seconds: number): PlotRow {
  const { recoveryMs, goodputInFault, attemptsPerRequest } = report;
  const back = recoveryMs === null ? 'never 99 % again' : `99 % again in ${Number((recoveryMs / 1000).toFixed(1))} s`;
  const attempts = `${attemptsPerRequest.toFixed(2)} attempts each`;
  return {
    title,
    note: goodputInFault === null ? attempts : `${back}, ${attempts}`,
    loads: loadsOf(record, seconds),
    served: servedOf(record, seconds),
  };
}

/** Loads of all hosts over their capacities, by the second. */
export const loadsOf = ({ hosts }: FleetRecord, seconds: number): readonly (readonly number[])[] =>
  hosts.map(({ load, capacityPerSecond }) => load.slice(0, seconds).map((count) => count / capacityPerSecond));

/** The share that was served, by the second in which requests began. */
export const servedOf = ({ begun, ok }: FleetRecord, seconds: number): readonly (number | null)[] =>
  begun.slice(0, seconds).map((count, second) => (count === 0 ? null : (ok[second] ?? 0) / count));

/** The height that shows all loads, within reason. */
export function heightFor(rows: readonly PlotRow[]): number {
  const all = rows.flatMap(({ loads }) => loads.flatMap((values) => values ?? []));
  const peak = all.reduce<number>((top, value) => Math.max(top, value ?? 0), 1);
  return Math.min(MOST, Math.ceil(peak * 1.05 * 4) / 4);
}

export const bandsOf = ({ faults, offline }: Scenario): PlotSheet['bands'] => [
  ...faults.map((fault) => ({ ...fault, words: wordsOf(fault) })),
  ...(offline === null ? [] : [{ ...offline, words: 'clients offline' }]),
];

const wordsOf = ({ host, kind, share, status }: Fault): string =>
  [`${host}:`, kind, ...(share === undefined ? [] : [`${Math.round(share * 100)} %`]), status ?? ''].join(' ').trim();
