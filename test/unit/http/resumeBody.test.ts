import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { guard } from '../../../src/http/guardedResponse.ts';
import type { GuardOptions, ResumeContext } from '../../../src/http/resumeBody.ts';
import { SwitchoverError } from '../../../src/policy/error.ts';
import { cut, type FakeEnd, fakeBody, manualClock, networkResponse, rejection, reset, settle } from './fakes.ts';

const BYTES = Uint8Array.from({ length: 40 }, (_, index) => index + 1);
const TAG = '"v1"';

/** A first response with these bytes of the body, and then this end. */
function first(upTo: number, headers: Record<string, string> = {}, end: FakeEnd = 'break'): Response {
  return networkResponse(fakeBody([BYTES.slice(0, upTo)], end).stream, {
    etag: TAG,
    'content-length': '40',
    ...headers,
  });
}

function part(from: number, upTo = 40, end: FakeEnd = 'close'): Response {
  const headers = { etag: TAG, 'content-range': `bytes ${from}-39/40` };
  return networkResponse(fakeBody([BYTES.slice(from, upTo)], end).stream, headers, 206);
}

function harness(answers: (Response | null | Error)[], more: Partial<GuardOptions> = {}) {
  const asked: ResumeContext[] = [];
  const clock = manualClock();
  const [onBroken, abort] = [vi.fn<GuardOptions['onBroken']>(), vi.fn<GuardOptions['abort']>()];
  const onDone = vi.fn<() => void>();
  const options: GuardOptions = {
    clock,
    stallMs: 1000,
    onBroken,
    abort,
    onDone,
    refetch: async (context: ResumeContext) => {
      asked.push(context);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer ?? null;
    },
    ...more,
  };
  return { asked, options, clock, onBroken, abort };
}

/** What a reader of the stream got, and what it was told at the end. */
async function readStream(response: Response): Promise<{ readonly got: Uint8Array; readonly error: unknown }> {
  const got: number[] = [];
  try {
    for await (const chunk of response.body ?? []) got.push(...chunk);
    return { got: new Uint8Array(got), error: undefined };
  } catch (error) {
    return { got: new Uint8Array(got), error };
  }
}

describe('a stream that broke', () => {
  it('is carried on from the byte where it broke, on the same host, under the same ETag', async () => {
    const { asked, options } = harness([part(15)]);
    expect(await readStream(guard(first(15), options))).toEqual({ got: BYTES, error: undefined });
    expect(asked).toMatchObject([{ headers: { range: 'bytes=15-39', 'if-range': TAG }, sameHost: true }]);
    expect(options.onBroken).toHaveBeenCalledOnce();
    expect(options.onDone).toHaveBeenCalledOnce();
  });

  it('is carried on from any host where ETags are shared', async () => {
    const { asked, options } = harness([part(15)], { sharedEtags: true });
    expect((await readStream(guard(first(15), options))).got).toEqual(BYTES);
    expect(asked).toMatchObject([{ sameHost: false }]);
  });

  it('is carried on after a stall too', async () => {
    const { options, clock, onBroken } = harness([part(15)]);
    const reading = readStream(guard(first(15, {}, 'silence'), options));
    await settle();
    clock.advance(1000);
    expect((await reading).got).toEqual(BYTES);
    expect(onBroken.mock.calls.map(([fault]) => fault)).toEqual(['stalled']);
  });

  it('is carried on again where the rest breaks too, and the response that broke is named each time', async () => {
    const rests = [part(15, 20, 'break'), part(20, 30, 'break'), part(30)] as const;
    const { asked, options, onBroken } = harness([...rests]);
    const response = guard(first(15), options);
    expect((await readStream(response)).got).toEqual(BYTES);
    expect(asked.map(({ headers }) => headers['range'])).toEqual(['bytes=15-39', 'bytes=20-39', 'bytes=30-39']);
    expect(onBroken.mock.calls.map(([, , broken]) => broken)).toEqual([response, rests[0], rests[1]]);
  });

  it("is carried on within the caller's own range", async () => {
    const own = (from: number, upTo: number, end: FakeEnd) =>
      networkResponse(
        fakeBody([BYTES.slice(from, upTo)], end).stream,
        { etag: TAG, 'content-range': `bytes ${from}-29/40` },
        206,
      );
    const { asked, options } = harness([own(15, 30, 'close')]);
    expect((await readStream(guard(own(10, 15, 'break'), options))).got).toEqual(BYTES.slice(10, 30));
    expect(asked[0]?.headers).toEqual({ range: 'bytes=15-29', 'if-range': TAG });
  });

  it('before its first byte is fetched anew, from any host', async () => {
    const { asked, options } = harness([first(40, {}, 'close')]);
    expect((await readStream(guard(first(0), options))).got).toEqual(BYTES);
    expect(asked).toMatchObject([{ headers: {}, sameHost: false }]);
  });

  it.each([
    ['the file has changed', () => first(40, { etag: '"v2"' }, 'close')],
    ['the server knows no ranges', () => first(40, {}, 'close')],
    [
      'a 200 claims to be the range',
      () => networkResponse(fakeBody([BYTES]).stream, { etag: TAG, 'content-range': 'bytes 15-39/40' }),
    ],
    ['the range is not satisfiable', () => networkResponse(fakeBody([]).stream, { etag: TAG }, 416)],
    ['the server has an error', () => networkResponse(fakeBody([]).stream, {}, 500)],
    ['the answer begins at another byte', () => part(0)],
    ['the answer has no body', () => networkResponse(null, { etag: TAG, 'content-range': 'bytes 15-39/40' }, 206)],
  ])('fails clearly where %s, and hands out nothing of that', async (_, answer) => {
    const { options } = harness([answer()]);
    const { got, error } = await readStream(guard(first(15), options));
    expect(got).toEqual(BYTES.slice(0, 15));
    expect(error).toMatchObject({ code: 'BODY_BROKEN', message: expect.stringContaining('15 bytes') });
  });

  it('frees the socket of an answer that it refuses', async () => {
    const refused = fakeBody([BYTES], 'silence');
    const { options } = harness([networkResponse(refused.stream, { etag: '"v2"' })]);
    await readStream(guard(first(15), options));
    expect(refused.cancelled).toHaveLength(1);
  });

  it.each([
    ['under a weak ETag', { etag: 'W/"v1"' }],
    ['in an encoded body', { 'content-encoding': 'gzip' }],
  ])('is not asked for again %s', async (_, headers) => {
    const { asked, options } = harness([part(15)]);
    const { got, error } = await readStream(guard(first(15, headers), options));
    expect([got, asked]).toEqual([BYTES.slice(0, 15), []]);
    expect(error).toMatchObject({ code: 'BODY_BROKEN' });
  });

  it('hands out no byte beyond the size that the rest had told', async () => {
    const long = networkResponse(
      fakeBody([BYTES.slice(15), new Uint8Array([99])]).stream,
      { etag: TAG, 'content-range': 'bytes 15-39/40' },
      206,
    );
    const { options } = harness([long]);
    const { got, error } = await readStream(guard(first(15), options));
    expect(got).toEqual(BYTES);
    expect(error).toMatchObject({ code: 'BODY_BROKEN' });
  });

  it('fails with the cause where sending again fails', async () => {
    const cause = new Error('no host left');
    const { options } = harness([cause]);
    expect((await readStream(guard(first(15), options))).error).toMatchObject({ code: 'BODY_BROKEN', cause });
  });

  it("rejects with the caller's reason where that ends the sending", async () => {
    const caller = new AbortController();
    const { options } = harness([], {
      signal: caller.signal,
      refetch: () => {
        caller.abort('enough');
        return Promise.reject(new Error('aborted'));
      },
    });
    expect((await readStream(guard(first(15), options))).error).toBe('enough');
  });

  it('gives up after 3 resumes without progress', async () => {
    const { asked, options } = harness(Array.from({ length: 9 }, () => part(15, 15, 'break')));
    expect((await readStream(guard(first(15), options))).error).toMatchObject({ code: 'BODY_BROKEN' });
    expect(asked).toHaveLength(3);
  });

  it('goes on as long as there is progress', async () => {
    const big = new Uint8Array(1_000_000).map((_, index) => index % 251);
    const headers = (from: number) => ({ etag: TAG, 'content-range': `bytes ${from}-999999/1000000` });
    const from = (start: number) =>
      networkResponse(fakeBody([big.slice(start, start + 100_000)], 'break').stream, headers(start), 206);
    const { asked, options } = harness([1, 2, 3, 4, 5, 6, 7, 8, 9].map((step) => from(step * 100_000)));
    const whole = networkResponse(fakeBody([big.slice(0, 100_000)], 'break').stream, { etag: TAG });
    expect((await readStream(guard(whole, options))).got).toEqual(big);
    expect(asked).toHaveLength(9);
  });

  it('that the reader cancels meanwhile ends the sending, and hears no more of it', async () => {
    let context: ResumeContext | undefined;
    const late = fakeBody([BYTES], 'silence');
    const { options } = harness([], {
      refetch: (given) => {
        context = given;
        return new Promise((resolve) => {
          given.signal.addEventListener('abort', () => resolve(networkResponse(late.stream, { etag: TAG })));
        });
      },
    });
    const reader = guard(first(15), options).body?.getReader();
    await reader?.read();
    const waiting = reader?.read();
    await settle();
    await reader?.cancel('seen enough');
    await settle();
    expect(await waiting).toMatchObject({ done: true });
    expect(context?.signal.reason).toBe('seen enough');
    expect(options.onDone).toHaveBeenCalledOnce();
  });

  it('stops the resumed connection, not the first, where that one stalls', async () => {
    const { asked, options, clock, abort, onBroken } = harness([part(15, 20, 'silence'), part(20)]);
    const reading = readStream(guard(first(15), options));
    await settle(200);
    clock.advance(1000);
    expect((await reading).got).toEqual(BYTES);
    expect([abort.mock.calls.length, asked[0]?.signal.aborted, asked[1]?.signal.aborted]).toEqual([0, true, false]);
    expect(onBroken.mock.calls.map(([fault]) => fault)).toEqual(['broken-body', 'stalled']);
  });

  it('that the reader cancels meanwhile is over once, and its clone is not over with it', async () => {
    let refuse = () => {};
    const onDone = vi.fn<() => void>();
    const { options } = harness([], {
      onDone,
      refetch: () =>
        new Promise((_, reject) => {
          refuse = () => reject(new Error('late'));
        }),
    });
    const response = guard(first(15), options);
    const copy = response.clone();
    const reader = response.body?.getReader();
    await reader?.read();
    const waiting = reader?.read();
    await settle();
    void reader?.cancel();
    refuse();
    await waiting;
    await settle();
    expect([onDone.mock.calls.length, copy.bodyUsed]).toEqual([0, false]);
  });

  it('of another origin, whose head may hide things, is held to the size that its rest has told', async () => {
    const hidden = networkResponse(fakeBody([BYTES.slice(0, 15)], 'break').stream, { etag: TAG }, 200, 'cors');
    const short = networkResponse(
      fakeBody([BYTES.slice(15, 30)]).stream,
      { etag: TAG, 'content-range': 'bytes 15-39/40' },
      206,
      'cors',
    );
    const { options } = harness([short]);
    const { got, error } = await readStream(guard(hidden, options));
    expect([got.length, error]).toMatchObject([30, { code: 'BODY_BROKEN' }]);
  });
});

describe('a whole that broke', () => {
  it('is fetched anew from any host, since nobody has seen a byte of it', async () => {
    const { asked, options } = harness([first(40, {}, 'close')]);
    expect(await guard(first(15), options).bytes()).toEqual(BYTES);
    expect(asked).toMatchObject([{ headers: {}, sameHost: false }]);
  });

  it('is carried on where ETags are shared', async () => {
    const { asked, options } = harness([part(15)], { sharedEtags: true });
    expect(await guard(first(15), options).bytes()).toEqual(BYTES);
    expect(asked).toMatchObject([{ headers: { range: 'bytes=15-39', 'if-range': TAG }, sameHost: false }]);
  });

  it('begins anew where a server answers a range with the whole', async () => {
    const { options } = harness([first(40, {}, 'close')], { sharedEtags: true });
    expect(await guard(first(15), options).bytes()).toEqual(BYTES);
  });

  it('is fetched anew under any coding, for no offset counts', async () => {
    const gzip = { 'content-encoding': 'gzip', 'content-length': '9' };
    const { options } = harness([first(40, gzip, 'close')]);
    expect(await guard(first(15, gzip), options).bytes()).toEqual(BYTES);
  });

  it('may come out longer or shorter where no ETag promised its bytes', async () => {
    const plain = (size: number, upTo: number, end: FakeEnd) =>
      networkResponse(fakeBody([BYTES.slice(0, upTo)], end).stream, { 'content-length': String(size) });
    const { options } = harness([plain(7, 7, 'close')]);
    expect(await guard(plain(40, 30, 'break'), options).bytes()).toEqual(BYTES.slice(0, 7));
  });

  it.each([
    ['status', () => networkResponse(fakeBody([BYTES]).stream, { etag: TAG }, 203)],
    ['type', () => first(40, { 'content-type': 'text/html' }, 'close')],
    ['ETag', () => first(40, { etag: '"v2"' }, 'close')],
  ])('fails clearly where the answer has another %s than the response that the caller holds', async (_, answer) => {
    const { options } = harness([answer()]);
    expect(await rejection(guard(first(15), options).bytes())).toMatchObject({ code: 'BODY_BROKEN' });
  });

  it('gives up after 3 resumes that all break at the same place, however far that is', async () => {
    const big = new Uint8Array(300_000);
    const whole = () => networkResponse(fakeBody([big], 'break').stream, { etag: TAG });
    const { asked, options } = harness(Array.from({ length: 9 }, whole));
    expect(await rejection(guard(whole(), options).bytes())).toMatchObject({ code: 'BODY_BROKEN' });
    expect(asked).toHaveLength(3);
  });

  it('fails without a second sending where the request may not be sent again', async () => {
    const { options } = harness([], { refetch: undefined });
    expect(await rejection(guard(first(15), options).bytes())).toMatchObject({ code: 'BODY_BROKEN' });
  });
});

/** What a server does with a request for the rest: the truth, or one of the lies that are known from the field. */
const CONDUCT = [
  'honest',
  'no range support',
  'no host',
  'rejects',
  'changed file',
  'changed file as 206',
  'forged 206 from the start',
  'one byte too early',
  'one byte too late',
  'another total',
  'no total',
  'more bytes than it says',
  'fewer bytes than it says',
  'weak ETag',
  'no ETag',
  'gzip',
  'error page',
] as const;
type Conduct = (typeof CONDUCT)[number];
const CHANGED = BYTES.map((byte) => byte + 100);

interface Scene {
  readonly conduct: Conduct;
  /** How many bytes come before the connection does what `end` says. */
  readonly breaksAfter: number;
  readonly end: FakeEnd;
  readonly cuts: readonly number[];
}

function serve({ headers }: ResumeContext, { conduct, breaksAfter, end, cuts }: Scene): Response | null {
  const wanted = /^bytes=(\d+)-/.exec(headers['range'] ?? '');
  const start = wanted ? Number(wanted[1]) : 0;
  const reply = (status: number, bytes: Uint8Array, more: Record<string, string>) => {
    const breaks = end !== 'close' && breaksAfter < bytes.length;
    const chunks = cut(breaks ? bytes.slice(0, breaksAfter) : bytes, cuts);
    const sent = { etag: TAG, 'content-type': 'application/octet-stream', ...more };
    return networkResponse(fakeBody(chunks, breaks ? end : 'close').stream, sent, status);
  };
  const range = (from: number, total: number | string = 40) => ({ 'content-range': `bytes ${from}-39/${total}` });
  const ranged = wanted !== null && headers['if-range'] === TAG;
  switch (conduct) {
    case 'no host':
      return null;
    case 'rejects':
      throw new TypeError('fetch failed');
    case 'changed file':
      return reply(200, CHANGED, { etag: '"v2"', 'content-length': '40' });
    case 'error page':
      return reply(500, CHANGED, { 'content-type': 'text/html' });
    case 'forged 206 from the start':
      return reply(206, BYTES, range(0));
    case 'changed file as 206':
      return reply(206, CHANGED.slice(start), { ...range(start), etag: '"v2"' });
    case 'one byte too early':
      return reply(206, BYTES.slice(Math.max(0, start - 1)), range(Math.max(0, start - 1)));
    case 'one byte too late':
      return reply(206, BYTES.slice(start + 1), range(start + 1));
    case 'another total':
      return reply(206, CHANGED.slice(start), range(start, 41));
    case 'no total':
      return reply(206, CHANGED.slice(start), range(start, '*'));
    case 'weak ETag':
      return reply(206, CHANGED.slice(start), { ...range(start), etag: 'W/"v1"' });
    case 'no ETag':
      return reply(206, CHANGED.slice(start), { ...range(start), etag: '' });
    case 'gzip':
      return reply(206, CHANGED.slice(start), { ...range(start), 'content-encoding': 'gzip' });
    default:
  }
  if (!ranged || conduct === 'no range support') return reply(200, BYTES, { 'content-length': '40' });
  if (conduct === 'fewer bytes than it says') return reply(206, BYTES.slice(start, -1), range(start));
  if (conduct === 'more bytes than it says') {
    return reply(206, new Uint8Array([...BYTES.slice(start), 77, 78]), range(start));
  }
  return reply(206, BYTES.slice(start), range(start));
}

describe('whatever breaks and whoever lies', () => {
  const scene: fc.Arbitrary<Scene> = fc.record({
    conduct: fc.oneof({ weight: 2, arbitrary: fc.constant('honest' as const) }, fc.constantFrom(...CONDUCT)),
    breaksAfter: fc.nat(40),
    end: fc.constantFrom<FakeEnd[]>('close', 'break', 'silence'),
    cuts: fc.array(fc.nat(60), { maxLength: 5 }),
  });
  const world = fc.record({
    opening: scene.map((one): Scene => ({ ...one, conduct: 'honest' })),
    knowsLength: fc.boolean(),
    type: fc.constantFrom('basic', 'cors'),
    scenes: fc.array(scene, { maxLength: 8 }),
    sharedEtags: fc.boolean(),
  });

  async function play(
    { opening, knowsLength, type, scenes, sharedEtags }: typeof world extends fc.Arbitrary<infer T> ? T : never,
    read: (response: Response) => Promise<{ got: Uint8Array | undefined; error: unknown }>,
  ) {
    const left = [...scenes];
    const clock = manualClock();
    const onDone = vi.fn();
    const options: GuardOptions = {
      clock,
      stallMs: 1000,
      sharedEtags,
      onBroken() {},
      abort() {},
      onDone,
      refetch: async (context) => {
        const next = left.shift();
        return next ? serve(context, next) : null;
      },
    };
    const breaks = opening.end !== 'close';
    const chunks = cut(breaks ? BYTES.slice(0, opening.breaksAfter) : BYTES, opening.cuts);
    const headers = { etag: TAG, 'content-type': 'application/octet-stream' };
    const start = networkResponse(
      fakeBody(chunks, opening.end).stream,
      knowsLength ? { ...headers, 'content-length': '40' } : headers,
      200,
      type,
    );
    let over = false;
    const reading = read(guard(start, options)).finally(() => {
      over = true;
    });
    while (!over) {
      await settle(200);
      clock.advance(1000);
    }
    const result = await reading;
    expect(onDone).toHaveBeenCalledOnce();
    expect(clock.pending).toBe(0);
    return result;
  }

  it('a stream gives the right bytes to the end, or the right bytes and then a clear error', async () => {
    const ends = { whole: 0, broken: 0 };
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const { got, error } = await play(given, readStream);
        expect(got).toEqual(BYTES.slice(0, got?.length));
        if (error === undefined) expect(got).toHaveLength(40);
        else expect(error).toMatchObject({ code: 'BODY_BROKEN' });
        ends[error === undefined ? 'whole' : 'broken']++;
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(ends.whole, ends.broken)).toBeGreaterThan(100);
  });

  it('a whole is right, or a clear error', async () => {
    const ends = { whole: 0, broken: 0 };
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const { got, error } = await play(given, async (response) =>
          response.bytes().then(
            (bytes) => ({ got: bytes, error: undefined }),
            (reason: unknown) => ({ got: undefined, error: reason }),
          ),
        );
        if (got) expect(got).toEqual(BYTES);
        else expect(SwitchoverError.is(error) && error.code).toBe('BODY_BROKEN');
        ends[error === undefined ? 'whole' : 'broken']++;
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(ends.whole, ends.broken)).toBeGreaterThan(100);
  });
});

it('tells nobody of a break that an unread body has', async () => {
  const { options } = harness([]);
  guard(networkResponse(fakeBody([], 'break', reset()).stream), options);
  await settle();
  expect(options.onBroken).not.toHaveBeenCalled();
});
