import type { EngineName } from '../../test/browser/rig/engine.ts';
import { can } from '../../test/browser/rig/engine.ts';
import { createRig } from '../../test/rig/rig.ts';
import type { Goal, Part, RunOptions, Section, Table } from '../lib/report.ts';
import { type Contender, handWritten, noWorker, OURS, plugin, serwist, workbox, workboxFiles } from './contenders.ts';
import { compare, type Figure } from './overhead/compare.ts';
import { type Kind, measure, type Visit, type Visits } from './overhead/measure.ts';
import { FILES, pageFiles } from './overhead/pages.ts';
import { raiseStage, startEngines } from './stage.ts';

const CONTENDERS: readonly Contender[] = [noWorker, ...OURS, plugin, workbox, workboxFiles, serwist, handWritten];

interface Size {
  readonly engines?: readonly EngineName[];
  readonly rounds: number;
  readonly visits: Visits;
}

const FULL: Size = { rounds: 5, visits: { page: 6, files: 3, cold: 3 } };
const QUICK: Size = { engines: ['chromium'], rounds: 1, visits: { page: 1, files: 1, cold: 1 } };

/** How much longer than under Workbox a page may take: less is noise. */
const LIMIT = 1.1;

export const overhead: Part = {
  name: 'overhead',
  summary: 'what a worker adds to a page and to its files while all is well, in each engine',
  async run({ quick }: RunOptions): Promise<Section> {
    const size = quick ? QUICK : FULL;
    const { figures, missing } = await measureAll(size);
    const engines = [...new Set(figures.map(({ engine }) => engine))];
    const cold = engines.filter((name) => can(name, 'stopWorkers'));
    return {
      title: 'What a worker adds while all is well',
      how: [...how(size), ...missing],
      tables: [
        ...engines.map((engine) => ({
          caption: `In ${engine}: a page, and one with ${FILES} files`,
          table: warmTable(figures.filter((one) => one.engine === engine)),
        })),
        ...cold.map((engine) => ({
          caption: `In ${engine}, a page whose worker has to be started first`,
          table: coldTable(figures.filter((one) => one.engine === engine && one.kind === 'cold')),
        })),
        {
          caption: 'Who they are',
          table: { columns: ['', 'how'], rows: CONTENDERS.map(({ name, how: words }) => [name, words]), words: true },
        },
      ],
      goals: goals(figures),
      figures,
    };
  },
};

async function measureAll({ engines: wanted, rounds, visits }: Size) {
  await using rig = createRig();
  const stage = await raiseStage(rig, CONTENDERS, pageFiles());
  const figures: Figure[] = [];
  const { engines, missing } = await startEngines(rig, wanted);
  for (const engine of engines) {
    const isStoppable = can(engine.name, 'stopWorkers');
    const all = await measure(engine, CONTENDERS, stage, rounds, { ...visits, cold: isStoppable ? visits.cold : 0 });
    figures.push(...compare(engine.name, all));
  }
  return { figures, missing };
}

function how({ rounds, visits }: Size): string[] {
  return [
    `A server process on this machine, a hostname for each worker, a new tab for each round; all take turns. Medians of ${rounds} rounds; a round is the mean of the`,
    `middle half of ${visits.page} visits to a page of 8 kB, and of ${visits.files} to one with ${FILES} small scripts, styles and images, none of which the browser may keep. HTTP/1.1.`,
    '*Response*: the last byte of the document; *DOM*: `DOMContentLoaded`; *load*: all files. By Navigation Timing, since the navigation began. *Wall*: from the command to the',
    'browser until `load`, by the clock of the machine. *Ratio*: to no worker, of DOM for pages, of load for those with files; *to Workbox*: to its worker that',
    'does as much (for `sw.js` and files: the one that takes files), each of the same round. There is no network here, so what a worker adds is all that is seen: milliseconds, not ratios, are what a user has of it.',
    'The clocks of Firefox and WebKit tick in whole milliseconds. In Chromium a debugger is attached to pages and workers alike, as the tests drive it.',
  ];
}

const WARM = ['page: response, ms', 'DOM', 'wall', 'ratio', 'to Workbox'];
const WITH_FILES = ['files: load, ms', 'wall', 'ratio', 'to Workbox'];

function warmTable(figures: readonly Figure[]): Table {
  return {
    columns: ['', ...WARM, ...WITH_FILES],
    rows: CONTENDERS.map(({ name }) => [
      name,
      ...cells(figures, name, 'page', ['responseEnd', 'domContentLoaded', 'wall']),
      ...cells(figures, name, 'files', ['load', 'wall']),
    ]),
  };
}

const coldTable = (figures: readonly Figure[]): Table => ({
  columns: ['', 'response, ms', 'DOM', 'wall', 'ratio', 'to Workbox'],
  rows: CONTENDERS.map(({ name }) => [
    name,
    ...cells(figures, name, 'cold', ['responseEnd', 'domContentLoaded', 'wall']),
  ]),
});

function cells(figures: readonly Figure[], contender: string, kind: Kind, fields: readonly (keyof Visit)[]): string[] {
  const figure = figures.find((one) => one.contender === contender && one.kind === kind);
  if (figure === undefined) return [];
  const { visit, ratio, toWorkbox } = figure;
  return [...fields.map((field) => visit[field].toFixed(1)), ratio.toFixed(2), toWorkbox.toFixed(2)];
}

function goals(figures: readonly Figure[]): Goal[] {
  const names = [...OURS, plugin].map(({ name }) => name);
  const goal = (kind: Kind, promise: string): Goal[] => {
    const ours = figures.filter((one) => one.kind === kind && names.includes(one.contender));
    const [worst] = ours.sort((a, b) => b.toWorkbox - a.toWorkbox);
    if (worst === undefined) return [];
    const measured = `${worst.toWorkbox.toFixed(2)} at most (${worst.contender}, ${worst.engine})`;
    return [{ promise, measured, met: worst.toWorkbox <= LIMIT }];
  };
  return [
    ...goal('page', `a page takes at most ${LIMIT} of its time under Workbox`),
    ...goal('files', 'and one with files as much'),
    ...goal('cold', 'and one whose worker has to be started'),
  ];
}
