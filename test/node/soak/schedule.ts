import { seeded } from './seeded.ts';

export type FaultKind = 'kill' | 'freeze' | 'drain' | 'blackhole' | 'bothDown' | 'clientKill';

/** What a fault is done to: `server:0`, `clients:3`. A fault holds its targets until they serve again. */
export type Target = `server:${number}` | `clients:${number}`;

export interface Fault {
  readonly number: number;
  readonly kind: FaultKind;
  readonly targets: readonly Target[];
  /** Not before this, from the beginning. Later, where a target is still busy with the fault before. */
  readonly atMs: number;
  /** How long the target is away. */
  readonly forMs: number;
  /** How long it is left in peace after that. */
  readonly calmMs: number;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly faults: number;
  /** Client processes, of which one is killed at a time. */
  readonly clientProcesses: number;
  /** Mean time from one fault to the next, in milliseconds. */
  readonly everyMs: number;
  /** How long a session outlives its connection: some clients stay away for longer. */
  readonly ttlMs: number;
  /** How often each kind is drawn, relative to the others; 0 leaves it out. */
  readonly mix: Readonly<Record<FaultKind, number>>;
}

export const MIX: ScheduleOptions['mix'] = { kill: 4, freeze: 4, drain: 3, blackhole: 4, bothDown: 1, clientKill: 8 };

/** Short faults are stutters; long ones outlast the time after which the other side is taken for dead. */
const SHORT_MS = [30, 250] as const;
const LONG_MS = [1_500, 3_500] as const;
const LONG_SHARE = 0.12;
const CALM_MS = [150, 650] as const;
/** Share of the freezes that hit clients: devices that sleep. */
const SLEEPERS = 0.25;
/** Share of the client kills after which the session has expired. */
const EXPIRED_SHARE = 0.08;

/** The faults of a run. The same options make the same faults. */
export function scheduleOf(options: ScheduleOptions): readonly Fault[] {
  const random = seeded(options.seed);
  let atMs = 0;
  return Array.from({ length: options.faults }, (_, number) => {
    atMs += Math.round(options.everyMs * 2 * random());
    const kind = drawKind(options.mix, random);
    const targets = drawTargets(kind, options, random);
    const forMs = drawSpan(kind, options, random);
    return { number, kind, targets, atMs, forMs, calmMs: between(CALM_MS, random) };
  });
}

function drawKind(mix: ScheduleOptions['mix'], random: () => number): FaultKind {
  const kinds = Object.entries(mix) as [FaultKind, number][];
  let left = random() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of kinds) {
    left -= weight;
    if (left < 0) return kind;
  }
  throw new RangeError('The mix of faults is empty.');
}

function drawTargets(kind: FaultKind, { clientProcesses }: ScheduleOptions, random: () => number): readonly Target[] {
  if (kind === 'bothDown') return ['server:0', 'server:1'];
  const ofClients = kind === 'clientKill' || (kind === 'freeze' && random() < SLEEPERS);
  return [ofClients ? `clients:${Math.floor(random() * clientProcesses)}` : `server:${Math.floor(random() * 2)}`];
}

function drawSpan(kind: FaultKind, { ttlMs }: ScheduleOptions, random: () => number): number {
  const spanMs = between(random() < LONG_SHARE ? LONG_MS : SHORT_MS, random);
  return kind === 'clientKill' && random() < EXPIRED_SHARE ? ttlMs + spanMs : spanMs;
}

function between([least, most]: readonly [number, number], random: () => number): number {
  return Math.round(least + random() * (most - least));
}
