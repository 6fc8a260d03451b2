import { describe, expect, test } from 'vitest';
import { A, B, channelWorld, Disk } from './world.ts';

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'accepted',
    (error) => error.code ?? error,
  );

/** A channel that reaches nobody, whose outbox takes one message. */
function full() {
  const it = channelWorld({ channel: { outbox: { maxCount: 1, maxBytes: 10_000 } } });
  for (const host of [A, B]) it.servers.manners.set(host, 'gone');
  return it;
}

describe('a send that waits for room', () => {
  test('and is taken back is not taken for accepted', async () => {
    const { channel } = full();
    void codeOf(channel.send('first'));
    const abort = new AbortController();
    const waits = codeOf(channel.send('waits', { signal: abort.signal }));
    abort.abort('changed my mind');
    expect(await waits).toBe('changed my mind');
  });

  test('leaves no timer behind when it is settled', async () => {
    const { channel, clock } = full();
    void codeOf(channel.send('first'));
    const waits = codeOf(channel.send('waits', { ttlMs: 3_600_000 }));
    await channel.close();
    expect(await waits).toBe('CLOSED');
    expect(clock.timers).toEqual([]);
  });

  test('gets it from messages that weigh nothing, too', async () => {
    const { channel, servers, pass } = full();
    const sends = [0, 1, 2].map(() => codeOf(channel.send(new Uint8Array(0))));
    // As many wait as the outbox takes.
    expect(await sends[2]).toBe('OUTBOX_FULL');
    servers.manners.clear();
    channel.reconnect();
    await pass(30_000);
    expect(await Promise.all(sends.slice(0, 2))).toEqual(['accepted', 'accepted']);
  });
});

describe('a channel that is closed', () => {
  test('writes nothing more over what the next owner stores, whatever its handlers and timers do', async () => {
    const storage = new Disk();
    const { channel, servers, clock, pass } = channelWorld({ channel: { storage } });
    let done = () => {};
    channel.on('message', () => new Promise<void>((resolve) => (done = resolve)));
    await pass(0);
    servers.speak('slow');
    servers.vanish(A);
    void codeOf(channel.send('sent'));
    servers.vanish(B);
    await pass(10_000);
    void codeOf(channel.send('stale soon', { ttlMs: 5_000 }));
    await pass(0);
    await channel.close();
    const writes = storage.writes.length;
    done();
    await pass(20_000);
    expect(storage.writes.length).toBe(writes);
    for (const line of servers.lines) line.frozen = true;
    servers.arm();
    expect(clock.timers).toEqual([]);
  });

  test("hands nothing on any more: what was not acknowledged is the next owner's", async () => {
    const storage = new Disk();
    const { channel, open, servers, pass } = channelWorld({ channel: { storage } });
    let done = () => {};
    const got: unknown[] = [];
    channel.on('message', (data) => {
      got.push(data);
      return new Promise<void>((resolve) => (done = resolve));
    });
    await pass(0);
    servers.speak('a', 'b');
    done();
    await pass(300);
    expect(got).toEqual(['a', 'b']);
    servers.speak('c');
    await channel.close();
    done();
    await pass(300);
    expect(got).toEqual(['a', 'b']);
    const again: unknown[] = [];
    open().on('message', (data) => again.push(data));
    await pass(0);
    expect(again).toEqual(['b', 'c']);
  });

  test('does not reject where its place can not be given up', async () => {
    const storage = new Disk();
    const locks = {
      acquire: () => () => {
        throw new Error('the lock is gone');
      },
    };
    const { channel, pass, news } = channelWorld({ channel: { storage, locks } });
    await pass(0);
    await expect(channel.close()).resolves.toBeUndefined();
    expect(news()).toContain('warning STORAGE_FAILED');
  });

  test('for good says of a message on its way that nobody knows, and of another that it is closed', async () => {
    const storage = new Disk();
    const { channel, servers, pass } = channelWorld({ channel: { storage } });
    await pass(0);
    servers.vanish(A);
    const sent = codeOf(channel.send('sent'));
    await pass(0);
    const kept = codeOf(channel.send('kept'));
    await channel.close({ end: true });
    expect([await sent, await kept]).toEqual(['UNKNOWN_FATE', 'CLOSED']);
  });
});

test('a lock that never answers holds no channel up: it goes on in memory', async () => {
  const storage = new Disk();
  const { channel, pass, news } = channelWorld({
    channel: { storage, locks: { acquire: () => new Promise<null>(() => {}) } },
  });
  await pass(2_000);
  expect(channel.state).toMatchObject({ kind: 'open', durable: false });
  expect(news()).toContain('warning STORAGE_FAILED');
});
