import fc from 'fast-check';
import { expect, test } from 'vitest';
import { payloadOf } from '../../../../src/session/payload.ts';
import { A, B, channelWorld, Disk } from './world.ts';

const host = fc.constantFrom(A, B);
const step = fc.oneof(
  fc.record({
    kind: fc.constant('send' as const),
    size: fc.constantFrom(1, 500, 9_000),
    ttlMs: fc.option(fc.constantFrom(50, 3_000)),
  }),
  fc.record({ kind: fc.constant('speak' as const), count: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constantFrom('kill' as const, 'vanish' as const, 'mute' as const, 'revive' as const), host }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(0, 20, 300, 2_500, 9_000) }),
  fc.record({
    kind: fc.constantFrom('drain' as const, 'wake' as const, 'reconnect' as const, 'slow' as const, 'quick' as const),
  }),
  fc.record({
    kind: fc.constant('disk' as const),
    mood: fc.constantFrom('well' as const, 'full' as const, 'hangs' as const),
  }),
  fc.record({ kind: fc.constant('online' as const), online: fc.boolean() }),
);

type World = ReturnType<typeof channelWorld>;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A handler that takes its time while it is told to. */
class Handler {
  readonly got: unknown[] = [];
  slow = false;
  private release = () => {};

  take(data: unknown): Promise<void> | undefined {
    this.got.push(data);
    if (!this.slow) return undefined;
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }

  quicken(): void {
    this.slow = false;
    this.release();
  }
}

function fault({ servers, wake, setOnline }: World, one: Step): void {
  if (one.kind === 'kill') servers.kill(one.host);
  else if (one.kind === 'vanish') servers.vanish(one.host);
  else if (one.kind === 'mute') servers.manners.set(one.host, 'mute');
  else if (one.kind === 'revive') servers.manners.delete(one.host);
  else if (one.kind === 'wake') wake();
  else if (one.kind === 'online') setOnline(one.online);
  else if (one.kind === 'drain') {
    for (const line of servers.lines) {
      if (!line.frozen && line.state.kind === 'open') line.feed({ kind: 'drain', deadlineMs: 1_000, jitterMs: 100 });
    }
  }
}

test('a channel loses, repeats and reorders nothing, whatever befalls its hosts, its network, its disk and its application', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const disk = new Disk();
      const world = channelWorld({ channel: { storage: disk, outbox: { maxCount: 20 } } });
      const { channel, servers, pass } = world;
      const handler = new Handler();
      const fates = new Map<number, string>();
      const gaps: unknown[] = [];
      let sent = 0;
      let said = 0;
      channel.on('message', (data) => handler.take(data));
      channel.on('gap', (gap) => gaps.push(gap));
      const send = (size: number, ttlMs: number | null) => {
        const n = ++sent;
        channel.send({ n, x: 'x'.repeat(size) }, ttlMs === null ? {} : { ttlMs }).then(
          () => fates.set(n, 'accepted'),
          (error) => fates.set(n, error.code),
        );
      };
      await pass(0);
      for (const one of steps) {
        fault(world, one);
        if (one.kind === 'send') send(one.size, one.ttlMs);
        else if (one.kind === 'pass') await pass(one.ms);
        else if (one.kind === 'disk') disk.mood = one.mood;
        else if (one.kind === 'reconnect') channel.reconnect();
        else if (one.kind === 'slow') handler.slow = true;
        else if (one.kind === 'quick') handler.quicken();
        else if (one.kind === 'speak') {
          const sid = servers.store.sessions.keys().next().value ?? '';
          for (let at = 0; at < one.count; at++)
            servers.store.run(
              { op: 'append', sid, id: 0, payload: payloadOf(++said) ?? expect.unreachable() },
              servers.nowMs,
            );
        }
      }
      servers.manners.clear();
      world.setOnline(true);
      disk.mood = 'well';
      handler.quicken();
      await pass(60_000);
      const got = servers.got.map((data) => (data as { n: number }).n);
      const accepted = [...fates].flatMap(([n, fate]) => (fate === 'accepted' ? [n] : []));
      expect(fates.size).toBe(sent);
      expect(got).toEqual([...new Set(got)].sort((a, b) => a - b));
      expect(got).toEqual(accepted.sort((a, b) => a - b));
      expect(
        [...fates.values()].filter((fate) => fate !== 'accepted' && fate !== 'EXPIRED' && fate !== 'OUTBOX_FULL'),
      ).toEqual([]);
      expect(handler.got).toEqual(Array.from({ length: said }, (_, at) => at + 1));
      expect(gaps.filter((gap) => (gap as { direction: string }).direction === 's2c')).toEqual([]);
      expect([channel.state.kind, channel.state.durable]).toEqual(['open', true]);
    }),
    { numRuns: 150 },
  );
});
