import { createRig } from '../../test/rig/rig.ts';
import type { Goal, Part, RunOptions, Section, Table } from '../lib/report.ts';
import { mean, median } from '../lib/stats.ts';
import { countAttempts } from './attempts.ts';
import { type Added, type Course, NEXT, round } from './faults/measure.ts';
import { FAULTS, type Fault } from './faults/strikes.ts';
import { OURS, PEERS } from './peers.ts';

/** By unit: a fault that is found out at once is quick to repeat. */
const FULL = { attemptMs: 500, roundTripMs: 20, rounds: { 'round trips': 4, 'attempt time-outs': 2 } };
const QUICK = { attemptMs: 300, roundTripMs: 5, rounds: { 'round trips': 1, 'attempt time-outs': 1 } };

/** What one fault added for one peer: times in the fault's unit, null where all requests were lost. */
interface Figure {
  readonly fault: string;
  readonly unit: Fault['unit'];
  readonly peer: string;
  readonly first: number | null;
  /** The mean of the requests after it. */
  readonly next: number | null;
  readonly firstAttempts: number;
  /** For each of the requests after it. */
  readonly nextAttempts: number;
  /** Of all of them, from 0 to 1. */
  readonly lost: number;
}

export const faults: Part = {
  name: 'faults',
  summary: 'what a fault of the first of two hosts adds to the first request and to the next ones',
  async run({ quick }: RunOptions): Promise<Section> {
    const size = quick ? QUICK : FULL;
    const figures: Figure[] = [];
    const missing: string[] = [];
    for (const fault of FAULTS) {
      const reason = await fault.unavailable?.();
      if (reason === undefined) figures.push(...(await measure(fault, size)));
      else missing.push(`Not measured here: ${fault.name} (${reason}).`);
    }
    return {
      title: 'What a fault adds',
      how: [...how(size), ...missing],
      tables: [
        { caption: 'Found out by an answer: time in round trips, and attempts', table: answeredTable(figures) },
        { caption: 'Found out by waiting: time in attempt time-outs', table: waitedTable(figures) },
        {
          caption: 'How each comes to its second host',
          table: { columns: ['', 'how'], rows: PEERS.map(({ name, how: words }) => [name, words]), words: true },
        },
      ],
      goals: goals(figures),
      figures,
    };
  },
};

function how({ attemptMs, roundTripMs }: typeof FULL): string[] {
  return [
    'Real processes. A client of two hosts works at the first; that one is struck; then five requests follow, one after the other.',
    '*First* is what the first of them takes longer than a request did while all was well, *next* the mean of the four after it; medians over rounds.',
    `The time-out of an attempt is ${attemptMs} ms for all; all retry once, at once, and read JSON. Answers take ${roundTripMs} ms, which stands for a round trip;`,
    'a refusal and a 503 come at once here, and would take a round trip for each attempt over a network: so attempts are counted as well.',
    '`switchover/fetch` has the retry budget of one browser client, a single token; without one, a new request goes to a host that has not just failed.',
    'Refused: nobody listens. Black hole: packets vanish, in a network namespace. Frozen: SIGSTOP. Mute: accepts and never answers.',
  ];
}

async function measure(fault: Fault, { rounds, ...size }: typeof FULL): Promise<Figure[]> {
  await using rig = createRig();
  const [victim, standby] = [await fault.victim(rig), await rig.server({ name: 'b' })];
  const attempts = countAttempts();
  try {
    const course: Course = { fault, victim, standby: standby.url, attempts, ...size };
    // Before what is short is measured, its code is compiled. Nobody is always the first to find the standby.
    const all: Added[] = [];
    for (let index = fault.unit === 'round trips' ? -1 : 0; index < rounds[fault.unit]; index++) {
      const at = Math.max(0, index) % PEERS.length;
      const seen = await round(course, [...PEERS.slice(at), ...PEERS.slice(0, at)]);
      if (index >= 0) all.push(...seen);
    }
    return PEERS.map(({ name }) =>
      figureOf(
        fault,
        size.attemptMs,
        all.filter(({ peer }) => peer === name),
      ),
    );
  } finally {
    attempts.stop();
  }
}

function figureOf({ name: fault, unit }: Fault, attemptMs: number, rounds: readonly Added[]): Figure {
  const units = (of: (added: Added) => readonly number[]): number | null => {
    const each = rounds.flatMap((added) => {
      const known = of(added).filter(Number.isFinite);
      return known.length === 0 ? [] : [mean(known) / (unit === 'round trips' ? added.wellMs : attemptMs)];
    });
    return each.length === 0 ? null : median(each);
  };
  const times = rounds.flatMap(({ firstMs, nextMs }) => [firstMs, ...nextMs]);
  return {
    fault,
    unit,
    peer: rounds[0]?.peer ?? '',
    first: units(({ firstMs }) => [firstMs]),
    next: units(({ nextMs }) => nextMs),
    firstAttempts: mean(rounds.map(({ firstAttempts }) => firstAttempts)),
    nextAttempts: mean(rounds.map(({ nextAttempts }) => nextAttempts / NEXT)),
    lost: times.filter((ms) => !Number.isFinite(ms)).length / times.length,
  };
}

function answeredTable(figures: readonly Figure[]): Table {
  return tableOf(figures, 'round trips', ['first', 'attempts', 'next', 'attempts', 'lost'], (figure) => [
    time(figure.first),
    `+${figure.firstAttempts.toFixed(1)}`,
    time(figure.next),
    `+${figure.nextAttempts.toFixed(1)}`,
    share(figure.lost),
  ]);
}

function waitedTable(figures: readonly Figure[]): Table {
  return tableOf(figures, 'attempt time-outs', ['first', 'next', 'lost'], (figure) => [
    time(figure.first),
    time(figure.next),
    share(figure.lost),
  ]);
}

function tableOf(
  figures: readonly Figure[],
  unit: Fault['unit'],
  names: readonly string[],
  cells: (figure: Figure) => string[],
): Table {
  const faultNames = [...new Set(figures.filter((one) => one.unit === unit).map(({ fault }) => fault))];
  return {
    columns: ['', ...faultNames.flatMap((fault) => names.map((name, at) => (at === 0 ? `${fault}: ${name}` : name)))],
    rows: PEERS.map(({ name }) => [
      name,
      ...faultNames.flatMap((fault) =>
        figures.filter((one) => one.fault === fault && one.peer === name).flatMap((figure) => cells(figure)),
      ),
    ]),
  };
}

const time = (value: number | null): string => (value === null ? '–' : `+${Math.max(0, value).toFixed(1)}`);
const share = (value: number): string => `${Math.round(value * 100)} %`;

function goals(figures: readonly Figure[]): Goal[] {
  const worst = (fault: string, of: (figure: Figure) => number | null): number =>
    Math.max(
      ...figures
        .filter((one) => one.fault === fault && OURS.includes(one.peer))
        .map((one) => of(one) ?? Number.POSITIVE_INFINITY),
    );
  const refused = worst('refused', ({ first, firstAttempts }) => (first ?? Number.POSITIVE_INFINITY) + firstAttempts);
  const [first, next] = [worst('black hole', ({ first }) => first), worst('black hole', ({ next }) => next)];
  const goal = (promise: string, value: number, limit: number): Goal => {
    return { promise, measured: value.toFixed(2), met: value <= limit };
  };
  // A machine that is busy takes a part of either unit by itself.
  const all = [
    goal('a refused connection adds one round trip to the first request: its attempt, and no wait', refused, 1.4),
  ];
  if (first === Number.NEGATIVE_INFINITY) return all;
  return [
    ...all,
    goal('a black hole adds one attempt time-out to the first request', first, 1.1),
    goal('and nothing to the next ones', next, 0.1),
  ];
}
