import type { EngineName } from '../../test/browser/rig/engine.ts';
import { createRig } from '../../test/rig/rig.ts';
import type { Part, RunOptions, Section } from '../lib/report.ts';
import { type Contender, fallbackRecipe, noWorker, OURS, plugin } from './contenders.ts';
import { FAULTS, type Fault } from './recovery/faults.ts';
import { type Outcome, round } from './recovery/round.ts';
import { recoveryGoals, recoveryTable } from './recovery/summary.ts';
import { raiseStage, startEngines } from './stage.ts';

/** Ours, a page that stays, and none. */
const CONTENDERS: readonly Contender[] = [...OURS, plugin, fallbackRecipe, noWorker];

interface Size {
  readonly engines?: readonly EngineName[];
  readonly faults: readonly Fault[];
  /** Of a fault that is found out at once; the others have one. */
  readonly rounds: number;
  readonly navigationMs: number;
  /** How long one is waited for, after a fault that is found out at once, and after one that is not. */
  readonly limitsMs: readonly [atOnce: number, waited: number];
}

const FULL: Size = { faults: FAULTS, rounds: 3, navigationMs: 5_000, limitsMs: [3_000, 12_000] };
/** One of each kind. */
const QUICK: Size = {
  engines: ['chromium'],
  faults: FAULTS.filter(({ name }) => name === 'killed' || name === 'hung'),
  rounds: 1,
  navigationMs: 300,
  limitsMs: [700, 2_000],
};

export const recovery: Part = {
  name: 'recovery',
  summary:
    'a page whose server is killed, frozen, hung or says 503: how soon there is one that can be used, in each engine',
  async run({ quick }: RunOptions): Promise<Section> {
    const size = quick ? QUICK : FULL;
    const { outcomes, missing } = await measureAll(size);
    const engines = [...new Set(outcomes.map(({ engine }) => engine))];
    const limitOf = ({ atOnce }: Fault): number => size.limitsMs[atOnce ? 0 : 1];
    return {
      title: 'From a fault to a usable page',
      how: [...how(size), ...missing],
      tables: [
        ...engines.map((engine) => ({
          caption: `In ${engine}`,
          table: recoveryTable(
            outcomes.filter((one) => one.engine === engine),
            size.faults,
            limitOf,
          ),
        })),
        {
          caption: 'Who they are',
          table: { columns: ['', 'how'], rows: CONTENDERS.map(({ name, how: words }) => [name, words]), words: true },
        },
      ],
      goals: recoveryGoals(
        outcomes,
        size.faults,
        [...OURS, plugin].map(({ name }) => name),
        size.navigationMs,
      ),
      figures: outcomes,
    };
  },
};

async function measureAll({ engines: wanted, faults, rounds, navigationMs, limitsMs: [soon, late] }: Size) {
  await using rig = createRig();
  const stage = await raiseStage(rig, CONTENDERS, {}, { navigationMs });
  const { engines, missing } = await startEngines(rig, wanted);
  const outcomes: Outcome[] = [];
  for (const fault of faults) {
    if (!fault.atOnce) {
      outcomes.push(...(await round(fault, engines, CONTENDERS, stage, late)));
      continue;
    }
    for (let index = 0; index < rounds; index++) {
      for (const engine of engines) outcomes.push(...(await round(fault, [engine], CONTENDERS, stage, soon)));
    }
  }
  return { outcomes, missing };
}

function how({ rounds, navigationMs, limitsMs: [soon, late] }: Size): string[] {
  return [
    'Two real server processes. A user has the site open, under its worker, and has met no fault; the first server is struck; then the user follows a link.',
    `*First*: until there is anything new to see, and what it is. *Usable*: until it is the app's own page, at either server, without a hand being lifted. *Next*: the page after`,
    `that, to which a link of it leads. Killed: SIGKILL. Frozen: SIGSTOP. Hung: accepts, and answers nothing, probes among it. 503: to all. Killed and 503: medians of ${rounds} rounds,`,
    `one after the other, watched for ${soon / 1_000} s; frozen and hung: one round, all at the same time, watched for ${late / 1_000} s. The limit of a navigation is ${navigationMs / 1_000} s (\`navigationMs\`, its default is 5 s).`,
    'Firefox has one tab in front; the timers of those behind it tick once a second, which makes its offline page slower by up to that.',
    "The recipe of Workbox answers what fails, and nothing else: it has no time limit, and a 503 is an answer to it. Its page stays. The browser's own page, and that of a 503, stay as well.",
  ];
}
