import type { Schedule, Step } from './schedule.ts';

/** Faults come and work is done until then; later there is only recovery. */
export const HORIZON_MS = 30_000;
const TOGETHER = 0.7;
const SOON_MS = 1_500;
const CLIENTS = 2;
const SERVERS = 2;

/** A step, but for its moment. */
type Deed = Step extends infer S ? (S extends Step ? Omit<S, 'atMs'> : never) : never;
type Draw = (random: () => number) => Deed;
/** What a schedule is made of: each kind of step with its share. */
type Mix = readonly (readonly [share: number, draw: Draw])[];

const upTo = (random: () => number, most: number): number => Math.floor(random() * most);
const oneOf = <T>(random: () => number, ...items: readonly [T, ...T[]]): T =>
  items[upTo(random, items.length)] ?? items[0];
const client = (random: () => number) => upTo(random, CLIENTS);
const server = (random: () => number) => upTo(random, SERVERS);
/** Short ones are frequent, long ones are rare. */
const span = (random: () => number, mostMs: number): number => Math.ceil(mostMs * random() ** 3);

const send: Draw = (random) => ({
  do: 'send',
  client: client(random),
  count: 1 + upTo(random, 4),
  keyed: random() < 0.5,
  ttlMs: random() < 0.3 ? span(random, 5_000) : null,
});
const say: Draw = (random) => ({
  do: 'say',
  client: client(random),
  count: 1 + upTo(random, 5),
  from: oneOf(random, 'own', 'elsewhere'),
});
const ask: Draw = (random) => ({
  do: oneOf(random, 'wake', 'move', 'flush', 'cancel'),
  client: client(random),
});
const drain: Draw = (random) => ({
  do: 'drain',
  server: server(random),
  deadlineMs: 1_000 + upTo(random, 5_000),
  jitterMs: upTo(random, 1_000),
});
const cut: Draw = (random) => ({
  do: 'cut',
  client: client(random),
  heard: oneOf(random, 'both', 'client', 'server', 'none'),
});
const blackHole: Draw = (random) => ({
  do: 'blackHole',
  server: server(random),
  forMs: span(random, 10_000),
  side: oneOf(random, 'up', 'down', 'both'),
});
const delay: Draw = (random) => ({
  do: 'delay',
  server: server(random),
  forMs: span(random, 10_000),
  extraMs: span(random, 4_000),
});
const crash: Draw = (random) => ({
  do: 'crash',
  client: client(random),
  downMs: span(random, 8_000),
  clockErrorMs: random() < 0.3 ? upTo(random, 7_200_000) - 3_600_000 : 0,
});
const suspend: Draw = (random) => ({
  do: 'suspend',
  client: client(random),
  forMs: span(random, 20_000),
  clockStops: random() < 0.5,
});
const slow: Draw = (random) => ({
  do: oneOf(random, 'slowDisk', 'slowApp'),
  client: client(random),
  forMs: 1_000 + span(random, 10_000),
  extraMs: 100 + span(random, 6_000),
});
const drift: Draw = (random) => ({ do: 'drift', client: client(random), rate: 0.9 + 0.2 * random() });
const replay: Draw = (random) => ({ do: 'replay', nth: upTo(random, 100), as: oneOf(random, 'owner', 'other') });
const crashServer: Draw = (random) => ({
  do: 'crashServer',
  server: server(random),
  downMs: span(random, 10_000),
  reset: random() < 0.7,
});
const freezeServer: Draw = (random) => ({ do: 'freezeServer', server: server(random), forMs: span(random, 15_000) });
const storeFails: Draw = (random) => ({ do: 'storeFails', forMs: span(random, 3_000), done: random() < 0.5 });
const slowStore: Draw = (random) => ({ do: 'slowStore', forMs: span(random, 8_000), extraMs: span(random, 3_000) });
const storeLoses: Draw = (random) => ({ do: 'storeLoses', client: client(random) });
const end: Draw = (random) => ({ do: 'end', client: client(random) });
const copy: Draw = (random) => ({ do: 'copy', client: client(random) });

const WORK: Mix = [
  [30, send],
  [22, say],
  [6, ask],
  [3, drain],
];
const NETWORK: Mix = [
  [8, cut],
  [3, blackHole],
  [4, delay],
  [3, drift],
  [6, replay],
  [3, crashServer],
  [3, storeFails],
  [3, slowStore],
  [8, slow],
];
const PROCESSES: Mix = [
  [9, crash],
  [3, suspend],
  [2, freezeServer],
];
const LOSSES: Mix = [
  [3, storeLoses],
  [2, end],
];
/**
 * By kind, what a schedule consists of. Sessions are lost in some only: it must be seen, too, that none is lost otherwise.
 *
 * Copies are the shell's to prevent: a stored session has one owner. Without that, still nothing is repeated or called accepted that was
 * not, until a copy crashes too, gives a message up, or the session is lost: then nobody can tell whose the numbers are.
 */
const KINDS: readonly (readonly [share: number, mix: Mix])[] = [
  [55, [...WORK, ...NETWORK, ...PROCESSES]],
  [25, [...WORK, ...NETWORK, ...PROCESSES, ...LOSSES]],
  [20, [...WORK, ...NETWORK, [2, copy]]],
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

/** The schedule of a seed. */
export function drawSchedule(seed: number, random: () => number): Schedule {
  const mix = choose(random, KINDS);
  const count = 10 + upTo(random, 50);
  const steps: Step[] = [];
  let last: Step | undefined;
  for (let n = 0; n < count; n++) {
    const deed = choose(random, mix)(random);
    // Most come soon after another, and to the same client: what two of them do together is what nobody has thought of.
    const together = last !== undefined && random() < TOGETHER;
    const atMs = together && last ? Math.min(HORIZON_MS, last.atMs + span(random, SOON_MS)) : upTo(random, HORIZON_MS);
    const same = together && last && 'client' in last && 'client' in deed ? { client: last.client } : {};
    last = { atMs, ...deed, ...same } as Step;
    steps.push(last);
  }
  return { seed, clients: CLIENTS, steps: steps.sort((one, other) => one.atMs - other.atMs) };
}
