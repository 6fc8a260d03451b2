import { describe, expect, test } from 'vitest';
import { A, B, C } from '../runtime/world.ts';
import { streamWorld } from './streamHosts.ts';

const NO_HOLD = { failback: { holdMs: 0 } };

describe('an EventSource whose pool moves', () => {
  test('opens the new stream before it leaves the old one', async () => {
    const { clock, pool, open, served, heard, hosts } = streamWorld();
    const source = open();
    await clock.advance(0);
    const [old] = served;
    old?.send('id: 1\ndata: x\n\n');
    await clock.advance(0);
    let leftBeforeOpening = false;
    const { fetch } = pool.ports;
    Object.assign(pool.ports, {
      fetch: (...args: Parameters<typeof fetch>) => {
        leftBeforeOpening ||= old?.signal.aborted ?? false;
        return fetch(...args);
      },
    });
    pool.prefer(B);
    await clock.advance(0);
    expect([hosts(), served[1]?.headers.get('last-event-id'), old?.signal.aborted]).toEqual(['ab', '1', true]);
    expect([leftBeforeOpening, source.readyState, heard()]).toEqual([false, 1, ['open 1', 'x#1']]);
    pool.close();
  });

  test('stays where it is while the new host does not give a stream, and tries again', async () => {
    const { clock, pool, open, served, heard, set, heal, hosts } = streamWorld();
    const source = open();
    await clock.advance(0);
    for (const behaviour of [{ status: 404 }, { status: 204 }, { status: 500 }]) {
      set(B, behaviour);
      pool.prefer(B);
      await clock.advance(2_000);
      served[0]?.send('data: x\n\n');
      await clock.advance(0);
      expect([source.readyState, heard().at(-1), served[0]?.signal.aborted]).toEqual([1, 'x', false]);
      expect(source.url).toBe(`${A}/events`);
    }
    heal(B);
    await clock.advance(40_000);
    expect([hosts(), source.readyState, source.url, heard()]).toEqual(['ab', 1, `${B}/events`, []]);
    pool.close();
  });

  test('asks nobody but the host that it should be at', async () => {
    const { clock, pool, open, asked } = streamWorld({ list: [A, B, C], network: { [B]: { status: 500 } } });
    open();
    await clock.advance(0);
    pool.prefer(B);
    await clock.advance(3_000);
    expect(asked()).toMatch(/^ab+$/);
    pool.close();
  });

  test('hands out once what comes by both streams, and nothing less', async () => {
    const { clock, pool, open, served, heard, set, heal, last } = streamWorld();
    open();
    await clock.advance(0);
    served[0]?.send('id: 1\ndata: a\n\n');
    await clock.advance(0);
    heal(B);
    const now = pool.ports.clock.now();
    set(B, async (request) => {
      await clock.setTimer(() => {}, 0);
      await new Promise<void>((resolve) => void clock.setTimer(resolve, 100));
      heal(B);
      return pool.ports.fetch(request);
    });
    pool.prefer(B);
    await clock.advance(50);
    served[0]?.send('id: 2\ndata: b\n\nid: 2\ndata: c\n\ndata: without\n\n');
    await clock.advance(60);
    expect(pool.ports.clock.now() - now).toBe(110);
    expect([last().host, last().headers.get('last-event-id')]).toEqual(['b', '1']);
    last().send('id: 2\ndata: b\n\nid: 2\ndata: c\n\nid: 2\ndata: d\n\nid: 3\ndata: e\n\nid: 2\ndata: f\n\n');
    await clock.advance(0);
    expect(heard()).toEqual(['open 1', 'a#1', 'b#2', 'c#2', 'without#2', 'd#2', 'e#3', 'f#2']);
    pool.close();
  });

  test('takes the same ID for another event, once the new stream is past what it repeats', async () => {
    const { clock, pool, open, served, last, set, heal, heard } = streamWorld();
    open();
    await clock.advance(0);
    for (const [from, to] of [
      [A, B],
      [B, A],
    ] as const) {
      set(to, async (request) => {
        await new Promise<void>((resolve) => void clock.setTimer(resolve, 100));
        heal(to);
        return pool.ports.fetch(request);
      });
      const old = last();
      pool.prefer(to);
      await clock.advance(50);
      // Only the first move has something to repeat.
      if (from === A) old.send('id: 2\ndata: b\n\n');
      await clock.advance(50);
      last().send(from === A ? 'id: 9\ndata: x\n\nid: 2\ndata: y\n\n' : 'id: 11\n\n');
      await clock.advance(0);
    }
    expect(heard()).toEqual(['open 1', 'b#2', 'x#9', 'y#2']);
    last().break();
    await clock.advance(0);
    expect([served.length, last().headers.get('last-event-id')]).toEqual([4, '11']);
    pool.close();
  });

  test('a stream that breaks while it repeats goes on after the last event that was handed out', async () => {
    const { clock, pool, open, served, last, set, heal, heard } = streamWorld();
    open();
    await clock.advance(0);
    set(B, async (request) => {
      await new Promise<void>((resolve) => void clock.setTimer(resolve, 100));
      heal(B);
      return pool.ports.fetch(request);
    });
    pool.prefer(B);
    served[0]?.send('id: 1\ndata: a\n\nid: 2\ndata: b\n\n');
    await clock.advance(100);
    last().send('id: 1\ndata: a\n\n');
    await clock.advance(0);
    last().break();
    await clock.advance(0);
    expect([last().headers.get('last-event-id'), heard().filter((line) => line.includes('#'))]).toEqual([
      '2',
      ['a#1', 'b#2'],
    ]);
    pool.close();
  });

  test('goes back to a host that it left for one failure, once that is well, or once it has recovered', async () => {
    const { clock, pool, open, served, set, heal, hosts, heard, asked } = streamWorld(NO_HOLD);
    const source = open({ stallMs: 0 });
    await clock.advance(0);
    served[0]?.break();
    await clock.advance(10_000);
    // One reset proves nothing against it.
    expect([hosts(), served[1]?.signal.aborted, source.readyState]).toEqual(['aba', true, 1]);
    set(A, 'refuse');
    served[2]?.break();
    await clock.advance(10_000);
    expect([hosts(), pool.status.current]).toEqual(['abab', B]);
    const before = asked().length;
    await clock.advance(60_000);
    // From then on it is for the pool's probes to find out.
    expect([asked().length, served[3]?.signal.aborted]).toEqual([before, false]);
    heal(A);
    await clock.advance(120_000);
    expect([hosts(), served[3]?.signal.aborted, source.readyState]).toEqual(['ababa', true, 1]);
    expect(heard().filter((line) => line.startsWith('STREAM'))).toHaveLength(2);
    pool.close();
  });

  test('a stream that has lasted clears its host of streams that broke at once', async () => {
    const { clock, pool, open, last } = streamWorld();
    const faults = () => pool.state.hosts[0]?.health;
    open();
    const backAtA = async () => {
      for (let ms = 0; ms < 60_000 && (last()?.host !== 'a' || last().signal.aborted); ms += 100)
        await clock.advance(100);
    };
    await clock.advance(0);
    last().break();
    await backAtA();
    last().break();
    await backAtA();
    await clock.advance(6_000);
    last().end();
    await clock.advance(1_000);
    last().break();
    await clock.advance(0);
    expect([faults()?.kind, last().host]).toEqual(['up', 'b']);
    pool.close();
  });

  test('does not wait for a host that others have found to be gone', async () => {
    const { clock, pool, open, hosts, fail } = streamWorld({ network: { [A]: 'hang' } });
    open();
    await clock.advance(1_000);
    fail(A, 'refused');
    fail(A, 'refused');
    await clock.advance(0);
    expect(hosts()).toBe('b');
    pool.close();
  });
});

describe('an EventSource that hears nothing', () => {
  test('opens another stream beside the silent one; any byte is a sign of life', async () => {
    const { clock, pool, open, served, heard, hosts } = streamWorld();
    const source = open({ stallMs: 10_000 });
    await clock.advance(0);
    for (let count = 0; count < 5; count++) {
      await clock.advance(9_000);
      served[0]?.send(':\n');
    }
    await clock.advance(9_999);
    expect(hosts()).toBe('a');
    await clock.advance(1);
    expect([hosts(), served[0]?.signal.aborted, source.readyState, heard()]).toEqual(['aa', true, 1, ['open 1']]);
    expect(pool.status.hosts[0]?.state).toBe('up');
    pool.close();
  });

  test('leaves a host that does not answer either', async () => {
    const { clock, pool, open, hosts, set, heard } = streamWorld();
    open({ stallMs: 10_000 });
    await clock.advance(0);
    set(A, 'hang');
    await clock.advance(15_000);
    expect([hosts(), heard()]).toEqual(['ab', ['open 1', 'STREAM_BROKEN 0', 'open 1']]);
    pool.close();
  });

  test('waits for ever with stallMs 0, but looks after a sleep', async () => {
    const { clock, pool, open, hosts, wake } = streamWorld();
    open({ stallMs: 0 });
    await clock.advance(0);
    await clock.advance(3_600_000);
    expect(hosts()).toBe('a');
    wake();
    await clock.advance(0);
    expect(hosts()).toBe('aa');
    wake();
    await clock.advance(1_000);
    expect(hosts()).toBe('aa');
    // A monotonic clock may stand still while the machine sleeps.
    const nowMs = clock.wallTime();
    Object.assign(clock, { wallTime: () => nowMs + 60_000 });
    wake();
    await clock.advance(0);
    expect(hosts()).toBe('aaa');
    pool.close();
  });
});

describe('the pace of an EventSource', () => {
  /** Asked times within a span. */
  const asks = async (world: ReturnType<typeof streamWorld>, ms: number) => {
    const before = world.asked().length;
    await world.clock.advance(ms);
    return world.asked().length - before;
  };

  test.each([
    ['ends each stream at once', { headers: { 'content-type': 'text/event-stream' } }],
    ['breaks each stream at once', { headers: { 'content-type': 'text/event-stream' }, bodyEnd: 'break' as const }],
    ['refuses', 'refuse' as const],
    ['answers 500', { status: 500 }],
    ['answers something else', {}],
    ['stands by', 'standby' as const],
  ])('slows down where every host %s', async (_, behaviour) => {
    const world = streamWorld({ network: { [A]: behaviour, [B]: behaviour }, random: () => 0.5 });
    world.open();
    const counts = [await asks(world, 10_000), await asks(world, 60_000), await asks(world, 60_000)];
    expect(counts[0]).toBeLessThanOrEqual(12);
    expect(counts[2]).toBeLessThanOrEqual(16);
    expect(counts[2]).toBeGreaterThanOrEqual(2);
    world.pool.close();
  });

  test('a stream that says something and ends is opened again within the time that its server wishes', async () => {
    const headers = { 'content-type': 'text/event-stream' };
    for (const [body, least, most] of [
      ['data: x\n\n', 100, 140],
      ['retry: 4000\ndata: x\n\n', 28, 32],
      ['retry: 0\ndata: x\n\n', 1_000, 1_300],
      ['retry: 999999999\ndata: x\n\n', 2, 3],
    ] as const) {
      const world = streamWorld({ network: { [A]: { headers, body } }, random: () => 0.5 });
      world.open();
      const count = await asks(world, 60_000);
      expect(count).toBeGreaterThanOrEqual(least);
      expect(count).toBeLessThanOrEqual(most);
      world.pool.close();
    }
  });

  test('spreads a move over the window of the host that is lost', async () => {
    const answerHeaders = { 'switchover-role': 'active', 'switchover-retry-window': '10' };
    const { clock, pool, open, last, hosts, fail } = streamWorld({ answerHeaders, random: () => 0.5 });
    open();
    await clock.advance(0);
    last().break();
    await clock.advance(1_000);
    // What others find out does not cut it short.
    fail(A, 'refused');
    fail(A, 'refused');
    await clock.advance(3_999);
    expect(hosts()).toBe('a');
    await clock.advance(1);
    expect(hosts()).toBe('ab');
    pool.close();
  });

  test('tries at once when the network is back, spread a little', async () => {
    const { clock, pool, open, hosts, heal, setOnline, asked } = streamWorld({
      network: { [A]: 'refuse', [B]: 'refuse' },
    });
    open();
    setOnline(false);
    await clock.advance(600_000);
    heal(A);
    heal(B);
    const before = asked().length;
    setOnline(true);
    await clock.advance(100);
    expect([hosts().length, asked().length - before]).toEqual([1, 1]);
    pool.close();
  });

  test('leaves no timer and no listener behind', async () => {
    const { clock, pool, open, listeners } = streamWorld({ network: { [A]: 'refuse', [B]: 'refuse' } });
    const before = listeners();
    const sources = [open(), open(), open()];
    await clock.advance(5_000);
    for (const source of sources) source.close();
    await clock.advance(0);
    expect([clock.timers.filter(({ background }) => !background), listeners()]).toEqual([[], before]);
    pool.close();
    expect(clock.timers).toEqual([]);
  });
});
