import type { Engine } from '../../../test/browser/rig/engine.ts';
import type { Tab } from '../../../test/browser/rig/tab.ts';
import { midMean } from '../../lib/stats.ts';
import type { Contender } from '../contenders.ts';
import { install, type Stage } from '../stage.ts';
import { FILES, PLAIN, RICH } from './pages.ts';

/** What is loaded, and how. */
export const KINDS = ['page', 'files', 'cold'] as const;

export type Kind = (typeof KINDS)[number];

/** One visit, in milliseconds since the navigation began, but for `wall`: that began with the command to the browser. */
export interface Visit {
  readonly responseEnd: number;
  readonly domContentLoaded: number;
  readonly load: number;
  readonly wall: number;
}

/** How often each page is visited in a round. */
export type Visits = Readonly<Record<Kind, number>>;

/** A round of one contender: what its visits took, without the quarter that took longest and the one that took shortest. */
export interface Round {
  readonly contender: string;
  readonly kind: Kind;
  readonly visit: Visit;
}

/** Rounds of all contenders, who take turns. Each begins with a new tab, and with visits that do not count. */
export async function measure(
  engine: Engine,
  contenders: readonly Contender[],
  stage: Stage,
  rounds: number,
  visits: Visits,
): Promise<Round[]> {
  const profile = await engine.newProfile();
  try {
    for (const contender of contenders) {
      const tab = await profile.openTab(stage.originOf(contender) + PLAIN);
      await install(contender, tab);
      await tab.close();
    }
    const all: Round[] = [];
    for (let index = 0; index < rounds; index++) {
      const at = index % contenders.length;
      for (const contender of [...contenders.slice(at), ...contenders.slice(0, at)]) {
        const tab = await profile.openTab();
        all.push(...(await round(tab, contender, stage.originOf(contender), visits)));
        await tab.close();
      }
    }
    return all;
  } finally {
    await profile.close();
  }
}

async function round(tab: Tab, contender: Contender, origin: string, visits: Visits): Promise<Round[]> {
  const rounds: Round[] = [];
  await visit(tab, contender, origin + RICH);
  for (const kind of KINDS) {
    const url = origin + (kind === 'files' ? RICH : PLAIN);
    const seen: Visit[] = [];
    for (let index = 0; index < visits[kind]; index++) {
      if (kind === 'cold') await tab.stopWorkers();
      seen.push(await visit(tab, contender, url));
    }
    if (seen.length > 0) rounds.push({ contender: contender.name, kind, visit: middle(seen) });
  }
  return rounds;
}

const middle = (visits: readonly Visit[]): Visit => {
  const of = (field: keyof Visit): number => midMean(visits.map((one) => one[field]));
  return {
    responseEnd: of('responseEnd'),
    domContentLoaded: of('domContentLoaded'),
    load: of('load'),
    wall: of('wall'),
  };
};

async function visit(tab: Tab, { worker, name }: Contender, url: string): Promise<Visit> {
  const startedMs = performance.timeOrigin + performance.now();
  await tab.goto(url);
  const { isControlled, files, timeOrigin, ...times } = await tab.evaluate(readTimes);
  const wanted = url.endsWith(RICH) ? FILES : 0;
  // A figure of something else would be worse than none.
  if (isControlled !== (worker !== undefined)) throw new Error(`${name}: no page of its own at ${url}`);
  if (files !== wanted) throw new Error(`${name}: ${files} files of ${wanted} at ${url}`);
  return { ...times, wall: timeOrigin + times.load - startedMs };
}

/** Runs in the page. */
async function readTimes() {
  const find = () => performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming;
  // Complete is not yet loaded.
  while (!(find()?.loadEventEnd > 0)) await new Promise((resolve) => setTimeout(resolve, 1));
  const { responseEnd, domContentLoadedEventEnd: domContentLoaded, loadEventEnd: load } = find();
  return {
    isControlled: navigator.serviceWorker.controller !== null,
    files: performance.getEntriesByType('resource').filter(({ name }) => name.includes('/files/')).length,
    timeOrigin: performance.timeOrigin,
    ...{ responseEnd, domContentLoaded, load },
  };
}
