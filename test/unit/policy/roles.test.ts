import { describe, expect, it } from 'vitest';
import { candidates } from '../../../src/policy/selection.ts';
import { rankHosts, readTopology } from '../../../src/policy/topology.ts';
import { A, B, BAD, C, GOOD, hinted, OK, PoolWorld, RESET, STANDBY, seeded } from './poolWorld.ts';

const IDLE = { kind: 'inactive', why: 'standby' } as const;
const order = (world: PoolWorld) => candidates(world.state, world.nowMs).map(({ origin }) => origin);

describe('a standby', () => {
  it('that says so is left at once, without blame: a switchover', () => {
    const world = new PoolWorld();
    world.attempt(A, STANDBY);
    expect(world.health(A)).toBe('inactive');
    expect(world.moves).toEqual([{ kind: 'switchover', from: A, to: B, cause: 'standby', tookMs: 0 }]);
    expect(world.record(A)).toMatchObject({ ejections: 0, troubleSinceMs: null });
  });

  it('that serves, but says that it stands by, is left too', () => {
    const world = new PoolWorld();
    world.attempt(A, OK, { hints: hinted({ role: 'standby' }) });
    expect(world.health(A)).toBe('inactive');
    expect(world.current).toBe(B);
  });

  it('is looked at only if it is wanted more than the current host, each 7.5 to 22.5 s', () => {
    const random = seeded(3);
    const world = new PoolWorld([A, B, C], {}, random);
    world.attempt(A, STANDBY);
    world.attempt(C, STANDBY);
    const sent: number[] = [];
    for (let turn = 0; turn < 6000; turn++) {
      world.pass(100, () => IDLE);
      if (world.probes.length > sent.length) sent.push(world.nowMs);
    }
    expect(new Set(world.probes)).toEqual(new Set([A]));
    const gaps = sent.slice(1).map((at, index) => at - (sent[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(7400);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(22_600);
  });

  it('is not looked at while the host that is wanted more serves well, and is once that one is in trouble', () => {
    const world = new PoolWorld();
    world.attempt(B, STANDBY);
    world.pass(600_000);
    expect(world.probes).toEqual([]);
    world.attempt(A, RESET);
    expect(world.probes).toEqual([B]);
  });

  it('is looked at where the current host stands by as well', () => {
    const world = new PoolWorld();
    world.attempt(B, STANDBY);
    world.attempt(A, STANDBY);
    expect(world.current).toBe(A);
    world.pass(31_000, (origin) => (origin === B ? GOOD : IDLE));
    expect(world.current).toBe(B);
    expect(world.record(B).health).toMatchObject({ kind: 'holding', why: 'standby' });
  });

  it('that is active again and wanted more is held back after two good looks, and then gets its clients', () => {
    const world = new PoolWorld();
    world.attempt(A, STANDBY);
    world.pass(31_000, () => GOOD);
    expect(world.health(A)).toBe('holding');
    world.pass(60_000, () => GOOD);
    expect(world.moves.at(-1)).toMatchObject({ kind: 'failback', to: A });
  });

  it('that repeats its word changes nothing, until it begins to prove itself', () => {
    const world = new PoolWorld();
    world.attempt(A, STANDBY);
    const { state } = world;
    world.nowMs += 1000;
    expect(world.attempt(A, STANDBY)).toEqual([]);
    expect(world.state).toBe(state);
    world.pass(15_000);
    world.answer(A, GOOD);
    world.attempt(A, STANDBY);
    expect(world.record(A).health).toMatchObject({ kind: 'inactive', goodProbes: 0 });
  });

  it('must give its good answers in a row', () => {
    const world = new PoolWorld();
    world.attempt(A, STANDBY);
    let looks = 0;
    world.pass(120_000, () => (looks++ % 2 === 0 ? GOOD : IDLE));
    expect(looks).toBeGreaterThan(5);
    expect(world.health(A)).toBe('inactive');
  });

  it('is ejected by a look that fails', () => {
    const world = new PoolWorld();
    world.attempt(A, STANDBY);
    world.pass(15_000, () => BAD);
    expect(world.health(A)).toBe('ejected');
  });

  it('that was promoted is found: when the active host dies, its first answer puts it into use', () => {
    const world = new PoolWorld();
    world.attempt(B, STANDBY);
    world.nowMs += 60_000;
    world.attempts(2, A, RESET);
    expect(world.health(A)).toBe('ejected');
    expect(order(world)).toEqual([B, A]);
    world.attempt(B, OK);
    expect(world.health(B)).toBe('holding');
    expect(world.current).toBe(B);
    expect(world.moves).toMatchObject([{ kind: 'failover', from: A, to: B, cause: 'reset' }]);
  });

  it('that was promoted is found by a look, too, if no request comes', () => {
    const world = new PoolWorld();
    world.attempt(B, STANDBY);
    world.attempts(2, A, RESET);
    world.pass(45_000, (origin) => (origin === B ? GOOD : BAD));
    expect(world.current).toBe(B);
  });

  it('is not taken for promoted by an answer to a request from before it stood by, or by one that says otherwise', () => {
    const world = new PoolWorld();
    world.nowMs += 1000;
    world.attempt(B, STANDBY);
    world.attempt(B, OK, { tookMs: 500 });
    expect(world.health(B)).toBe('inactive');
    for (const role of ['standby', 'draining'] as const) world.attempt(B, OK, { hints: hinted({ role }) });
    expect(world.health(B)).toBe('inactive');
  });

  it('that is mute is asked after an ejected one', () => {
    const world = new PoolWorld([A, B, C]);
    world.attempt(C, STANDBY);
    world.attempts(2, A, RESET);
    world.attempt(B, STANDBY);
    expect(order(world)).toEqual([B, C, A]);
    world.nowMs += 1000;
    world.attempt(B, RESET);
    expect(order(world)).toEqual([C, A, B]);
  });

  it('that is the only host left serves on', () => {
    const world = new PoolWorld([A]);
    world.attempt(A, STANDBY);
    expect(world.current).toBe(A);
    expect(order(world)).toEqual([A]);
    world.attempt(A, OK);
    expect(world.health(A)).toBe('holding');
  });
});

describe('a draining host', () => {
  const draining = (retryWindowMs: number | null) => hinted({ role: 'draining', retryWindowMs });

  it('is left at a moment drawn from the window that it gave', () => {
    const random = seeded(5);
    const moments = Array.from({ length: 1000 }, () => {
      const world = new PoolWorld([A, B], {}, random);
      world.attempt(A, OK, { hints: draining(30_000) });
      const { health } = world.record(A);
      const leftMs = health.kind === 'up' ? (health.leaveAtMs ?? 0) - world.nowMs : Number.NaN;
      expect(world.wakeMs).toBe(world.nowMs + leftMs);
      world.pass(leftMs);
      expect(world.moves).toEqual([{ kind: 'switchover', from: A, to: B, cause: 'draining', tookMs: 0 }]);
      return leftMs;
    });
    expect(Math.min(...moments)).toBeLessThan(1000);
    expect(Math.max(...moments)).toBeGreaterThan(29_000);
    expect(Math.max(...moments)).toBeLessThan(30_000);
  });

  it('is left at the moment that was drawn first, however often it says so', () => {
    let draw = 0.2;
    const world = new PoolWorld([A, B], {}, () => draw);
    world.attempt(A, OK, { hints: draining(30_000) });
    draw = 0.9;
    for (let second = 0; second < 5; second++) {
      world.pass(1000);
      world.attempt(A, OK, { hints: draining(30_000) });
    }
    expect(world.current).toBe(A);
    world.pass(1000);
    expect(world.current).toBe(B);
  });

  it('is left at once without a window', () => {
    const world = new PoolWorld();
    world.attempt(A, OK, { hints: draining(null) });
    expect(world.current).toBe(B);
  });

  it('is left within its window even where it names its successor: not all of its clients at once', () => {
    const world = new PoolWorld([A, B, C], {}, () => 0.5);
    world.attempt(A, OK, { hints: hinted({ role: 'draining', retryWindowMs: 30_000, active: C }) });
    world.pass(14_999);
    expect(world.current).toBe(A);
    world.pass(1);
    expect(world.current).not.toBe(A);
  });

  it('without a window sends its clients where it says', () => {
    const world = new PoolWorld([A, B, C]);
    world.attempt(A, OK, { hints: hinted({ role: 'draining', active: C }) });
    expect(world.current).toBe(C);
    expect(world.moves).toHaveLength(1);
  });

  it('that is active again before it was left stays', () => {
    const world = new PoolWorld();
    world.attempt(A, OK, { hints: draining(30_000) });
    world.attempt(A, OK, { hints: hinted({ role: 'active' }) });
    world.pass(60_000);
    expect(world.current).toBe(A);
    expect(world.effects).toEqual([]);
  });

  it('is one by its word alone, not by an answer with no role', () => {
    const world = new PoolWorld();
    world.attempt(A, OK, { hints: hinted({ epoch: { cluster: 'db', number: 1 } }) });
    world.pass(1000);
    expect(world.current).toBe(A);
  });

  it('that is the only one is used on', () => {
    const world = new PoolWorld([A]);
    world.attempt(A, OK, { hints: draining(1000) });
    world.pass(60_000, () => ({ kind: 'inactive', why: 'draining' }));
    expect(world.current).toBe(A);
    expect(order(world)).toEqual([A]);
    world.pass(60_000, () => GOOD);
    expect(world.health(A)).toBe('up');
  });

  it('in service is left in its window also where only a probe hears of it', () => {
    const world = new PoolWorld([A, B], { probe: { always: true } }, () => 0.5);
    world.pass(0);
    world.answer(A, { kind: 'inactive', why: 'draining' }, draining(10_000));
    world.pass(4999, () => null);
    expect(world.current).toBe(A);
    world.pass(1, () => null);
    expect(world.current).toBe(B);
  });
});

describe('a host that is named active', () => {
  const names = (active: string) => hinted({ role: 'standby', active });

  it('is followed', () => {
    const world = new PoolWorld([A, B, C]);
    world.attempt(A, STANDBY, { hints: names(C) });
    expect(world.current).toBe(C);
  });

  it('is never followed where it is not listed', () => {
    const world = new PoolWorld([A, B]);
    world.attempt(A, STANDBY, { hints: names('https://evil.example') });
    expect(world.current).toBe(B);
    expect(world.state.namedActive).toBeNull();
  });

  it('is stayed with, though another one is wanted more, until that one is active by its own word', () => {
    const world = new PoolWorld([A, B, C]);
    world.attempt(B, STANDBY, { hints: names(C) });
    world.pass(200_000, () => GOOD);
    expect(world.health(A)).toBe('up');
    expect(world.current).toBe(C);
    expect(world.probes).toEqual([]);
    world.attempt(A, OK, { hints: hinted({ role: 'active' }) });
    expect(world.current).toBe(A);
  });

  it('is not forgotten because of answers that name nobody', () => {
    const world = new PoolWorld([A, B, C]);
    world.attempt(A, STANDBY, { hints: names(C) });
    for (const role of ['standby', 'draining', null] as const) world.attempt(B, OK, { hints: hinted({ role }) });
    world.attempt(C, OK, { hints: hinted({ role: 'active' }) });
    expect(world.state.namedActive).toBe(C);
  });

  it('is asked first though it stood by when it was heard of last', () => {
    const world = new PoolWorld([A, B, C]);
    world.attempt(B, STANDBY);
    world.attempt(C, STANDBY);
    world.attempt(A, STANDBY, { hints: names(C) });
    expect(order(world)[0]).toBe(C);
    world.attempt(C, OK, { hints: hinted({ role: 'active' }) });
    expect(world.current).toBe(C);
  });

  it('is forgotten when it fails', () => {
    const world = new PoolWorld([A, B, C]);
    world.attempt(B, STANDBY, { hints: names(C) });
    expect(world.current).toBe(C);
    world.attempts(2, C, RESET);
    expect(world.state.namedActive).toBeNull();
    expect(world.current).toBe(A);
  });

  it('by each of two hosts that both stand by leads nowhere round and round', () => {
    const world = new PoolWorld();
    for (let turn = 0; turn < 10; turn++) {
      world.attempt(A, STANDBY, { hints: names(B) });
      world.attempt(B, STANDBY, { hints: names(A) });
    }
    expect(world.moves.length).toBeLessThanOrEqual(2);
  });
});

describe('the fence', () => {
  const epoch = (number: number, more = {}) => ({
    hints: hinted({ role: 'active', epoch: { cluster: 'db', number }, ...more }),
  });

  it('shuts a host out whose epoch is below one that was seen, and does not heed it', () => {
    const world = new PoolWorld([A, B, C]);
    world.attempt(B, OK, epoch(7));
    world.attempt(A, OK, epoch(6, { active: C }));
    expect(world.health(A)).toBe('inactive');
    expect(world.current).toBe(B);
    expect(world.state.namedActive).toBeNull();
  });

  it('does not call a host back for as long as its epoch is too low, and does once it is not', () => {
    const world = new PoolWorld();
    world.attempt(B, OK, epoch(7));
    world.attempt(A, OK, epoch(6));
    world.pass(120_000, () => ({ kind: 'inactive', why: 'stale epoch' }));
    expect(world.current).toBe(B);
    world.pass(120_000, () => GOOD);
    expect(world.current).toBe(A);
  });

  it('opens after 10 minutes: it is no lock-out', () => {
    const world = new PoolWorld([A]);
    world.attempt(A, OK, epoch(7));
    world.nowMs += 600_000;
    world.attempt(A, OK, epoch(6));
    expect(world.health(A)).toBe('up');
  });
});

describe('what the owner prefers', () => {
  it('is used as soon as it is well, and left when it is not wanted any more', () => {
    const world = new PoolWorld([A, B, C]);
    world.step({ kind: 'prefer', origin: C });
    world.step({ kind: 'prefer', origin: null });
    expect(world.moves).toMatchObject([
      { kind: 'switchover', to: C, cause: 'asked for' },
      { kind: 'failback', to: A },
    ]);
  });

  it('leaves the order of the others as it is', () => {
    const world = new PoolWorld([A, B, C]);
    world.step({ kind: 'prefer', origin: C });
    world.attempts(2, A, RESET);
    world.pass(10_001, () => BAD);
    world.attempts(2, C, RESET);
    expect(world.current).toBe(B);
    world.pass(300_000, (origin) => (origin === A ? GOOD : BAD));
    expect(world.current).toBe(A);
    world.pass(300_000, () => GOOD);
    expect(world.current).toBe(C);
  });

  it('goes before what a server says', () => {
    const world = new PoolWorld([A, B, C]);
    world.step({ kind: 'prefer', origin: B });
    world.attempt(A, STANDBY, { hints: hinted({ role: 'standby', active: C }) });
    expect(world.current).toBe(B);
  });
});

describe('a new list', () => {
  it('keeps what is known of the hosts that stay', () => {
    const world = new PoolWorld([A, B]);
    world.kill(A);
    world.step({ kind: 'hosts', origins: [C, A, B] });
    expect(world.health(A)).toBe('ejected');
    expect(world.current).toBe(C);
    expect(world.moves.at(-1)).toEqual({ kind: 'switchover', from: B, to: C, cause: 'hosts changed', tookMs: 0 });
  });

  it('without the current host, the preferred one and the named one forgets them', () => {
    const world = new PoolWorld([A, B, C]);
    world.step({ kind: 'prefer', origin: A });
    world.attempt(B, STANDBY, { hints: hinted({ role: 'standby', active: A }) });
    world.step({ kind: 'hosts', origins: [C] });
    expect(world.state).toMatchObject({ current: C, preferred: null, namedActive: null });
    expect(world.state.hosts).toHaveLength(1);
  });

  it('with the same hosts keeps the current one, the wish and the name', () => {
    const world = new PoolWorld([A, B, C]);
    world.attempt(A, STANDBY, { hints: hinted({ role: 'standby', active: B }) });
    world.step({ kind: 'prefer', origin: C });
    const { state } = world;
    expect(world.step({ kind: 'hosts', origins: [A, B, C] })).toEqual([]);
    expect(world.state).toEqual(state);
  });

  it('after none is no move: no host was left', () => {
    const world = new PoolWorld([]);
    world.step({ kind: 'hosts', origins: [A, B] });
    expect(world.current).toBe(A);
    expect(world.moves).toEqual([]);
  });
});

describe('M active hosts and N standbys', () => {
  const actives = ['https://m1.example', 'https://m2.example', 'https://m3.example'];
  const standbys = ['https://n1.example', 'https://n2.example'];
  const topology = readTopology({ active: actives, standby: standbys }, false);
  const clients = Array.from({ length: 3000 }, (_, index) => {
    return new PoolWorld(rankHosts(topology, `client ${index}`, null));
  });
  const users = (host: string) => clients.filter((client) => client.current === host).length;
  const [dead = ''] = actives;

  it('share the clients evenly', () => {
    for (const host of actives) expect(Math.abs(users(host) - 1000)).toBeLessThan(120);
    for (const host of standbys) expect(users(host)).toBe(0);
  });

  it('when one fails, its own clients move, evenly over the standbys, and nobody else; then they return', () => {
    const before = clients.map(({ current }) => current);
    const own = users(dead);
    for (const client of clients) if (client.current === dead) client.kill(dead);
    for (const host of standbys) expect(Math.abs(users(host) - own / 2)).toBeLessThan(100);
    expect(users(standbys[0] ?? '') + users(standbys[1] ?? '')).toBe(own);
    expect(clients.filter((client, index) => client.current !== before[index])).toHaveLength(own);
    for (const client of clients) client.pass(100_000, () => GOOD);
    expect(clients.map(({ current }) => current)).toEqual(before);
  });
});
