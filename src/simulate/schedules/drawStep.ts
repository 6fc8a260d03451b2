import type { Step } from './schedule.ts';

const SERVERS = 2;

/** A step, but for its moment. */
export type Deed = Step extends infer S ? (S extends Step ? Omit<S, 'atMs'> : never) : never;
type Random = () => number;
export type Draw = (random: Random, clients: number) => Deed;

export const upTo = (random: Random, most: number): number => Math.floor(random() * most);
const oneOf = <T>(random: Random, ...items: readonly [T, ...T[]]): T => items[upTo(random, items.length)] ?? items[0];
const server = (random: Random) => upTo(random, SERVERS);
/** Short ones are frequent, long ones are rare. */
export const span = (random: Random, mostMs: number): number => Math.ceil(mostMs * random() ** 3);
/** Ahead as often as back. */
const either = (random: Random, mostMs: number): number => (random() < 0.5 ? -1 : 1) * span(random, mostMs);
const rate = (random: Random): number => 0.9 + 0.2 * random();

/** How each kind of step is drawn. */
export const DRAW = {
  send: (random, clients) => ({
    do: 'send',
    client: upTo(random, clients),
    count: 1 + upTo(random, 4),
    keyed: random() < 0.5,
    ttlMs: random() < 0.3 ? span(random, 5_000) : null,
  }),
  say: (random, clients) => ({
    do: 'say',
    client: upTo(random, clients),
    count: 1 + upTo(random, 5),
    from: oneOf(random, 'own', 'elsewhere'),
  }),
  ask: (random, clients) => ({ do: oneOf(random, 'wake', 'move', 'flush', 'cancel'), client: upTo(random, clients) }),
  drain: (random) => ({
    do: 'drain',
    server: server(random),
    deadlineMs: 1_000 + upTo(random, 5_000),
    jitterMs: upTo(random, 1_000),
  }),
  cut: (random, clients) => ({
    do: 'cut',
    client: upTo(random, clients),
    heard: oneOf(random, 'both', 'client', 'server', 'none'),
  }),
  blackHole: (random) => ({
    do: 'blackHole',
    server: server(random),
    forMs: span(random, 10_000),
    side: oneOf(random, 'up', 'down', 'both'),
  }),
  delay: (random) => ({
    do: 'delay',
    server: server(random),
    forMs: span(random, 10_000),
    extraMs: span(random, 4_000),
  }),
  renew: (random, clients) => ({
    do: 'renew',
    client: upTo(random, clients),
    withinMs: 100 + span(random, 5_000),
    as: 'owner',
  }),
  renewOther: (random, clients) => ({
    do: 'renew',
    client: upTo(random, clients),
    withinMs: 100 + span(random, 5_000),
    as: 'other',
  }),
  expire: (random, clients) => ({ do: 'expire', client: upTo(random, clients) }),
  replay: (random) => ({ do: 'replay', nth: upTo(random, 100), as: oneOf(random, 'owner', 'other') }),
  visit: (random, clients) => ({ do: 'steal', client: upTo(random, clients), uses: false }),
  steal: (random, clients) => ({ do: 'steal', client: upTo(random, clients), uses: true }),
  crash: (random, clients) => ({
    do: 'crash',
    client: upTo(random, clients),
    downMs: span(random, 8_000),
    clockErrorMs: random() < 0.3 ? upTo(random, 7_200_000) - 3_600_000 : 0,
    disk: random() < 0.1 ? 'torn' : 'sound',
  }),
  crashBlind: (random, clients) => ({
    do: 'crash',
    client: upTo(random, clients),
    downMs: span(random, 8_000),
    clockErrorMs: 0,
    disk: 'unreadable',
  }),
  suspend: (random, clients) => ({
    do: 'suspend',
    client: upTo(random, clients),
    forMs: span(random, 20_000),
    clockStops: random() < 0.5,
  }),
  drift: (random, clients) => ({ do: 'drift', client: upTo(random, clients), rate: rate(random) }),
  jump: (random, clients) => ({ do: 'jump', client: upTo(random, clients), byMs: either(random, 30_000) }),
  slow: (random, clients) => ({
    do: oneOf(random, 'slowDisk', 'slowApp'),
    client: upTo(random, clients),
    forMs: 2_000 + span(random, 15_000),
    extraMs: 500 + span(random, 8_000),
  }),
  appFails: (random, clients) => ({ do: 'appFails', client: upTo(random, clients), forMs: span(random, 8_000) }),
  diskFails: (random, clients) => ({
    do: 'diskFails',
    client: upTo(random, clients),
    forMs: 500 + span(random, 10_000),
  }),
  copy: (random, clients) => ({ do: 'copy', client: upTo(random, clients) }),
  fork: (random, clients) => ({ do: 'fork', client: upTo(random, clients) }),
  end: (random, clients) => ({ do: oneOf(random, 'end', 'dismiss'), client: upTo(random, clients) }),
  crashServer: (random) => ({
    do: 'crashServer',
    server: server(random),
    downMs: span(random, 10_000),
    reset: random() < 0.7,
  }),
  freezeServer: (random) => ({ do: 'freezeServer', server: server(random), forMs: span(random, 15_000) }),
  driftServer: (random) => ({ do: 'driftServer', server: server(random), rate: rate(random) }),
  jumpServer: (random) => ({ do: 'jumpServer', server: server(random), byMs: either(random, 30_000) }),
  handlerFails: (random) => ({ do: 'handlerFails', server: server(random), forMs: span(random, 6_000) }),
  storeFails: (random) => ({ do: 'storeFails', forMs: span(random, 3_000), done: random() < 0.5 }),
  slowStore: (random) => ({ do: 'slowStore', forMs: span(random, 8_000), extraMs: span(random, 3_000) }),
  jumpStore: (random) => ({ do: 'jumpStore', byMs: either(random, 300_000) }),
  storeLoses: (random, clients) => ({ do: 'storeLoses', client: upTo(random, clients) }),
  backup: (random) => ({ do: oneOf(random, 'backup', 'restore') }),
} as const satisfies Readonly<Record<string, Draw>>;
