import { describe, expect, test } from 'vitest';
import { createPool } from '../../../src/index.fetch.ts';
import { SwitchoverError } from '../../../src/policy/error.ts';
import { createEventSource } from '../../../src/socket/eventSource/createEventSource.ts';
import { A, B, letter } from '../runtime/world.ts';
import { streamWorld } from './streamHosts.ts';

describe('an EventSource', () => {
  test('has the constants, the states and the handlers of the web', async () => {
    const { pool, clock, last, log } = streamWorld();
    const EventSource = createEventSource(pool);
    const source = new EventSource(new URL(`${A}/events?x=1`), { withCredentials: true });
    expect(source.readyState).toBe(EventSource.CONNECTING);
    expect([EventSource.CONNECTING, EventSource.OPEN, EventSource.CLOSED]).toEqual([0, 1, 2]);
    expect([source.CONNECTING, source.OPEN, source.CLOSED]).toEqual([0, 1, 2]);
    expect([source.withCredentials, source.onopen, source.onmessage, source.onerror]).toEqual([true, null, null, null]);
    source.onopen = () => log.push('on');
    source.addEventListener('open', () => log.push('listener'), { once: true });
    source.addEventListener('tick', (event) => log.push(`${event.type} ${event.data} ${event.origin}`));
    source.addEventListener('tick', { handleEvent: () => log.push('object') });
    await clock.advance(0);
    last().send('event: tick\ndata: 1\n\n');
    await clock.advance(0);
    expect(log).toEqual(['on', 'listener', `tick 1 ${A}`, 'object']);
    expect([source.readyState, source.url]).toEqual([1, `${A}/events?x=1`]);
    source.close();
    expect(source.readyState).toBe(2);
  });

  test('asks as the standard does, and shows its ID as UTF-8', async () => {
    const { clock, last, served, open } = streamWorld();
    open();
    await clock.advance(0);
    expect(Object.fromEntries(last().headers)).toEqual({ accept: 'text/event-stream' });
    last().send('id: ☃é\ndata: x\n\n');
    await clock.advance(0);
    last().break();
    await clock.advance(0);
    const shown = last().headers.get('last-event-id') ?? '';
    expect([served.length, Buffer.from(shown, 'latin1').toString()]).toEqual([2, '☃é']);
  });

  test('moves at once to another host that is well, with its ID, and says nothing after close', async () => {
    const { clock, last, hosts, open, heard } = streamWorld();
    const source = open();
    await clock.advance(0);
    last().send('id: 5\ndata: x\n\ndata: lost');
    await clock.advance(0);
    last().break();
    await clock.advance(0);
    expect([hosts(), last().headers.get('last-event-id'), source.url]).toEqual(['ab', '5', `${B}/events`]);
    expect(heard()).toEqual(['open 1', 'x#5', 'STREAM_BROKEN 0', 'open 1']);
    last().send('data: a\n\n');
    source.close();
    last().send('data: b\n\n');
    await clock.advance(60_000);
    expect([heard(), hosts()]).toEqual([[], 'ab']);
  });

  test('needs no more than the small pool', async () => {
    const { clock, network, served, hosts } = streamWorld();
    const pool = createPool([A, B], { clock, fetch: network.fetch });
    const EventSource = createEventSource(pool);
    const source = new EventSource('/events');
    await clock.advance(0);
    served[0]?.break();
    await clock.advance(0);
    expect([hosts(), source.readyState, source.url]).toEqual(['ab', 1, `${B}/events`]);
    pool.close();
    expect([source.readyState, served[1]?.signal.aborted]).toEqual([2, true]);
  });

  test.each([500, 502, 503, 408, 421, 425, 429])(
    'survives a %i, also where all hosts answer so (Yaffle#88)',
    async (status) => {
      const { clock, set, heal, asked, open, heard } = streamWorld({ network: { [A]: { status } } });
      open();
      await clock.advance(0);
      expect([asked(), heard()]).toEqual(['ab', ['STREAM_BROKEN 0', 'open 1']]);
      const both = streamWorld({ network: { [A]: { status }, [B]: { status } } });
      const source = both.open();
      await both.clock.advance(30_000);
      expect(source.readyState).toBe(0);
      both.heal(A);
      both.heal(B);
      await both.clock.advance(60_000);
      expect(source.readyState).toBe(1);
      set(B, 'ok');
      heal(A);
    },
  );

  test.each([
    ['another type', { headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' }],
    ['no type', {}],
    ['a type that begins alike', { headers: { 'content-type': 'text/event-streaming' } }],
    ['silence', 'hang' as const],
    ['a refused connection', 'refuse' as const],
    ['a stream that ends before it has said anything', { headers: { 'content-type': 'text/event-stream' } }],
    ['a stream that breaks', { headers: { 'content-type': 'text/event-stream' }, bodyEnd: 'break' as const }],
  ])('goes elsewhere from %s', async (_, behaviour) => {
    const { clock, asked, open, last, heard } = streamWorld({ network: { [A]: behaviour } });
    const source = open();
    await clock.advance(5_000);
    expect([source.readyState, last().host, asked().slice(0, 2)]).toEqual([1, 'b', 'ab']);
    expect(heard().at(-1)).toBe('open 1');
  });

  test.each([
    [204, 'STREAM_ENDED'],
    [400, 'STREAM_REFUSED'],
    [401, 'STREAM_REFUSED'],
    [403, 'STREAM_REFUSED'],
    [404, 'STREAM_REFUSED'],
    [205, 'STREAM_REFUSED'],
    [304, 'STREAM_REFUSED'],
  ])('is over for good after a %i', async (status, code) => {
    const { clock, asked, open, heard } = streamWorld({ network: { [A]: { status } } });
    const source = open();
    await clock.advance(60_000);
    expect([asked(), source.readyState, heard()]).toEqual(['a', 2, [`${code} 2`]]);
  });

  test('asks for fresh headers once more after a 401, and again once it was open', async () => {
    const seen: string[] = [];
    let good = 'two';
    const { clock, asked, open, heal, set, last } = streamWorld();
    const check = (request: Request) =>
      new Response(null, { status: request.headers.get('x-token') === good ? 500 : 401 });
    set(A, check);
    let calls = 0;
    const headers = ({ host, refused }: { host: string; refused: boolean }) => {
      seen.push(`${letter(host)} ${refused}`);
      calls++;
      return { 'x-token': calls === 1 ? 'one' : 'two' };
    };
    const source = open({ headers });
    await clock.advance(0);
    expect([asked(), seen]).toEqual(['aab', ['a false', 'a true', 'b true']]);
    expect(source.readyState).toBe(1);
    good = 'three';
    heal(A);
    set(B, check);
    last().break();
    await clock.advance(0);
    expect(last().headers.get('x-token')).toBe('two');
    set(A, check);
    last().break();
    await clock.advance(60_000);
    expect(source.readyState).toBe(2);
    // A stream that was open has made good for the refusal.
    expect(seen.slice(3, 4)).toEqual(['a false']);
    expect(seen.slice(-2)).toEqual(['a false', 'a true']);
  });

  test('blames no host for headers that can not be had, and tries again', async () => {
    const { clock, pool, asked, open, heard } = streamWorld();
    let fails = true;
    const source = open({
      headers: async () => {
        if (fails) throw new Error('no token');
        return {};
      },
    });
    await clock.advance(3_000);
    expect([asked(), source.readyState, pool.status.hosts.map(({ state }) => state)]).toEqual(['', 0, ['up', 'up']]);
    expect(new Set(heard())).toEqual(new Set(['STREAM_BROKEN 0']));
    fails = false;
    await clock.advance(30_000);
    expect(source.readyState).toBe(1);
  });

  test('waits as long as Retry-After says where no other host is ready', async () => {
    const busy = { status: 503, headers: { 'retry-after': '30' } };
    const { clock, asked, open, wake } = streamWorld({ network: { [A]: busy, [B]: busy } });
    open();
    await clock.advance(20_000);
    // Better times are not this host's better times.
    wake();
    await clock.advance(9_999);
    expect(asked()).toBe('ab');
    await clock.advance(4_000);
    expect(asked().length).toBeGreaterThan(2);
  });

  test('leaves a standby at once, and heeds who is active', async () => {
    const standby = { status: 503, headers: { 'switchover-role': 'standby', 'switchover-active': B } };
    const { clock, hosts, open, news } = streamWorld({ network: { [A]: standby } });
    open();
    await clock.advance(0);
    expect([hosts(), news()]).toEqual(['b', ['a inactive', 'switchover ab standby']]);
  });

  test('follows no redirect with headers that fetch would hand on', async () => {
    const modes: (RequestRedirect | undefined)[] = [];
    const { clock, pool, open } = streamWorld();
    const fetch: typeof pool.ports.fetch = (input, init) => {
      modes.push(init?.redirect);
      return pool.ports.fetch(input, init);
    };
    open({ fetch });
    open({ fetch, headers: { authorization: 'Bearer x' } });
    open({ fetch, headers: { 'x-token': 'x' } });
    await clock.advance(0);
    expect(modes).toEqual(['follow', 'follow', 'manual']);
  });

  test('a URL of another origin is left where it is, and gets no headers of the class', async () => {
    const { clock, network, open, set } = streamWorld({ network: { 'https://c.example.com': { status: 500 } } });
    open({}, 'https://c.example.com/events', { headers: { authorization: 'secret' } });
    await clock.advance(10_000);
    const sent = network.log.filter(({ path }) => path === '/events');
    expect(new Set(sent.map(({ host }) => host))).toEqual(new Set(['https://c.example.com']));
    expect(sent.some(({ headers }) => 'authorization' in headers)).toBe(false);
    expect(sent.length).toBeGreaterThan(1);
    set(A, 'ok');
  });

  test('a URL that was listed once is not asked for elsewhere', async () => {
    const { clock, pool, network, open, last } = streamWorld({ list: [A, B] });
    open({ headers: { authorization: 'secret' } }, `${A}/events`);
    await clock.advance(0);
    pool.setHosts([B]);
    await clock.advance(60_000);
    expect(last().host).toBe('b');
    expect(network.sentTo(A, '/events')).toHaveLength(1);
  });

  test.each([
    ['an unknown option', () => ({ stallMS: 1 })],
    ['a negative time', () => ({ stallMs: -1 })],
    ['a header that is none', () => ({ headers: { 'a b': 'c' } })],
    ['a fetch that is none', () => ({ fetch: 7 })],
  ])('refuses %s at once', (_, options) => {
    const { pool } = streamWorld();
    expect(() => createEventSource(pool, options() as object)).toThrow(SwitchoverError);
  });

  test.each(['//other.example.com/x', 'data:text/event-stream,x', 'ftp://a/b', 'http://'])(
    'refuses the URL %s',
    (url) => {
      const { pool } = streamWorld();
      const EventSource = createEventSource(pool);
      expect(() => new EventSource(url)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
    },
  );

  test('is over when its pool is closed, or was', async () => {
    const { clock, pool, open, heard, last, listeners } = streamWorld();
    const source = open();
    await clock.advance(0);
    heard();
    pool.close();
    const late = open();
    await clock.advance(1_000);
    expect([source.readyState, late.readyState, heard()]).toEqual([2, 2, ['CLOSED 2', 'CLOSED 2']]);
    expect([last().signal.aborted, clock.timers, listeners()]).toEqual([true, [], 0]);
  });

  test('closes for good at an event that is longer than may be', async () => {
    const { clock, open, last, heard } = streamWorld();
    const source = open({ maxEventChars: 100 });
    await clock.advance(0);
    last().send('data: a\n\ndata: ');
    for (let count = 0; count < 11; count++) last().send('0123456789');
    await clock.advance(60_000);
    expect([source.readyState, heard()]).toEqual([2, ['open 1', 'a', 'EVENT_TOO_LARGE 2']]);
  });
});
