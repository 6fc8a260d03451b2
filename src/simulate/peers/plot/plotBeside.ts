import type { FleetRecord } from '../../fleet/record.ts';
import type { Fault, Scenario } from '../../fleet/scenario.ts';
import type { Run } from '../beside.ts';
import { sessionFigures } from '../sessionFigures.ts';
import { type PlotRow, type PlotSheet, plotRows } from './rowsPlot.ts';

/** Loads above this many times the capacity are cut off. */
const MOST = 4;

/** A picture of runs of one scenario under each other: what each host had to bear, and what was served. */
export function plotBeside(scenario: Scenario, runs: readonly Run[]): string {
  const seconds = Math.floor(scenario.durationMs / 1000);
  const hasSessions = scenario.sessions !== null;
  const rows = runs.map((run) => (hasSessions ? sessionRow(run, scenario) : requestRow(run, scenario)));
  const unit = hasSessions ? 'rate' : 'capacity';
  return plotRows({
    title: scenario.title,
    about: aboutOf(scenario),
    seconds,
    bands: bandsOf(scenario),
    legend: scenario.hosts.map(({ name }) => `at ${name}, ÷ ${unit}`),
    most: heightFor(rows),
    rows,
  });
}

function aboutOf({ clients, utilisation, sessions }: Scenario): string {
  const count = `${clients.toLocaleString('en')} clients`;
  const cut = `Lines: %, cut off at ${MOST}.`;
  return sessions === null
    ? `${count}, utilisation ${utilisation}. ${cut.replace('%', 'attempts per second')} Strip: served.`
    : `${count}. ${cut.replace('%', 'hellos per second')} Strip: who has a connection.`;
}

function requestRow({ title, record, report }: Run, scenario: Scenario): PlotRow {
  const seconds = Math.floor(scenario.durationMs / 1000);
  const { recoveryMs, goodputInFault, attemptsPerRequest } = report;
  const attempts = `${attemptsPerRequest.toFixed(2)} attempts each`;
  const back = recoveryMs === null ? 'never 99 % again' : `99 % again in ${inSeconds(recoveryMs)}`;
  // Whether anybody is served meanwhile is a question of the hosts that there are; of one, only how long it lasts.
  const served = scenario.hosts.length > 1 ? `${percent(goodputInFault ?? 1)} served meanwhile` : back;
  return {
    title,
    note: goodputInFault === null ? attempts : `${served}, ${attempts}`,
    loads: loadsOf(record, seconds),
    served: servedOf(record, seconds),
  };
}

function sessionRow(run: Run, scenario: Scenario): PlotRow {
  const { backMs, peaks, lost, connected } = sessionFigures(run, scenario);
  const peak = `${Math.max(...peaks).toFixed(2)} × the rate at most`;
  const back = backMs === null ? `${percent(lost / scenario.clients)} never back` : `99 % back in ${inSeconds(backMs)}`;
  const loads = loadsOf(run.record, connected.length);
  return { title: run.title, note: `${peak}, ${back}`, loads, served: connected };
}

const inSeconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;
const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

/** Loads of all hosts over their capacities, by the second. */
export const loadsOf = ({ hosts }: FleetRecord, seconds: number): readonly (readonly number[])[] =>
  hosts.map(({ load, capacityPerSecond }) => load.slice(0, seconds).map((count) => count / capacityPerSecond));

/** The share that was served, by the second in which requests began. */
const servedOf = ({ begun, ok }: FleetRecord, seconds: number): readonly (number | null)[] =>
  begun.slice(0, seconds).map((count, second) => (count === 0 ? null : (ok[second] ?? 0) / count));

/** The height that shows all loads, within reason. */
export function heightFor(rows: readonly PlotRow[]): number {
  const all = rows.flatMap(({ loads }) => loads.flatMap((values) => values ?? []));
  const peak = all.reduce<number>((top, value) => Math.max(top, value ?? 0), 1);
  return Math.min(MOST, Math.max(1.25, peak));
}

export const bandsOf = ({ faults, offline }: Scenario): PlotSheet['bands'] => [
  ...faults.map((fault) => ({ ...fault, words: wordsOf(fault) })),
  ...(offline === null ? [] : [{ ...offline, words: 'clients offline' }]),
];

const wordsOf = ({ host, kind, share, status }: Fault): string =>
  [`${host}:`, kind, ...(share === undefined ? [] : [`${Math.round(share * 100)} %`]), status ?? ''].join(' ').trim();
