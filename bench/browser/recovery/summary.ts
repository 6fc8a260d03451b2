import type { EngineName } from '../../../test/browser/rig/engine.ts';
import type { Goal, Table } from '../../lib/report.ts';
import { median } from '../../lib/stats.ts';
import type { Fault } from './faults.ts';
import type { Outcome } from './round.ts';

/** How long a fault may cost that is found out at once, and how much longer than the limit of a navigation another, in milliseconds. */
const GOAL_MS = 1_000;

export function recoveryTable(
  outcomes: readonly Outcome[],
  faults: readonly Fault[],
  limitOf: (fault: Fault) => number,
): Table {
  const names = [...new Set(outcomes.map(({ contender }) => contender))];
  return {
    columns: ['', ...faults.flatMap(({ name }) => [`${name}: first, s`, 'usable, s', 'next, s'])],
    rows: names.map((name) => [
      name,
      ...faults.flatMap((fault) =>
        cells(
          outcomes.filter((one) => one.contender === name && one.fault === fault.name),
          limitOf(fault),
        ),
      ),
    ]),
  };
}

function cells(outcomes: readonly Outcome[], limitMs: number): readonly string[] {
  const [usable, next] = [middle(outcomes, 'usableMs'), middle(outcomes, 'nextMs')];
  const [seen] = outcomes.filter((one) => one.firstMs === middle(outcomes, 'firstMs'));
  const limit = `> ${limitMs / 1_000}`;
  const first = seen?.firstMs == null ? limit : `${seconds(seen.firstMs)} ${seen.first}`;
  return [first, usable === null ? limit : seconds(usable), next === null ? '–' : seconds(next)];
}

/** Of what did not come within the limit, it counts as longest; null where that is the middle. */
function middle(outcomes: readonly Outcome[], field: 'firstMs' | 'usableMs' | 'nextMs'): number | null {
  const ms = median(outcomes.map((one) => one[field] ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(ms) ? ms : null;
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);

/** @param ours Names of ours. */
export function recoveryGoals(
  outcomes: readonly Outcome[],
  faults: readonly Fault[],
  ours: readonly string[],
  navigationMs: number,
): Goal[] {
  const mine = outcomes.filter(({ contender }) => ours.includes(contender));
  if (mine.length === 0) return [];
  const reached = mine.filter(({ usableMs, nextMs }) => usableMs !== null && nextMs !== null).length;
  return [
    {
      promise: "after each fault the app's own page is reached, and the next one",
      measured: `${reached} of ${mine.length}`,
      met: reached === mine.length,
    },
    ...faults.map(({ name, atOnce }) => {
      const promise = atOnce
        ? `${name}: a usable page within ${seconds(GOAL_MS)} s`
        : `${name}: within ${seconds(GOAL_MS)} s after the limit of a navigation`;
      return slowest(mine, name, 'usableMs', promise, GOAL_MS + (atOnce ? 0 : navigationMs));
    }),
    slowest(mine, undefined, 'nextMs', `the page after it within ${seconds(GOAL_MS)} s`, GOAL_MS),
  ];
}

/** The slowest of the medians. */
function slowest(
  outcomes: readonly Outcome[],
  fault: string | undefined,
  field: 'usableMs' | 'nextMs',
  promise: string,
  limitMs: number,
): Goal {
  const groups = new Map<string, Outcome[]>();
  for (const one of outcomes.filter((each) => fault === undefined || each.fault === fault)) {
    const key = `${one.contender}, ${one.engine as EngineName}, ${one.fault}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const times = [...groups].map(([key, group]) => ({ key, ms: middle(group, field) ?? Number.POSITIVE_INFINITY }));
  const worst = times.reduce((a, b) => (b.ms > a.ms ? b : a));
  const shown = Number.isFinite(worst.ms) ? `${seconds(worst.ms)} s at most` : 'not within the limit';
  return { promise, measured: `${shown} (${worst.key})`, met: worst.ms <= limitMs };
}
