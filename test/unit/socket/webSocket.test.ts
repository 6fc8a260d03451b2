import { describe, expect, test } from 'vitest';
import { createFailover } from '../../../src/index.default.ts';
import { A, B } from '../runtime/world.ts';
import { mute, refuse, socketWorld } from './fakeSocket.ts';

const nameOf = (make: () => unknown): string => {
  try {
    make();
    return 'nothing';
  } catch (error) {
    const { name, code } = error as { name: string; code: unknown };
    return typeof code === 'string' ? code : name;
  }
};

describe('a socket', () => {
  test('has the constants, attributes and events of the web', async () => {
    const { WebSocket, make, clock, last } = socketWorld();
    const { CONNECTING, OPEN, CLOSING, CLOSED } = WebSocket;
    expect([CONNECTING, OPEN, CLOSING, CLOSED]).toEqual([0, 1, 2, 3]);
    const socket = make(new URL(`${A}/live?x=1`), ['chat', 'old']);
    expect([socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED]).toEqual([0, 1, 2, 3]);
    expect([socket.readyState, socket.protocol, socket.extensions, socket.bufferedAmount]).toEqual([0, '', '', 0]);
    expect([socket.onopen, socket.onmessage, socket.onerror, socket.onclose]).toEqual([null, null, null, null]);
    expect([socket.url, socket.binaryType]).toEqual(['wss://a.example.com/live?x=1', 'blob']);
    expect(socket).toBeInstanceOf(WebSocket);
    expect(socket).toBeInstanceOf(EventTarget);
    const events: Event[] = [];
    socket.onopen = (event) => events.push(event);
    socket.onmessage = (event) => events.push(event);
    socket.onclose = (event) => events.push(event);
    await clock.advance(0);
    last().say('hello');
    socket.close(3000, 'done');
    last().end(3000, 'done');
    const [opened, message, closed] = events as [Event, MessageEvent, CloseEvent];
    expect([opened.type, opened.target, message.data, message.origin]).toEqual([
      'open',
      socket,
      'hello',
      'wss://a.example.com',
    ]);
    expect([opened.constructor, message.constructor, closed.constructor]).toEqual([Event, MessageEvent, CloseEvent]);
    expect([closed.code, closed.reason, closed.wasClean]).toEqual([3000, 'done', true]);
  });

  test('takes listeners once, by signal and as objects, and keeps a handler at its place', async () => {
    const { make, clock, last } = socketWorld();
    const socket = make();
    const told: string[] = [];
    const ended = new AbortController();
    socket.onmessage = () => told.push('first');
    socket.addEventListener('message', () => told.push('once'), { once: true });
    socket.addEventListener('message', { handleEvent: () => told.push('object') });
    socket.addEventListener('message', () => told.push('signal'), { signal: ended.signal });
    socket.onmessage = () => told.push('replaced');
    await clock.advance(0);
    last().say('1');
    ended.abort();
    last().say('2');
    socket.onmessage = null;
    last().say('3');
    expect(told).toEqual(['replaced', 'once', 'object', 'signal', 'replaced', 'object', 'object']);
  });

  test.each([
    ['/live', 'wss://a.example.com/live'],
    ['live', 'wss://a.example.com/live'],
    ['?x=1', 'wss://a.example.com?x=1'],
    ['wss://b.example.com/live', 'wss://a.example.com/live'],
    ['https://b.example.com/live', 'wss://a.example.com/live'],
    [' WSS://B.example.com:443/live ', 'wss://a.example.com/live'],
    [() => '/fresh', 'wss://a.example.com/fresh'],
    [() => new URL(`${B}/fresh`), 'wss://a.example.com/fresh'],
  ])('goes to the best host with %s', (url, wanted) => {
    const { make, last } = socketWorld();
    make(url);
    expect(last().url).toBe(wanted);
  });

  test('to another origin is the platform’s own, untouched', () => {
    const { WebSocket, Platform, last } = socketWorld({ socket: { headers: { authorization: 'secret' } } });
    const socket = new WebSocket('wss://other.example.com/x', 'chat', { origin: 'y' });
    expect(socket).toBeInstanceOf(Platform);
    expect([last().url, last().protocols, last().options]).toEqual([
      'wss://other.example.com/x',
      'chat',
      { origin: 'y' },
    ]);
  });

  test('refuses what the standard refuses', async () => {
    const { WebSocket, make, clock, pool } = socketWorld({ socket: { WebSocket: globalThis.WebSocket as never } });
    expect(nameOf(() => new WebSocket('/live#part'))).toBe('SyntaxError');
    expect(nameOf(() => new WebSocket('wss://'))).toBe('SyntaxError');
    expect(nameOf(() => new WebSocket('/live', ['a', 'a']))).toBe('SyntaxError');
    expect(nameOf(() => new WebSocket('/live', 'a b'))).toBe('SyntaxError');
    expect(nameOf(() => new WebSocket('/live', ''))).toBe('SyntaxError');
    const socket = make();
    expect(nameOf(() => socket.send('x'))).toBe('InvalidStateError');
    for (const code of [0, 999, 1001, 2999, 5000, Number.NaN])
      expect(nameOf(() => socket.close(code))).toBe('InvalidAccessError');
    expect(nameOf(() => socket.close(1000, 'é'.repeat(62)))).toBe('SyntaxError');
    expect(socket.readyState).toBe(0);
    socket.close(1000, `${'é'.repeat(61)}x`);
    await clock.advance(0);
    pool.close();
  });

  test.each([
    [{ reconect: true }],
    [{ reconnect: { firstWait: 1 } }],
    [{ reconnect: 'yes' }],
    [{ reconnect: { firstWaitMs: -1 } }],
    [{ heartbeat: true }],
    [{ heartbeat: { intervalMs: 5_000, deadMs: 5_000 } }],
    [{ heartbeat: { ping: 'ping' } }],
    [{ failback: 'go' }],
    [{ headers: 'x' }],
    [{ headers: null }],
    [{ shouldReconnect: true }],
    [{ WebSocket: {} }],
    [{ staggerMs: Number.NaN }],
    [{ maxQueuedBytes: '1' }],
  ])('is not made with %j', (socket) => {
    expect(nameOf(() => socketWorld({ socket: socket as never }))).toBe('INVALID_OPTION');
  });

  test('sends at once what it can, and says what it can’t', async () => {
    const { make, clock, last } = socketWorld();
    const socket = make();
    await clock.advance(0);
    socket.send('text');
    socket.send(new Uint8Array([1]));
    socket.send(5 as never);
    expect(last().sent).toEqual(['text', new Uint8Array([1]), '5']);
    last().bufferedAmount = 7;
    expect(socket.bufferedAmount).toBe(7);
    socket.close();
    socket.send('é');
    expect([last().sent.length, socket.bufferedAmount, socket.readyState]).toEqual([3, 9, 2]);
  });

  test('asks app functions anew for each attempt, with the host that is asked', async () => {
    const seen: string[] = [];
    const token = async ({ host, refused }: { host: string; refused: boolean }) => {
      seen.push(`${host.slice(8, 9)} ${refused}`);
      return { authorization: `t${seen.length}` };
    };
    const { make, clock, sockets } = socketWorld({ socket: { headers: token }, dial: { a: refuse } });
    make(
      async () => `/live?n=${seen.length}`,
      () => ['chat'],
      { agent: 1 },
    );
    await clock.advance(0);
    expect(seen).toEqual(['a false', 'b false']);
    expect(sockets.map(({ url }) => url)).toEqual(['wss://a.example.com/live?n=0', 'wss://b.example.com/live?n=1']);
    expect(sockets.map(({ options }) => options)).toEqual([
      { agent: 1, headers: { authorization: 't1' } },
      { agent: 1, headers: { authorization: 't2' } },
    ]);
    expect(sockets.map(({ protocols }) => protocols)).toEqual([['chat'], ['chat']]);
  });

  test('never shows credentials to a host that is not listed', async () => {
    const { make, clock, sockets, heard } = socketWorld({
      socket: { headers: { authorization: 'secret' }, reconnect: false },
    });
    make(() => 'wss://other.example.com/');
    await clock.advance(0);
    expect([sockets.length, heard()]).toEqual([0, ['HOSTS_FAILED', 'close 1006 broken']]);
  });

  test('blames no host for an app function that fails or hangs', async () => {
    let fails = true;
    const { make, clock, pool, dialled, heard } = socketWorld();
    make(async () => {
      if (fails) throw new Error('no token');
      return '/live';
    });
    await clock.advance(0);
    expect([dialled(), heard()]).toEqual(['', ['lost - no host opened']]);
    fails = false;
    await clock.advance(20_000);
    expect([dialled(), heard()]).toEqual(['a', ['open a']]);
    make(() => new Promise<string>(() => {}));
    await clock.advance(20_000);
    expect(pool.status.hosts.map(({ state }) => state)).toEqual(['up', 'up']);
  });

  test('keeps the binary type over links', async () => {
    const { make, clock, last } = socketWorld();
    const socket = make();
    socket.binaryType = 'arraybuffer';
    socket.binaryType = 'nonsense' as never;
    await clock.advance(0);
    expect([socket.binaryType, last().binaryType]).toEqual(['arraybuffer', 'arraybuffer']);
    last().end();
    await clock.advance(5_000);
    expect([socket.readyState, last().binaryType]).toEqual([1, 'arraybuffer']);
  });

  test('works where the platform has no events of its own (React Native)', async () => {
    const names = ['EventTarget', 'Event', 'MessageEvent', 'CloseEvent', 'CustomEvent', 'DOMException'] as const;
    const kept = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
    for (const name of names) Reflect.deleteProperty(globalThis, name);
    try {
      const { make, clock, last, heard } = socketWorld();
      const socket = make();
      expect(nameOf(() => socket.send('x'))).toBe('InvalidStateError');
      const told: unknown[] = [];
      const ended = { aborted: false, addEventListener: (_: string, end: () => void) => told.push(end) };
      socket.addEventListener('message', (event) => told.push(event.target === socket), { once: true });
      socket.addEventListener('message', { handleEvent: ({ data }: MessageEvent) => told.push(data) } as never);
      socket.addEventListener('message', () => told.push('signal'), { signal: ended as never });
      await clock.advance(0);
      last().say('x');
      expect(told.splice(1)).toEqual([true, 'x', 'signal']);
      (told[0] as () => void)();
      last().say('y');
      expect(told.splice(1)).toEqual(['y']);
      last().end();
      await clock.advance(2_000);
      expect(heard()).toEqual(['open a', 'x', 'y', 'lost a code 1006', 'open a', 'moved aa code 1006']);
    } finally {
      for (const [name, was] of kept) Object.defineProperty(globalThis, name, was ?? {});
    }
  });

  test('ends with its pool, and is refused by one that is closed', async () => {
    const { make, clock, pool, heard, last } = socketWorld();
    make();
    await clock.advance(0);
    pool.close();
    expect(last().closes).toEqual([[1000, undefined]]);
    last().end(1000);
    expect(heard()).toEqual(['open a', 'close 1000 clean']);
    make();
    await clock.advance(0);
    expect([heard(), clock.timers]).toEqual([['CLOSED', 'close 1006 broken'], []]);
  });
});

describe('closing', () => {
  test('ends a link as the server answers', async () => {
    const { make, clock, last, heard } = socketWorld();
    const socket = make();
    await clock.advance(0);
    socket.close(4001, 'bye');
    socket.close(4002, 'again');
    last().say('too late');
    expect([socket.readyState, last().closes]).toEqual([2, [[4001, 'bye']]]);
    last().end(4001, 'bye ');
    expect([socket.readyState, heard()]).toEqual([3, ['open a', 'close 4001 bye clean']]);
  });

  test('before the first link fails it', async () => {
    const { make, clock, last, heard } = socketWorld({ dial: { a: mute } });
    const socket = make();
    await clock.advance(10);
    socket.close();
    expect([socket.readyState, heard(), last().closes.length]).toEqual([2, [], 1]);
    last().open();
    await clock.advance(60_000);
    expect([socket.readyState, heard(), clock.timers.length]).toEqual([3, ['CLOSED', 'close 1006 broken'], 0]);
  });

  test('between two links ends the wait', async () => {
    const { make, clock, last, heard, dialled } = socketWorld();
    const socket = make();
    await clock.advance(0);
    last().end();
    socket.close();
    await clock.advance(60_000);
    expect([dialled(), heard().at(-1)]).toEqual(['a', 'close 1006 broken']);
  });

  test('does not wait for ever for a dead link, but for one that still sends', async () => {
    const { make, clock, last, heard } = socketWorld();
    const socket = make();
    await clock.advance(0);
    last().bufferedAmount = 100;
    socket.close();
    await clock.advance(5_000);
    last().bufferedAmount = 50;
    await clock.advance(9_000);
    expect(socket.readyState).toBe(2);
    await clock.advance(5_000);
    expect(heard()).toEqual(['open a', 'close 1006 broken']);
    last().end(1000);
    expect(heard()).toEqual([]);
  });

  test('leaves nothing in the pool', async () => {
    const { make, clock, last, pool } = socketWorld();
    const listeners = new Set<unknown>();
    const { on, off } = pool.events;
    pool.events.on = (name, listener) => {
      listeners.add(listener);
      on.call(pool.events, name, listener as never);
    };
    pool.events.off = (name, listener) => {
      listeners.delete(listener);
      off.call(pool.events, name, listener as never);
    };
    const socket = make();
    await clock.advance(0);
    expect(listeners.size).toBe(2);
    socket.close();
    last().end(1000);
    expect([listeners.size, clock.timers]).toEqual([0, []]);
  });

  test('in a handler leaves nothing behind', async () => {
    for (const type of ['open', 'reconnecting', 'reconnected', 'message']) {
      const { make, clock, sockets, last } = socketWorld();
      const socket = make();
      let first = true;
      socket.addEventListener('reconnecting', () => {
        first = false;
      });
      socket.addEventListener(type, () => {
        if (type !== 'open' || !first) socket.close();
      });
      await clock.advance(0);
      last().say('x');
      if (type !== 'message') last().end();
      await clock.advance(2_000);
      for (const each of sockets) each.end(1000);
      await clock.advance(60_000);
      expect([type, socket.readyState, clock.timers.length]).toEqual([type, 3, 0]);
    }
  });
});

describe('failover.WebSocket', () => {
  test('is one class, with the options of createFailover', async () => {
    const { Platform, sockets, clock } = socketWorld();
    const failover = createFailover({
      hosts: [A, B],
      clock,
      socket: { WebSocket: Platform as never, failback: 'stay' },
    });
    expect(failover.WebSocket).toBe(failover.WebSocket);
    const socket = new failover.WebSocket('/live');
    const once = new (failover.WebSocket.with({ reconnect: false }))('/once');
    await clock.advance(0);
    expect([socket.readyState, once.readyState, sockets.map(({ host }) => host)]).toEqual([1, 1, ['a', 'a']]);
    failover.close();
  });

  test('is refused at once with options that can’t be meant', () => {
    expect(nameOf(() => createFailover({ hosts: [A], socket: { reconect: true } as never }))).toBe('INVALID_OPTION');
  });
});
