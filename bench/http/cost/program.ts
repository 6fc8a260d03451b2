/** Measures what one request costs with a few contenders, in a process that does nothing else. */
import { finish, readOrder } from '../../lib/child.ts';
import { type Contender, contenders } from './contenders.ts';
import { mockFetch } from './mockFetch.ts';

export interface CostOrder {
  /** Who is measured, beside the bare fetch. */
  readonly names: readonly string[];
  readonly rounds: number;
  /** Rounds before those, in which code is compiled and nothing is counted. */
  readonly warmUpRounds: number;
  /** Of each contender in each round: so many that each batch has its own collections of garbage. */
  readonly requests: number;
}

/** Microseconds of the processor for one request, by round. Empty where a contender has no such request. */
export interface CostResult {
  readonly name: string;
  readonly answerUs: readonly number[];
  readonly jsonUs: readonly number[];
}

type Counted = 'answer' | 'json';

/** Garbage is paid for by whoever made it: each batch begins without any of another's. */
const collect = (globalThis as { gc?: (options: { type: 'minor' }) => void }).gc ?? (() => {});

async function batchUs(work: () => Promise<unknown>, requests: number): Promise<number> {
  collect({ type: 'minor' });
  const before = process.cpuUsage();
  for (let index = 0; index < requests; index++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requests;
}

/** All take turns, so that what the machine does meanwhile falls on all of them. */
async function measure(all: readonly Contender[], counted: Counted, order: CostOrder): Promise<number[][]> {
  const times: number[][] = all.map(() => []);
  for (let round = -order.warmUpRounds; round < order.rounds; round++) {
    for (const [at, contender] of all.entries()) {
      const work = contender[counted];
      if (work === undefined) continue;
      const us = await batchUs(work, order.requests);
      if (round >= 0) times[at]?.push(us);
    }
  }
  return times;
}

const order = readOrder<CostOrder>();
globalThis.fetch = mockFetch;
const all = contenders(mockFetch).filter(({ name }, at) => at === 0 || order.names.includes(name));
const [answers, bodies] = [await measure(all, 'answer', order), await measure(all, 'json', order)];
finish(all.map(({ name }, at): CostResult => ({ name, answerUs: answers[at] ?? [], jsonUs: bodies[at] ?? [] })));
