import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parted } from '../../../../src/reactNative/parted.ts';
import { A, B, channelWorld, Disk } from './world.ts';

interface Message {
  readonly size: number;
  readonly ttlMs: number | undefined;
  readonly cancelled: boolean;
}

/** As on a phone; both stores are one disk, so that it may stop between any two writes. */
function partedDisk(values: Map<string, string>): Disk {
  const disk = new Disk(values);
  const plain = { get: disk.get.bind(disk), set: disk.set, delete: disk.delete };
  const { get, set, delete: remove } = parted(plain, plain);
  return Object.assign(disk, { get, set, delete: remove });
}

const ended = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'accepted',
    (error) => error.code,
  );

describe('a stored session', () => {
  test('goes on after a reload, with what was not accepted and without what was', async () => {
    const storage = new Disk();
    const { channel, open, servers, pass, hear, news } = channelWorld({ channel: { storage } });
    channel.on('message', () => {});
    await pass(0);
    await channel.send('one');
    servers.speak('first');
    await pass(0);
    servers.vanish(A);
    void ended(channel.send('two'));
    await pass(0);
    // The process dies: nothing of it is heard any more.
    storage.dead = true;
    servers.manners.clear();
    const again = open({ storage: new Disk(storage.values) });
    hear(again, '2: ');
    const messages: unknown[] = [];
    again.on('message', (data) => messages.push(data));
    await pass(0);
    servers.speak('second');
    await pass(0);
    expect(servers.got).toEqual(['one', 'two']);
    expect(messages).toEqual(['second']);
    expect(news().filter((line) => line.startsWith('2'))).toEqual(['2: connecting -', '2: resumed', '2: open a']);
    expect(again.state.durable).toBe(true);
  });

  test('keeps a message from growing older than it may while the process is away', async () => {
    const storage = new Disk();
    const { channel, open, servers, pass, hear, news } = channelWorld({
      channel: { storage },
      network: { [A]: 'refuse' },
    });
    for (const host of [A, B]) servers.manners.set(host, 'refuses');
    void ended(channel.send('soon stale', { ttlMs: 1_000 }));
    void ended(channel.send('lasting', { ttlMs: 60_000 }));
    await pass(0);
    storage.dead = true;
    await pass(5_000);
    servers.manners.clear();
    news();
    const again = open({ storage: new Disk(storage.values) });
    hear(again, '2: ');
    await pass(1_000);
    expect(servers.got).toEqual(['lasting']);
    expect(news()).toContain('2: warning EXPIRED');
  });

  test('tells which messages of the process before were given up', async () => {
    const storage = new Disk();
    const { channel, open, servers, pass } = channelWorld({ channel: { storage }, network: { [A]: 'refuse' } });
    for (const host of [A, B]) servers.manners.set(host, 'refuses');
    void ended(channel.send({ n: 1 }, { ttlMs: 1_000, key: 'first' }));
    void ended(channel.send(new Uint8Array([7, 8]), { ttlMs: 1_000 }));
    await pass(0);
    storage.dead = true;
    await pass(5_000);
    servers.manners.clear();
    const warnings: unknown[] = [];
    open({ storage: new Disk(storage.values) }).on('warning', ({ code, cause }) => warnings.push([code, cause]));
    await pass(1_000);
    expect(warnings).toEqual([
      ['EXPIRED', { data: { n: 1 }, key: 'first' }],
      ['EXPIRED', { data: new Uint8Array([7, 8]), key: null }],
    ]);
  });

  test('does not mistake a message of before for one that was sent while the store was being read', async () => {
    const storage = new Disk();
    const { channel, open, servers, pass } = channelWorld({ channel: { storage }, network: { [A]: 'refuse' } });
    for (const host of [A, B]) servers.manners.set(host, 'refuses');
    void ended(channel.send('soon stale', { ttlMs: 1_000 }));
    await pass(0);
    storage.dead = true;
    await pass(5_000);
    servers.manners.clear();
    const again = open({ storage: new Disk(storage.values) });
    const sent = ended(again.send('new'));
    await pass(1_000);
    expect(servers.got).toEqual(['new']);
    expect(await sent).toBe('accepted');
  });

  test('tells of a session that was lost until the application has heard it, through any number of crashes', async () => {
    const storage = new Disk();
    const { channel, open, servers, pass, hear, news } = channelWorld({ channel: { storage } });
    channel.on('message', () => {});
    // Takes its time, and the process dies meanwhile.
    channel.on('gap', () => new Promise(() => {}));
    await pass(0);
    for (const host of [A, B]) servers.kill(host);
    await pass(servers.policy.ttlMs + 1_000);
    servers.manners.clear();
    await pass(60_000);
    expect(news()).toContain('gap s2c ?');
    for (const [life, heard] of [
      ['2: ', 1],
      ['3: ', 0],
    ] as const) {
      storage.dead = true;
      const disk = new Disk(storage.values);
      const again = open({ storage: disk });
      hear(again, life);
      again.on('message', () => {});
      await pass(1_000);
      expect(news().filter((line) => line === `${life}gap s2c ?`)).toHaveLength(heard);
      disk.dead = true;
    }
  });

  test.each([
    ['no text of ours', 'what is this?'],
    ['another format', '{"format":1}'],
    ['torn', null],
    ['rotten', 'rot'],
  ])('that is %s is reported as lost, and a new one begins in its place', async (_, value) => {
    const storage = new Disk();
    const { channel, open, servers, pass, hear, news } = channelWorld({ channel: { storage } });
    await pass(0);
    await channel.send('one');
    await channel.close();
    const [[key, text]] = [...storage.values] as [[string, string]];
    const torn = value === 'rot' ? text.replace('"rx":', '"rX":') : text.slice(0, -20);
    storage.values.set(key, value === null || value === 'rot' ? torn : value);
    news();
    const again = open({ storage });
    hear(again);
    again.on('message', () => {});
    await pass(0);
    await again.send('two');
    expect(news()).toEqual(['warning STORAGE_FAILED', 'gap s2c ?', 'gap c2s ?', 'connecting -', 'open a']);
    expect(servers.got).toEqual(['one', 'two']);
    expect(again.state.durable).toBe(true);
  });

  test('costs a write that does not grow with what waits', async () => {
    const storage = new Disk();
    const { channel, servers, pass } = channelWorld({ channel: { storage, outbox: { maxCount: 10_000 } } });
    for (const host of [A, B]) servers.manners.set(host, 'gone');
    await pass(0);
    const chars: number[] = [];
    const set = storage.set;
    storage.set = (key, value) => {
      chars.push(value.length);
      return set(key, value);
    };
    for (let at = 0; at < 500; at++) {
      void ended(channel.send('x'.repeat(100)));
      await pass(0);
    }
    const total = chars.reduce((sum, count) => sum + count, 0);
    expect(Math.max(...chars)).toBeLessThan(64_000);
    // 500 whole outboxes would be 40 MB.
    expect(total).toBeLessThan(10_000_000);
    expect(storage.values.size).toBeLessThan(12);
  });

  test('leaves nothing behind once it is over', async () => {
    const storage = new Disk();
    const { channel, pass } = channelWorld({ channel: { storage } });
    await pass(0);
    await Promise.all(Array.from({ length: 40 }, () => channel.send('x'.repeat(1_000))));
    await channel.close({ end: true });
    expect([...storage.values]).toEqual([]);
  });

  test('whose token is gone, as from a phone that was restored without its key store, begins anew and says so', async () => {
    const values = new Map<string, string>();
    const { channel, open, servers, pass, hear, news } = channelWorld();
    await channel.close();
    const first = partedDisk(values);
    const before = open({ storage: first });
    before.on('message', () => {});
    await pass(0);
    await before.send('one');
    first.dead = true;
    for (const key of values.keys()) if (key.startsWith('switchover:token:')) values.delete(key);
    expect([...values.keys()]).toHaveLength(1);
    news();
    const after = open({ storage: partedDisk(values) });
    hear(after, '2: ');
    after.on('message', () => {});
    await pass(10_000);
    await after.send('two');
    expect(servers.got).toEqual(['one', 'two']);
    expect(after.state.kind).toBe('open');
    expect(news().filter((line) => line.startsWith('2: gap'))).toEqual(['2: gap s2c ?', '2: gap c2s ?']);
  });

  test.each([
    ['in one store', (values: Map<string, string>) => new Disk(values), 1],
    ['with its token apart', partedDisk, 2],
  ])('loses, repeats and reorders nothing, wherever the process stops writing: %s', async (_, diskOf, records) => {
    const message = fc.record({
      size: fc.integer({ min: 1, max: 12_000 }),
      ttlMs: fc.constantFrom(1_000, undefined, undefined),
      cancelled: fc.boolean(),
    });
    const life = fc.record({
      left: fc.integer({ min: 0, max: 30 }),
      lastIsDone: fc.boolean(),
      sends: fc.array(message, { maxLength: 8 }),
      offline: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 5 }), async (lives) => {
        const values = new Map<string, string>();
        const { open, channel, servers, pass } = channelWorld();
        await channel.close();
        const accepted = new Set<number>();
        const givenUp = new Set<number>();
        const stored = new Set<number>();
        const told: string[] = [];
        let made = 0;
        const live = async (disk: Disk, sends: readonly Message[]) => {
          const one = open({ storage: disk });
          const tell = (what: string) => {
            if (!disk.dead) told.push(what);
          };
          one.on('warning', ({ code }) => tell(code));
          // Numbers of what became stale are lost to the server, and it says so.
          one.on('gap', ({ direction, range }) => (direction === 'c2s' && range !== null) || tell(`gap ${direction}`));
          one.on('message', () => {});
          await pass(0);
          const aborts: AbortController[] = [];
          for (const { size, ttlMs, cancelled } of sends) {
            const n = ++made;
            const abort = new AbortController();
            if (cancelled) aborts.push(abort);
            const options = ttlMs === undefined ? { signal: abort.signal } : { ttlMs, signal: abort.signal };
            one.send({ n, x: 'x'.repeat(size) }, options).then(
              () => disk.dead || accepted.add(n),
              () => disk.dead || givenUp.add(n),
            );
            await pass(0);
            if (!disk.dead && ttlMs === undefined && !cancelled) stored.add(n);
          }
          for (const abort of aborts) abort.abort();
          await pass(3_000);
        };
        for (const { left, lastIsDone, sends, offline } of lives) {
          const disk = diskOf(values);
          disk.left = left;
          disk.lastIsDone = lastIsDone;
          for (const host of [A, B]) servers.manners.set(host, offline ? 'refuses' : 'serves');
          await live(disk, sends);
          disk.dead = true;
        }
        servers.manners.clear();
        await live(diskOf(values), [{ size: 1, ttlMs: undefined, cancelled: false }]);
        const got = servers.got.map((data) => (data as { n: number }).n);
        expect(got).toEqual([...new Set(got)].sort((a, b) => a - b));
        expect([...accepted, ...stored].filter((n) => !got.includes(n))).toEqual([]);
        expect([...givenUp].filter((n) => got.includes(n))).toEqual([]);
        expect(told.filter((what) => what !== 'EXPIRED')).toEqual([]);
        // Nothing waits in the store for ever: only the head is left, and its token where that lies apart.
        expect([...values.keys()]).toHaveLength(records);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a store', () => {
  test('that is full is told of once, and the channel goes on in memory', async () => {
    const storage = new Disk();
    const { channel, servers, pass, news } = channelWorld({ channel: { storage } });
    await pass(0);
    storage.mood = 'full';
    await Promise.all([channel.send(1), channel.send(2)]);
    await channel.send(3);
    expect(channel.state.durable).toBe(false);
    expect(news().filter((line) => line.startsWith('warning'))).toEqual(['warning STORAGE_FAILED']);
    storage.mood = 'well';
    await channel.send(4);
    await pass(0);
    expect(channel.state.durable).toBe(true);
    expect(servers.got).toEqual([1, 2, 3, 4]);
  });

  test('that hangs holds nobody up for more than 2 s', async () => {
    const storage = new Disk();
    const { channel, clock, servers, pass } = channelWorld({ channel: { storage } });
    await pass(0);
    storage.mood = 'hangs';
    void channel.send(1);
    await pass(1_999);
    expect(servers.got).toEqual([]);
    await pass(1);
    expect(servers.got).toEqual([1]);
    await channel.send(2);
    expect(channel.state.durable).toBe(false);
    await clock.until(channel.close(), 5_000);
  });

  test.each(['hangs', 'broken'] as const)(
    'that %s at first is never written to: nobody knows what is in it',
    async (mood) => {
      const storage = new Disk(new Map([['switchover:channel:/channel', 'somebody’s']]));
      storage.mood = mood;
      const { channel, servers, pass, news } = channelWorld({ channel: { storage } });
      const sent = channel.send(1);
      await pass(2_000);
      await sent;
      storage.mood = 'well';
      await channel.send(2);
      expect(servers.got).toEqual([1, 2]);
      expect([...storage.values.values()]).toEqual(['somebody’s']);
      expect(news()).toContain('warning STORAGE_FAILED');
      expect(channel.state.durable).toBe(false);
    },
  );
});

describe('two owners', () => {
  test('never share a session: the second forks, and whoever comes after the first goes on with its session', async () => {
    const storage = new Disk();
    const { channel, open, servers, pass } = channelWorld({ channel: { storage } });
    await pass(0);
    const second = open();
    await pass(0);
    await Promise.all([channel.send('first'), second.send('second')]);
    expect(servers.store.sessions.size).toBe(2);
    await channel.close();
    const third = open();
    const resumed: string[] = [];
    third.on('resumed', ({ result }) => resumed.push(result));
    await pass(0);
    await third.send('third');
    expect([servers.store.sessions.size, resumed]).toEqual([2, ['resumed']]);
    expect(servers.store.effects.map(({ sid }) => sid)).toEqual(['s1', 's2', 's1']);
  });
});
