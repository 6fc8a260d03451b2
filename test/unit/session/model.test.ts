import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextClientTickMs } from '../../../src/session/clientMachine.ts';
import { payloadOf } from '../../../src/session/payload.ts';
import { nextServerTickMs } from '../../../src/session/serverMachine.ts';
import { accept, acknowledge, attach } from '../../../src/session/sessionRecord.ts';
import { SOUND } from './memoryStore.ts';
import { CLIENT, type Client } from './parties.ts';
import { type Flaws, World } from './world.ts';

/** A small generator of its own (mulberry32): a seed replays a run. */
function chance(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Faults {
  readonly cut: number;
  readonly crash: number;
  readonly crashServer: number;
  readonly storeFails: number;
  readonly wipe: number;
  readonly clone: number;
  readonly replay: number;
  readonly stall: number;
}
const NONE: Faults = { cut: 0, crash: 0, crashServer: 0, storeFails: 0, wipe: 0, clone: 0, replay: 0, stall: 0 };
const ROUGH: Faults = {
  cut: 0.04,
  crash: 0.02,
  crashServer: 0.01,
  storeFails: 0.05,
  wipe: 0,
  clone: 0,
  replay: 0.02,
  stall: 0.02,
};
const LOSSY: Faults = { ...ROUGH, wipe: 0.004 };
/**
 * Copies are the shell's to prevent: a stored session has one owner. Without that, still nothing is repeated or called accepted
 * that was not, until a copy crashes too, gives a message up, or the session is lost: then nobody can tell whose the numbers are.
 */
const COPIED: Faults = { ...ROUGH, stall: 0, crash: 0, clone: 0.004 };

function fault(world: World, client: Client, faults: Faults): void {
  const { random } = world;
  const hits = (share: number) => random() < share;
  const line = world.pick([...world.lines.values()]);
  if (hits(faults.cut) && line !== undefined) world.cut(line);
  if (hits(faults.crash)) world.crash(client);
  if (hits(faults.crashServer)) world.crashServer(random() < 0.5 ? 0 : 1);
  if (hits(faults.stall)) world.nowMs += random() * 20_000;
  if (hits(faults.wipe)) world.store.sessions.delete(client.state.sid);
  // Of what was in no session yet nobody can tell the copies apart; and the copy of a copy is one that has crashed.
  const inSession = (JSON.parse(client.disk)?.session.sid ?? '') !== '' && !client.name.includes('-');
  if (hits(faults.clone) && inSession && world.clients.length < 4) {
    const name = `${client.name}-${world.clients.length}`;
    world.witness.restored(name, JSON.parse(client.disk)?.app ?? null);
    world.witness.copied = true;
    world.addClient(name, client.disk);
  }
  const shown = world.pick(world.shown);
  if (hits(faults.replay) && shown !== undefined) replay(world, shown);
}

/** A thief shows a token that was seen before, and vanishes. */
function replay(world: World, { sid, token, subject }: World['shown'][number]): void {
  const fresh = { sid: `x${world.nowMs}`, stream: `x${world.nowMs}`, hash: 'x' };
  const probe = world.store.sessions.get(sid)?.record.tokens;
  // A token that is still good is no theft that anyone could see.
  if (probe === undefined || probe.known === `#${token}` || probe.pending.includes(`#${token}`)) return;
  const numbers = { rx: 0, txLow: 1 };
  const request = { op: 'attach', sid, stream: 'r', ...numbers, subject, hash: `#${token}`, fresh, ttlMs: 1 } as const;
  world.witness.ran(request, world.store.run(request, world.nowMs));
}

function act(world: World, client: Client, faults: Faults, busy: boolean): void {
  const { random } = world;
  const choice = random();
  const line = world.pick([...world.lines.values()]);
  if (choice < 0.55 && line !== undefined) world.carry(line, faults.storeFails);
  else if (choice < 0.65) world.connect(client);
  else if (choice < 0.8) world.flushDisk(client);
  else if (choice < 0.85 && busy) world.send(client, random() < 0.5, random() < 0.3 ? random() * 5_000 : undefined);
  else if (choice < 0.89 && busy) say(world, client);
  else if (choice < 0.9) world.tell(client, { kind: world.pick(['wake', 'move', 'flush'] as const) ?? 'wake' });
  else if (choice < 0.91 && line?.state.kind === 'open')
    world.feed(line, { kind: 'drain', deadlineMs: 5_000, jitterMs: 500 });
  else pass(world);
}

/** The server's application speaks: through the session's own connection, or from elsewhere, in a burst that may be heard of late. */
function say(world: World, client: Client): void {
  const payload = payloadOf({ said: world.witness.next() });
  const open = [...world.lines.values()].find(({ id, state }) => state.kind === 'open' && id.startsWith(client.name));
  if (payload === null) return;
  if (world.random() < 0.5 && open !== undefined) {
    world.feed(open, { kind: 'send', id: world.witness.next(), payload });
    return;
  }
  for (let burst = 0; burst < 4; burst++) {
    const request = { op: 'append', sid: client.state.sid, id: 0, payload } as const;
    const result = world.store.run(request, world.nowMs);
    world.witness.ran(request, result);
    if (result.kind === 'appended' && open !== undefined && world.random() < 0.5) {
      world.feed(open, { kind: 'grown', tx: result.seq });
    }
  }
}

/** Time passes until something is due, or a little. */
function pass(world: World): void {
  const duesMs = [...world.lines.values()].map(({ state }) => nextServerTickMs(state));
  duesMs.push(...world.clients.map(({ state }) => nextClientTickMs(state, CLIENT)));
  world.nowMs = Math.max(world.nowMs, Math.min(world.nowMs + 200, ...duesMs));
  for (const line of [...world.lines.values()]) world.feed(line, { kind: 'tick' });
  for (const client of world.clients) world.tell(client, { kind: 'tick' });
}

/** Faults for a while, then none: everything has to come to its end. */
function live(seed: number, faults: Faults, flaws: Flaws = {}, steps = 700): World {
  const random = chance(seed);
  const world = new World(random, SOUND, flaws);
  for (const name of ['ann', 'bob']) world.addClient(name);
  for (let step = 0; step < steps; step++) {
    const client = world.pick(world.clients);
    if (client === undefined) continue;
    fault(world, client, faults);
    act(world, client, faults, true);
  }
  // The copies close; the originals have the time to settle.
  for (const { name } of world.clients.filter((client) => client.name.includes('-'))) {
    const gone = world.clients.findIndex((client) => client.name === name);
    const [client] = world.clients.splice(gone, 1);
    for (const line of [...world.lines.values()])
      if (client && line.id.startsWith(`${client.name}.`)) line.clientEnd = false;
  }
  for (let step = 0; step < 60_000 && !isQuiet(world); step++) {
    const client = world.pick(world.clients);
    if (client !== undefined) act(world, client, NONE, false);
  }
  for (const client of world.clients) world.witness.settled(client);
  return world;
}

function isQuiet(world: World): boolean {
  return world.clients.every(({ state, writing }) => {
    const record = world.store.sessions.get(state.sid)?.record;
    return (
      state.link?.kind === 'live' &&
      state.attempts.length === 0 &&
      state.connectAtMs > world.nowMs + 60_000 &&
      writing === null &&
      state.outbox.head === state.outbox.end &&
      record?.tx === state.rx &&
      record.floor === record.tx
    );
  });
}

describe('a client and its servers', () => {
  test('without faults lose, repeat and reorder nothing', () => {
    const world = live(1, NONE);
    expect(world.witness.accepted.size).toBeGreaterThan(10);
    expect(world.witness.unknown.size).toBe(0);
  });

  test.each([
    ['a network that cuts, processes that crash, a store that fails, tokens that are replayed', ROUGH],
    ['sessions that are lost as well', LOSSY],
    ['tabs that are copied as well', COPIED],
  ])('keep every promise through %s', (_, faults) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        live(seed, faults);
      }),
      { numRuns: 60 },
    );
  });
});

test('the model meets what it is made for', () => {
  const met = new Map<string, number>();
  for (let seed = 1; seed <= 40; seed++) {
    const { witness } = live(seed, LOSSY);
    for (const [name, times] of witness.met) met.set(name, (met.get(name) ?? 0) + times);
  }
  const rare = [
    'new',
    'resumed',
    'partial',
    'gap s2c',
    'gap c2s',
    'lost s2c',
    'unknown',
    'refused dropped',
    'refused expired',
    'moved',
  ];
  expect(rare.filter((name) => (met.get(name) ?? 0) < 5)).toEqual([]);
});

describe('the model finds', () => {
  const caught = (flaws: Flaws, faults: Faults = ROUGH): string => {
    for (let seed = 1; seed <= 150; seed++) {
      try {
        live(seed, faults, flaws, 500);
      } catch (error) {
        const message = error instanceof Error ? error.message : '';
        if (message.startsWith('broken promise')) return message;
        throw error;
      }
    }
    return 'nothing';
  };

  const mutants: [string, Flaws, RegExp, Faults?][] = [
    [
      'a server that forgets the last message that it accepted',
      {
        steps: {
          attach: (found, request, nowMs) =>
            attach(found && { ...found, rx: Math.max(0, found.rx - 1) }, request, nowMs),
          accept: (record, items) => {
            const done = accept({ ...record, rx: Math.min(record.rx, (items[0]?.seq ?? 1) - 1) }, items);
            return done && { ...done, record: { ...done.record, rx: Math.max(done.record.rx, record.rx) } };
          },
        },
      },
      /twice|out of order|called lost|took effect/,
    ],
    [
      'a store without a fence',
      { steps: { holds: (record): record is NonNullable<typeof record> => record !== null } },
      /epoch/,
    ],
    ['a server that acknowledges before it has accepted', { acksBeforeAccepting: true }, /called accepted/],
    ['a client that acknowledges before it has stored', { liesAboutSaving: true }, /./],
    [
      'a lost range that is one too long',
      {
        steps: {
          attach: (found, request, nowMs) => {
            const done = attach(found, request, nowMs);
            const { record, result } = done;
            if (result.kind !== 'attached' || record === null || record.tx <= Math.max(request.rx, record.floor))
              return done;
            const skipped = { ...record, floor: Math.max(request.rx, record.floor) + 1 };
            return { record, result: { ...result, record: skipped } };
          },
        },
      },
      /called lost/,
    ],
    [
      'tokens that live on',
      {
        steps: {
          attach: (found, request, nowMs) =>
            attach(found && { ...found, tokens: { ...found.tokens, known: request.hash } }, request, nowMs),
        },
      },
      /dead token/,
    ],
    [
      'a log that forgets before it is told to',
      {
        steps: {
          acknowledge: (record, rx, ...rest) => acknowledge(record, Math.min(rx + 1, record.tx), ...rest),
        },
      },
      /called lost|settle|heard|not what/,
    ],
    ['keys that are not remembered', { forgetsKeys: true }, /twice/, LOSSY],
    ['a client that swallows a gap', { swallowsGaps: true }, /after/, { ...ROUGH, stall: 0.2 }],
  ];

  test.each(mutants)('%s', (_, flaws, complaint, faults) => {
    expect(caught(flaws, faults)).toMatch(complaint);
  });
});
