import type { Table } from '../../lib/report.ts';
import { median } from '../../lib/stats.ts';
import type { Outcome } from './round.ts';

const namesOf = (outcomes: readonly Outcome[], of: (outcome: Outcome) => string): string[] => [
  ...new Set(outcomes.map(of)),
];

/** One row for each library, and for each fault what `cells` make of it. */
function tableOf(
  outcomes: readonly Outcome[],
  columns: readonly string[],
  cells: (outcome: Outcome) => readonly string[],
): Table {
  const faults = namesOf(outcomes, ({ fault }) => fault);
  return {
    columns: ['', ...faults.flatMap((fault) => columns.map((name, at) => (at === 0 ? `${fault}: ${name}` : name)))],
    rows: namesOf(outcomes, ({ peer }) => peer).map((peer) => [
      peer,
      ...faults.flatMap((fault) =>
        outcomes.filter((one) => one.fault === fault && one.peer === peer).flatMap((outcome) => [...cells(outcome)]),
      ),
    ]),
  };
}

export function timesTable(outcomes: readonly Outcome[], limit: string): Table {
  const show = (times: readonly (number | null)[]): string => {
    const [middle, longest] = summary(times);
    if (middle === null) return limit;
    return `${seconds(middle)} / ${longest === null ? limit : seconds(longest)}`;
  };
  return tableOf(outcomes, ['idle', 'talking'], ({ idleMs, talkingMs }) => [show(idleMs), show(talkingMs)]);
}

export function fatesTable(outcomes: readonly Outcome[]): Table {
  const columns = ['lost', 'told', 'repeated', 'missed'];
  return tableOf(outcomes, columns, ({ said, lost, refused, repeated, told, missed }) => [
    `${lost} of ${said}`,
    String(refused),
    String(repeated),
    `${missed} of ${told}`,
  ]);
}

/** The middle and the longest of times; what was not seen within the limit counts as longest of all. */
export function summary(times: readonly (number | null)[]): readonly [number | null, number | null] {
  const known = times.map((ms) => ms ?? Number.POSITIVE_INFINITY);
  const finite = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);
  return [finite(median(known)), finite(Math.max(...known))];
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
