import { sleep } from '../../../test/rig/wait.ts';
import { monotonicMs } from '../../lib/monotonic.ts';
import type { Contender } from './contender.ts';
import type { Heard } from './protocol.ts';
import { type Tally, tally } from './tally.ts';

/** What befalls the first host of each contender. */
export interface Fault {
  readonly name: string;
  /**
   * True where a contender comes back so soon that others must not disturb it: one after the other. Otherwise all are
   * struck at once, and wait together.
   */
  readonly alone: boolean;
  strike(contender: Contender): Promise<void>;
  heal(contender: Contender): Promise<void>;
}

/** What one fault came to for one contender. Times are from the fault to the first words of the second host. */
export interface Outcome extends Tally {
  readonly fault: string;
  readonly peer: string;
  /** Null: not within the limit. */
  readonly idleMs: readonly (number | null)[];
  readonly talkingMs: readonly (number | null)[];
}

export interface RoundOptions {
  readonly limitMs: number;
  /** They go on talking for so long after the last of them has come back. */
  readonly afterMs: number;
  /** Between the last opening and the fault; between the return of the first host and the count. */
  readonly calmMs: number;
}

const LOOK_MS = 100;

/** All contenders through one fault. */
export async function round(fault: Fault, contenders: readonly Contender[], options: RoundOptions): Promise<Outcome[]> {
  const users = await Promise.all(contenders.map((contender) => contender.open(fault.name.replaceAll(' ', ''))));
  await Promise.all(contenders.map((contender) => contender.talk()));
  await sleep(options.calmMs);
  const through = (contender: Contender, at: number) => throughFault(fault, contender, users[at] ?? [], options);
  const times = fault.alone ? await inTurn(contenders, through) : await Promise.all(contenders.map(through));
  await Promise.all(contenders.map((contender) => fault.heal(contender)));
  await sleep(options.calmMs);
  return inTurn(contenders, async (contender, at) => {
    const { idle = [], talking = [] } = times[at]?.heard ?? {};
    return {
      fault: fault.name,
      peer: contender.peer.name,
      idleMs: idle,
      talkingMs: talking,
      ...tally(await contender.close(), times[at]?.numbers ?? 0, [contender.first, contender.second]),
    };
  });
}

interface Course {
  /** Since the fault. */
  readonly heard: Heard;
  /** How many numbers the second host has said. */
  readonly numbers: number;
}

async function throughFault(
  fault: Fault,
  contender: Contender,
  users: readonly string[],
  { limitMs, afterMs }: RoundOptions,
): Promise<Course> {
  const struckMs = monotonicMs();
  await fault.strike(contender);
  // Not before: hosts that share a store would bring it through the first.
  await contender.second.speak(users);
  let heard = await contender.heard();
  while (!isComplete(heard) && monotonicMs() - struckMs < limitMs) {
    await sleep(LOOK_MS);
    heard = await contender.heard();
  }
  await sleep(afterMs);
  await contender.hush();
  const since = (ms: number | null): number | null => (ms === null ? null : ms - struckMs);
  return {
    heard: { idle: heard.idle.map(since), talking: heard.talking.map(since) },
    numbers: await contender.second.hush(),
  };
}

const isComplete = ({ idle, talking }: Heard): boolean => ![...idle, ...talking].includes(null);

async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item, at: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [at, item] of items.entries()) results.push(await work(item, at));
  return results;
}
