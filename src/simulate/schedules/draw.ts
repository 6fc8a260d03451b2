import type { OutboxLimits } from '../../session/outbox.ts';
import { DRAW, type Draw, span, upTo } from './drawStep.ts';
import type { Schedule, Step } from './schedule.ts';

/** Faults come and work is done until then; later there is only recovery. */
export const HORIZON_MS = 30_000;
const MOST_CLIENTS = 2;
/** Some lives are short: what two faults do within a second is met there. */
const SHORT_MS = 8_000;
const TOGETHER = 0.7;
const SOON_MS = 2_000;
/** The share of the kinds of faults that a schedule has. */
const SWARM = 0.5;

/** What a schedule is made of: kinds of steps, each with its share. */
type Mix = Partial<Record<keyof typeof DRAW, number>>;

const TALK: Mix = { send: 30, say: 22 };
const WORK: Mix = { ...TALK, ask: 6, drain: 3, renew: 2, expire: 1, fork: 0.5 };
const NETWORK: Mix = { cut: 12, blackHole: 3, delay: 4 };
const SERVERS: Mix = { crashServer: 3, storeFails: 3, slowStore: 3, handlerFails: 2, driftServer: 1, jumpServer: 1 };
const CLIENT: Mix = { slow: 12, appFails: 2, drift: 2, jump: 2 };
const THIEVES: Mix = { replay: 6, visit: 2 };
const PROCESSES: Mix = { crash: 16, suspend: 6, freezeServer: 3 };
const USUAL: Mix = { ...WORK, ...NETWORK, ...SERVERS, ...CLIENT, ...THIEVES };
/** By these a session may be lost. */
const LOSSES: Mix = {
  ...{ storeLoses: 5, end: 3, jumpStore: 2, steal: 4, renewOther: 2, backup: 8 },
};
/** By these a client may come back as what it was before: more than once, with what it has stored failing. */
const DISKS: Mix = { diskFails: 8, crashBlind: 2 };

/**
 * By kind, what a schedule consists of. Sessions are lost in some only: it must be seen, too, that none is lost otherwise.
 *
 * Copies are the shell's to prevent: a stored session has one owner. Without that, still nothing is repeated or called accepted that was
 * not, until a copy crashes too, gives a message up, or the session is lost: then nobody can tell whose the numbers are.
 */
const KINDS: readonly (readonly [share: number, mix: Mix])[] = [
  [25, { ...USUAL, ...PROCESSES }],
  [20, { ...TALK, ...PROCESSES, cut: 12, drain: 3, slow: 12 }],
  [20, { ...USUAL, ...PROCESSES, ...LOSSES }],
  [10, { ...TALK, cut: 12, handlerFails: 4, storeFails: 4, slowStore: 4, ...LOSSES }],
  [15, { ...USUAL, copy: 2 }],
  [10, { ...USUAL, ...PROCESSES, ...DISKS }],
];

const WHEN_FULL: readonly (readonly [share: number, way: OutboxLimits['whenFull']])[] = [
  [50, 'drop-oldest'],
  [25, 'wait'],
  [25, 'reject'],
];

/** By share. */
function choose<T>(random: () => number, from: readonly (readonly [share: number, item: T])[]): T {
  let left = random() * from.reduce((sum, [share]) => sum + share, 0);
  for (const [share, item] of from) {
    left -= share;
    if (left < 0) return item;
  }
  throw new RangeError('nothing to choose from');
}

/**
 * What one schedule consists of. Half of the faults are left out of each, others each time: where everything happens, the one thing hides
 * what the other does (Groce et al., Swarm Testing, 2012).
 */
function someOf(mix: Mix, random: () => number): readonly (readonly [share: number, draw: Draw])[] {
  const draws: (readonly [number, Draw])[] = [];
  for (const [name, share] of Object.entries(mix)) {
    if (name in TALK || random() < SWARM) draws.push([share, DRAW[name as keyof typeof DRAW]]);
  }
  return draws;
}

/** The schedule of a seed. */
export function drawSchedule(seed: number, random: () => number): Schedule {
  const draws = someOf(choose(random, KINDS), random);
  const clients = 1 + upTo(random, MOST_CLIENTS);
  const whenFull = choose(random, WHEN_FULL);
  const endMs = random() < 0.5 ? HORIZON_MS : SHORT_MS;
  const count = 10 + upTo(random, 50);
  const steps: Step[] = [];
  let last: Step | undefined;
  for (let n = 0; n < count; n++) {
    const deed = choose(random, draws)(random, clients);
    // Most come soon after another, and to the same client: what two of them do together is what nobody has thought of.
    const together = last !== undefined && random() < TOGETHER;
    const atMs = together && last ? Math.min(endMs, last.atMs + span(random, SOON_MS)) : upTo(random, endMs);
    const same = together && last && 'client' in last && 'client' in deed ? { client: last.client } : {};
    last = { atMs, ...deed, ...same } as Step;
    steps.push(last);
  }
  return { seed, clients, whenFull, steps: steps.sort((one, other) => one.atMs - other.atMs) };
}
