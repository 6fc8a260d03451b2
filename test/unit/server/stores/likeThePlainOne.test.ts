import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySessionStore } from '../../../../src/server/stores/memorySessionStore.ts';
import { payloadOf } from '../../../../src/session/payload.ts';
import type { StoreRequest, StoreResult } from '../../../../src/session/serverState.ts';
import type { Incoming } from '../../../../src/session/sessionRecord.ts';
import { PlainStore } from '../../../../src/simulate/schedules/plainStore.ts';
import { virtualClock } from '../../../../src/testing/virtualClock.ts';

const LIMITS = { count: 5, bytes: 60 };
const TTL_MS = 100;

/** One step of a random history: which session, which of its connections, and what that does. */
const step = fc.record({
  op: fc.constantFrom('attach', 'append', 'append', 'read', 'accept', 'accept', 'acknowledge', 'end', 'pass'),
  session: fc.nat(2),
  connection: fc.nat(9),
  a: fc.nat(6),
  b: fc.nat(40),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Held {
  readonly sid: string;
  readonly epoch: number;
  readonly stream: string;
  readonly hash: string;
}

/** The store, and the plain one of the protocol's own tests, through the same history. */
class Twins {
  readonly clock = virtualClock(1);
  readonly store = memorySessionStore({ replay: LIMITS, clock: this.clock });
  readonly plain = new PlainStore(LIMITS);
  readonly effects: unknown[] = [];
  readonly connections: Held[][] = [[], [], []];
  #drawn = 0;

  async do({ op, session, connection, a, b }: Step): Promise<void> {
    const mine = this.connections[session] ?? [];
    const held = mine[mine.length - 1 - (connection % Math.max(1, Math.min(3, mine.length)))];
    if (op === 'pass') await this.clock.advance(a * 10);
    else if (op === 'attach') await this.#attach(session, mine, held, a, b);
    else if (held !== undefined) await this.#both(requestOf(op, held, a, b));
  }

  async #attach(session: number, mine: Held[], held: Held | undefined, rx: number, txLow: number): Promise<void> {
    const n = ++this.#drawn;
    const fresh = { sid: `sid${n}`, stream: `stream${n}`, hash: `hash${n}` };
    const { sid = '', stream = '', hash = '' } = held ?? {};
    const numbers = { rx, txLow: txLow + 1, subject: `u${session}`, ttlMs: TTL_MS };
    const result = await this.#both({ op: 'attach', sid, stream, hash, ...numbers, fresh });
    if (result.kind !== 'attached') return;
    const { record } = result;
    mine.push({ sid: record.sid, epoch: record.epoch, stream: record.stream, hash: fresh.hash });
  }

  async #both(request: StoreRequest): Promise<StoreResult> {
    const wanted = this.plain.run(request, this.clock.now());
    const got = await (request.op === 'accept'
      ? this.store.accept(request, ({ message: { data } }) => void this.effects.push(data))
      : this.store.run(request));
    expect(got).toEqual(wanted);
    return wanted;
  }
}

function requestOf(op: string, { sid, epoch, stream }: Held, a: number, b: number): StoreRequest {
  const held = { sid, epoch, stream };
  const payload = payloadOf('x'.repeat(b)) ?? expect.unreachable('no payload');
  if (op === 'append') return { op, sid, id: a, payload };
  if (op === 'read') return { op, ...held, after: a, count: 1 + (b % 4), bytes: b };
  if (op === 'acknowledge') return { op, ...held, rx: b % 12, ttlMs: TTL_MS };
  if (op === 'end') return { op, ...held };
  const items: Incoming[] = Array.from({ length: 1 + (b % 3) }, (_, at) =>
    b % 7 === 0 && at === 0
      ? { kind: 'lost', seq: a + 1 }
      : { kind: 'message', seq: a + at + 1, key: b % 2 === 0 ? `k${a + at}` : null, data: `${sid}:${a + at + 1}` },
  );
  return { op: 'accept', ...held, items };
}

test('the store in memory does, step by step, what the plainest one does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
      const twins = new Twins();
      for (const one of steps) await twins.do(one);
      expect(twins.effects).toEqual(twins.plain.effects.map(({ data }) => data));
      const alive = [...twins.plain.sessions.values()].filter(({ record }) => record.expiresAtMs > twins.clock.now());
      const { sessions, messages, bytes } = await twins.store.collect();
      expect([sessions, messages]).toEqual([alive.length, alive.reduce((sum, { log }) => sum + log.length, 0)]);
      expect(bytes).toBe(alive.reduce((sum, { record }) => sum + record.held, 0));
    }),
    { numRuns: 150 },
  );
});
