import fc from 'fast-check';
import { expect, test } from 'vitest';
import { A, B } from '../runtime/world.ts';
import { type ServedStream, streamWorld } from './streamHosts.ts';

const HTML = { headers: { 'content-type': 'text/html' }, body: '<p>' };
const BUSY = { status: 503, headers: { 'retry-after': '2' } };
const STEP_MS = 100;

/** What can happen between two moments. */
const happening = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    host: fc.constantFrom(A, B),
    to: fc.constantFrom('refuse', 'hang', 'reset', 'standby', 'html', 'busy', 'error', 'slow', 'well', 'well'),
  }),
  fc.record({ kind: fc.constantFrom('break' as const, 'end' as const) }),
  fc.record({ kind: fc.constant('prefer' as const), host: fc.constantFrom(A, B, null) }),
  fc.record({ kind: fc.constant('online' as const), online: fc.boolean() }),
  fc.record({ kind: fc.constant('wake' as const) }),
);
const history = fc.array(fc.record({ what: happening, steps: fc.oneof(fc.nat(5), fc.nat(200)) }), { maxLength: 25 });

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** A pool's chance, the same for the same seed (a linear congruential generator, Numerical Recipes). */
function drawsFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Servers that tell one story, a line every {@link STEP_MS}, each from where its client says that it has got to. */
function tale(seed: number) {
  const world = streamWorld({ random: drawsFrom(seed), failback: { holdMs: 1_000 } });
  const told = new WeakMap<ServedStream, number>();
  let written = 0;
  const tell = (stream: ServedStream) => {
    const from = told.get(stream) ?? Number(stream.headers.get('last-event-id') ?? 0);
    for (let id = from + 1; id <= written; id++) stream.send(`id: ${id}\ndata: ${id}\n\n`);
    told.set(stream, written);
  };
  const over = new WeakSet<ServedStream>();
  const alive = () => world.served.filter((stream) => !over.has(stream) && !stream.signal.aborted);
  return {
    ...world,
    get written() {
      return written;
    },
    async pass(steps: number) {
      for (let step = 0; step < steps; step++) {
        written++;
        for (const stream of alive()) tell(stream);
        await world.clock.advance(STEP_MS);
      }
    },
    finish(how: 'break' | 'end') {
      for (const stream of alive()) {
        over.add(stream);
        stream[how]();
      }
    },
  };
}

function happen(world: ReturnType<typeof tale>, what: Happening): void {
  if (what.kind === 'break' || what.kind === 'end') world.finish(what.kind);
  if (what.kind === 'prefer') world.pool.prefer(what.host);
  if (what.kind === 'online') world.setOnline(what.online);
  if (what.kind === 'wake') world.wake();
  if (what.kind !== 'set') return;
  const { host, to } = what;
  if (to === 'well') world.heal(host);
  else if (to === 'slow') world.slow(host, 1_500);
  else if (to === 'html') world.set(host, HTML);
  else if (to === 'busy') world.set(host, BUSY);
  else if (to === 'error') world.set(host, { status: 500 });
  else world.set(host, to);
}

test('whatever happens, each event comes once and in order, nobody is asked in a loop, and the stream comes back', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(), async (steps, seed) => {
      const world = tale(seed);
      const source = world.open({ stallMs: 5_000 });
      for (const { what, steps: count } of steps) {
        const before = world.asked().length;
        happen(world, what);
        await world.pass(count);
        // In each round both hosts once, and rounds no closer than a wait; a happening or two may bring one forward.
        expect(world.asked().length - before).toBeLessThanOrEqual(12 + count);
      }
      world.setOnline(true);
      world.heal(A);
      world.heal(B);
      await world.pass(900);
      expect(source.readyState).toBe(1);
      const ids = world.heard().flatMap((line) => (line.includes('#') ? [Number(line.split('#')[1])] : []));
      expect(ids).toEqual(Array.from({ length: world.written }, (_, index) => index + 1));
      source.close();
      await world.clock.advance(0);
      expect(world.served.every(({ signal }) => signal.aborted)).toBe(true);
      expect(world.clock.timers.filter(({ background }) => !background)).toEqual([]);
      world.pool.close();
    }),
    { numRuns: 20 },
  );
});
