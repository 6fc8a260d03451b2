import type { EngineName } from '../../../test/browser/rig/engine.ts';
import { median } from '../../lib/stats.ts';
import { noWorker, OURS, workbox, workboxFiles } from '../contenders.ts';
import type { Kind, Round, Visit } from './measure.ts';

/** A contender in an engine: medians of its rounds. */
export interface Figure {
  readonly engine: EngineName;
  readonly contender: string;
  readonly kind: Kind;
  readonly visit: Visit;
  /** Of the time until the page was there, to no worker. */
  readonly ratio: number;
  /** The same to Workbox. */
  readonly toWorkbox: number;
}

/** Those through whose hands files go. */
const TAKE_FILES: readonly string[] = [...OURS, workboxFiles].map(({ name }) => name);

/** The worker of Workbox that does as much. */
const peerOf = (contender: string, kind: Kind): string =>
  kind === 'files' && TAKE_FILES.includes(contender) ? workboxFiles.name : workbox.name;

/** When a page is there: its document, or all of its files. */
const END: Readonly<Record<Kind, keyof Visit>> = { page: 'domContentLoaded', files: 'load', cold: 'domContentLoaded' };

export function compare(engine: EngineName, rounds: readonly Round[]): Figure[] {
  const of = (contender: string, kind: Kind): Visit[] =>
    rounds.filter((one) => one.contender === contender && one.kind === kind).map(({ visit }) => visit);
  const seen = new Map(rounds.map(({ contender, kind }) => [`${kind} ${contender}`, { contender, kind }]));
  return [...seen.values()].map(({ contender, kind }) => {
    const own = of(contender, kind);
    const end = END[kind];
    // Of the same round: what the machine did meanwhile, it did to both.
    const ratioTo = (other: readonly Visit[]): number =>
      median(own.map((visit, at) => visit[end] / (other[at]?.[end] ?? Number.NaN)));
    const middle = (field: keyof Visit): number => median(own.map((visit) => visit[field]));
    return {
      ...{ engine, contender, kind },
      visit: {
        responseEnd: middle('responseEnd'),
        domContentLoaded: middle('domContentLoaded'),
        load: middle('load'),
        wall: middle('wall'),
      },
      ratio: ratioTo(of(noWorker.name, kind)),
      toWorkbox: ratioTo(of(peerOf(contender, kind), kind)),
    };
  });
}
