import { describe, expect, test } from 'vitest';
import { A, B, channelWorld } from './world.ts';

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'accepted',
    (error) => error.code ?? error,
  );

/** A promise, and how to keep it. */
function later(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('a message from the server', () => {
  test('waits until somebody listens', async () => {
    const { channel, servers, messages, pass } = channelWorld();
    await pass(0);
    servers.speak(1, 2);
    await pass(1_000);
    expect(servers.last.received.at(-1)).not.toMatchObject({ kind: 'ack', ack: 2 });
    channel.on('gap', () => {});
    expect(messages).toEqual([]);
    channel.on('message', (data) => messages.push(data));
    expect(messages).toEqual([1, 2]);
  });

  test('is acknowledged when its handler is done, and only then comes the next', async () => {
    const { channel, servers, pass } = channelWorld();
    const works = [later(), later()];
    const begun: unknown[] = [];
    channel.on('message', (data) => {
      begun.push(data);
      return works[begun.length - 1]?.promise;
    });
    await pass(0);
    servers.speak('a', 'b');
    await pass(1_000);
    expect(begun).toEqual(['a']);
    works[0]?.resolve();
    await pass(250);
    expect(begun).toEqual(['a', 'b']);
    expect(servers.last.received.at(-1)).toEqual({ kind: 'ack', ack: 1 });
  });

  test('waits for a promise of any library', async () => {
    const { channel, servers, pass } = channelWorld();
    const begun: unknown[] = [];
    let done = () => {};
    channel.on('message', (data) => {
      begun.push(data);
      // biome-ignore lint/suspicious/noThenProperty: a promise of another library is just this
      return { then: (resolve: () => void) => (done = resolve) };
    });
    await pass(0);
    servers.speak('a', 'b');
    await pass(1_000);
    expect(begun).toEqual(['a']);
    done();
    await pass(0);
    expect(begun).toEqual(['a', 'b']);
  });

  test('whose handler is slow is not handed out again after a reconnect', async () => {
    const { channel, servers, pass } = channelWorld();
    const work = later();
    const begun: unknown[] = [];
    channel.on('message', (data) => {
      begun.push(data);
      return work.promise;
    });
    await pass(0);
    servers.speak('a', 'b');
    servers.kill(A);
    await pass(2_000);
    expect(servers.last.received[0]).toMatchObject({ kind: 'hello', rx: 0 });
    work.resolve();
    await pass(0);
    expect(begun).toEqual(['a', 'b']);
  });

  test('whose handler throws or rejects counts as delivered, with a warning', async () => {
    const { channel, servers, news, pass } = channelWorld();
    channel.on('message', (data) => {
      if (data === 'rejects') return Promise.reject(new Error('no'));
      throw new Error('no');
    });
    await pass(0);
    servers.speak('throws', 'rejects');
    await pass(250);
    expect(news()).toEqual(['open a', 'warning HANDLER_FAILED', 'warning HANDLER_FAILED']);
    expect(servers.last.received.at(-1)).toEqual({ kind: 'ack', ack: 2 });
  });

  test('that was lost is reported exactly, in its place', async () => {
    const { channel, servers, messages, listen, news, pass } = channelWorld({
      server: { replay: { count: 2, bytes: 1_000 } },
    });
    channel.on('gap', ({ range }) => messages.push(`lost ${range}`));
    listen();
    await pass(0);
    servers.speak(1);
    await pass(250);
    const { sid } = servers.store.sessions.values().next().value?.record ?? { sid: '' };
    servers.kill(A);
    for (let n = 2; n <= 5; n++)
      servers.store.run({ op: 'append', sid, id: 0, payload: { text: String(n), binary: false } }, servers.nowMs);
    await pass(1_000);
    expect(messages).toEqual([1, 'lost 2,3', 4, 5]);
    expect(news()).toContain('partial');
  });
});

describe('a loop over a channel', () => {
  test('gets every message, gives the pace, and ends when the channel is closed', async () => {
    const { channel, servers, pass } = channelWorld();
    const got: unknown[] = [];
    const step = later();
    const loop = (async () => {
      for await (const message of channel) {
        got.push(message);
        if (message === 1) await step.promise;
      }
    })();
    await pass(0);
    servers.speak(1, 2, 3);
    await pass(250);
    expect(got).toEqual([1]);
    expect(servers.last.received.at(-1)).toEqual({ kind: 'ack', ack: 0 });
    step.resolve();
    await pass(250);
    expect(got).toEqual([1, 2, 3]);
    expect(servers.last.received.at(-1)).toEqual({ kind: 'ack', ack: 3 });
    await channel.close();
    await loop;
  });

  test('is one of several, and one that breaks off holds nobody up', async () => {
    const { channel, servers, messages, listen, pass } = channelWorld();
    const first: unknown[] = [];
    const loop = (async () => {
      for await (const message of channel) {
        first.push(message);
        break;
      }
    })();
    listen();
    await pass(0);
    servers.speak(1, 2);
    await pass(0);
    await loop;
    expect([first, messages]).toEqual([[1], [1, 2]]);
  });

  test('throws when the server ends the session', async () => {
    const { channel, servers, pass } = channelWorld();
    const next = codeOf(channel[Symbol.asyncIterator]().next());
    await pass(0);
    servers.last.feed({ kind: 'end' });
    expect(await next).toBe('SESSION_LOST');
    expect(channel.state).toMatchObject({ kind: 'stopped', cause: 'ended' });
  });
});

describe('a send', () => {
  const offline = () => {
    const it = channelWorld({ channel: { outbox: { maxCount: 2, maxBytes: 10_000 } } });
    for (const host of [A, B]) it.servers.manners.set(host, 'gone');
    const back = async () => {
      it.servers.manners.clear();
      it.channel.reconnect();
      await it.pass(30_000);
    };
    return { ...it, back };
  };

  test('waits for room, in order, and no more wait than fit', async () => {
    const { channel, servers, back } = offline();
    const sends = ['a', 'b', 'c', 'd', 'e'].map((text) => codeOf(channel.send(text)));
    await back();
    expect(await Promise.all(sends)).toEqual(['accepted', 'accepted', 'accepted', 'accepted', 'OUTBOX_FULL']);
    expect(servers.got).toEqual(['a', 'b', 'c', 'd']);
  });

  test('that is small does not pass one that is too large for the room', async () => {
    const { channel, servers, back } = offline();
    const sends = ['x'.repeat(9_000), 'y'.repeat(8_000), 'z'].map((text) => channel.send(text));
    await back();
    await Promise.all(sends);
    expect((servers.got as string[]).map((text) => text[0])).toEqual(['x', 'y', 'z']);
  });

  test('that is refused room once more keeps its place', async () => {
    const { channel, servers, back } = offline();
    const sends = ['a'.repeat(4_000), 'b'.repeat(4_000), 'y'.repeat(9_000), 'z'].map((text) => channel.send(text));
    await back();
    await Promise.all(sends);
    expect((servers.got as string[]).map((text) => text[0])).toEqual(['a', 'b', 'y', 'z']);
  });

  test('that waits for room becomes stale in time', async () => {
    const { channel, servers, pass, back } = offline();
    const sends = [channel.send('a'), channel.send('b')];
    const late = codeOf(channel.send('late', { ttlMs: 1_000 }));
    await pass(1_000);
    expect(await late).toBe('EXPIRED');
    await back();
    await Promise.all(sends);
    expect(servers.got).toEqual(['a', 'b']);
  });

  test('that is stale is not sent', async () => {
    const { channel, servers, back, pass } = offline();
    const stale = codeOf(channel.send('stale', { ttlMs: 100 }));
    await pass(100);
    expect(await stale).toBe('EXPIRED');
    await back();
    expect(servers.got).toEqual([]);
  });

  test('can be taken back before it is sent, and not after', async () => {
    const { channel, servers, back } = offline();
    const abort = new AbortController();
    const sends = ['a', 'b', 'waits'].map((text) =>
      codeOf(channel.send(text, text === 'b' ? {} : { signal: abort.signal })),
    );
    abort.abort('changed my mind');
    expect([await sends[0], await sends[2]]).toEqual(['changed my mind', 'changed my mind']);
    expect(await codeOf(channel.send('no', { signal: abort.signal }))).toBe('changed my mind');
    await back();
    const late = new AbortController();
    const sent = channel.send('c', { signal: late.signal });
    late.abort();
    await sent;
    expect(servers.got).toEqual(['b', 'c']);
  });

  test.each([
    [
      'a cycle',
      (() => {
        const a: unknown[] = [];
        a.push(a);
        return a;
      })(),
      {},
      'INVALID_MESSAGE',
    ],
    ['a function', () => {}, {}, 'INVALID_MESSAGE'],
    ['a BigInt', 1n, {}, 'INVALID_MESSAGE'],
    ['a key with a space', 1, { key: 'a b' }, 'INVALID_MESSAGE'],
    ['no time', 1, { ttlMs: -1 }, 'INVALID_MESSAGE'],
    ['more than a frame', 'x'.repeat(300_000), {}, 'TOO_LARGE'],
  ])('of %s is refused', async (_, data, options, code) => {
    const { channel, pass } = channelWorld();
    const sent = codeOf(channel.send(data, options));
    await pass(0);
    expect(await sent).toBe(code);
  });

  test('takes bytes in any form', async () => {
    const { channel, servers, pass } = channelWorld();
    const bytes = Uint8Array.of(1, 2, 3, 4);
    await pass(0);
    await Promise.all([
      channel.send(bytes),
      channel.send(bytes.buffer),
      channel.send(new DataView(bytes.buffer, 1, 2)),
    ]);
    expect(servers.got).toEqual([bytes, bytes, Uint8Array.of(2, 3)]);
  });

  test('of a session that is lost is of unknown fate, and goes again only with a key', async () => {
    const { channel, servers, news, pass } = channelWorld();
    await pass(0);
    await channel.send('before');
    for (const line of servers.lines) line.frozen = true;
    const bare = codeOf(channel.send('bare'));
    const keyed = codeOf(channel.send('keyed', { key: 'k' }));
    servers.store.sessions.clear();
    await pass(5_000);
    expect(await Promise.all([bare, keyed])).toEqual(['UNKNOWN_FATE', 'accepted']);
    expect(servers.got).toEqual(['before', 'keyed']);
    expect(news()).toContain('gap c2s ?');
  });

  test('that is repeated with its key takes effect once', async () => {
    const { channel, servers, pass } = channelWorld();
    await pass(0);
    await Promise.all([channel.send('pay', { key: 'k' }), channel.send('pay', { key: 'k' })]);
    expect(servers.got).toEqual(['pay']);
  });
});
