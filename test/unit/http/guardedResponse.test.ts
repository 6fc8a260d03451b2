import { beforeEach, describe, expect, it, type Mock, vi } from 'vitest';
import { guard } from '../../../src/http/guardedResponse.ts';
import type { GuardOptions } from '../../../src/http/resumeBody.ts';
import { type AttemptTrace, SwitchoverError } from '../../../src/policy/error.ts';
import { drain, fakeBody, manualClock, networkResponse, rejection, reset, settle, utf8 } from './fakes.ts';

const TEXT = utf8('{"one":1,"two":2}');
const HALVES = [TEXT.slice(0, 8), TEXT.slice(8)] as const;

let clock = manualClock();
let options: GuardOptions & {
  attempts?: () => AttemptTrace[];
  onBroken: Mock<GuardOptions['onBroken']>;
  abort: Mock<GuardOptions['abort']>;
};
let onDone: Mock<() => void>;

beforeEach(() => {
  clock = manualClock();
  onDone = vi.fn<() => void>();
  options = {
    clock,
    stallMs: 1000,
    onBroken: vi.fn<GuardOptions['onBroken']>(),
    abort: vi.fn<GuardOptions['abort']>(),
    onDone,
  };
});

const json = { 'content-type': 'application/json' };
const guarded = (body = fakeBody(HALVES), headers: Record<string, string> = json) =>
  guard(networkResponse(body.stream, headers), options);

describe('a guarded response', () => {
  it('is the same object, and a Response still', () => {
    const response = networkResponse(fakeBody([]).stream);
    const same = guard(response, options);
    expect(same).toBe(response);
    expect(same).toBeInstanceOf(Response);
    expect(same.constructor).toBe(Response);
    expect(Object.prototype.toString.call(same)).toBe('[object Response]');
  });

  it('keeps its status, headers and URL', () => {
    const response = guarded(undefined, { 'x-it': 'is' });
    expect([response.status, response.ok, response.headers.get('x-it'), response.url]).toEqual([200, true, 'is', '']);
  });

  it('reads nothing, sets no timer and touches no socket until it is read', async () => {
    const body = fakeBody(HALVES);
    const response = guarded(body);
    void response.body;
    await settle();
    expect([body.pulled, clock.everSet, response.bodyUsed, response.body?.locked]).toEqual([0, 0, false, false]);
  });

  it('reads nothing ahead of a stream that is no byte stream either', async () => {
    let pulled = 0;
    const source = new ReadableStream(
      {
        pull() {
          pulled++;
        },
      },
      { highWaterMark: 0 },
    );
    void guard(networkResponse(source), options).body;
    await settle();
    expect(pulled).toBe(0);
  });

  it.each([
    ['text', '{"one":1,"two":2}'],
    ['json', { one: 1, two: 2 }],
    ['arrayBuffer', TEXT.buffer],
    ['bytes', TEXT],
  ] as const)('gives the whole by %s()', async (how, expected) => {
    expect(await guarded()[how]()).toEqual(expected);
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('gives a Blob that knows its type', async () => {
    const blob = await guarded().blob();
    expect([blob.type, await blob.text()]).toEqual(['application/json', '{"one":1,"two":2}']);
  });

  it('gives a Blob without a type where none is told', async () => {
    expect((await guarded(undefined, {}).blob()).type).toBe('');
  });

  it('gives a form', async () => {
    const form = new FormData();
    form.set('name', 'value');
    form.set('file', new Blob(['content']), 'file.txt');
    const made = new Response(form);
    const bytes = new Uint8Array(await made.clone().arrayBuffer());
    const response = guarded(fakeBody([bytes.slice(0, 50), bytes.slice(50)]), {
      'content-type': made.headers.get('content-type') ?? '',
    });
    const read = await response.formData();
    expect(read.get('name')).toBe('value');
    expect(await (read.get('file') as File).text()).toBe('content');
  });

  it('rejects with the error of the parser where the body is no JSON', async () => {
    expect(await rejection(guarded(fakeBody([utf8('<html>')])).json())).toBeInstanceOf(SyntaxError);
  });

  it('drops a byte order mark, as the platform does', async () => {
    expect(await guarded(fakeBody([new Uint8Array([0xef, 0xbb, 0xbf, 0x61])])).text()).toBe('a');
  });

  it('puts characters together that were cut between chunks', async () => {
    const bytes = utf8('ü€😀');
    expect(await guarded(fakeBody([...bytes].map((byte) => new Uint8Array([byte])))).text()).toBe('ü€😀');
  });

  it('gives each chunk to a stream, one for each read', async () => {
    const body = fakeBody(HALVES);
    const reader = guarded(body).body?.getReader();
    expect((await reader?.read())?.value).toEqual(HALVES[0]);
    await settle();
    expect(body.pulled).toBe(1);
    expect((await reader?.read())?.value).toEqual(HALVES[1]);
    expect(await reader?.read()).toEqual({ done: true, value: undefined });
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('can be read into a buffer of the reader, to its end', async () => {
    const reader = guarded().body?.getReader({ mode: 'byob' });
    const first = await reader?.read(new Uint8Array(5));
    const second = await reader?.read(new Uint8Array(50));
    const third = await reader?.read(new Uint8Array(50));
    const end = await reader?.read(new Uint8Array(50));
    const sizes = [first, second, third, end].map((read) => read?.value?.byteLength);
    expect([...sizes, end?.done]).toEqual([5, 3, 9, 0, true]);
  });

  it('leaves the buffers of chunks alone that came from no byte stream', async () => {
    const chunk = utf8('mine');
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
    expect(await drain(guard(networkResponse(stream), options).body)).toEqual(utf8('mine'));
    expect(chunk.byteLength).toBe(4);
  });

  it('goes on after a chunk without bytes', async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (const text of ['', 'a', '', 'b', '']) controller.enqueue(utf8(text));
        controller.close();
      },
    });
    expect(await guard(networkResponse(stream), options).text()).toBe('ab');
  });

  it('works with pipeTo, tee, for await and a new Response', async () => {
    const piped: number[] = [];
    await guarded().body?.pipeTo(new WritableStream({ write: (chunk: Uint8Array) => void piped.push(...chunk) }));
    expect(new Uint8Array(piped)).toEqual(TEXT);

    const [left, right] = guarded().body?.tee() ?? [];
    expect([await drain(left ?? null), await drain(right ?? null)]).toEqual([TEXT, TEXT]);

    const iterated: number[] = [];
    for await (const chunk of guarded().body ?? []) iterated.push(...chunk);
    expect(new Uint8Array(iterated)).toEqual(TEXT);

    expect(await new Response(guarded().body).text()).toBe('{"one":1,"two":2}');
  });

  it('gives one stream, however often it is asked', () => {
    const response = guarded();
    expect(response.body).toBe(response.body);
  });
});

describe('a body can be read once only:', () => {
  const ends = {
    'json() twice': async (response: Response) => {
      await response.json();
      await response.json();
    },
    'text() while json() goes on': (response: Response) => {
      void response.json();
      return response.text();
    },
    'json() under a reader': (response: Response) => {
      response.body?.getReader();
      return response.json();
    },
    'json() after a read': async (response: Response) => {
      const reader = response.body?.getReader();
      await reader?.read();
      reader?.releaseLock();
      await response.json();
    },
    'json() after a cancel': async (response: Response) => {
      await response.body?.cancel();
      await response.json();
    },
    'clone() under a reader': async (response: Response) => {
      response.body?.getReader();
      response.clone();
    },
    'clone() after json()': async (response: Response) => {
      await response.json();
      response.clone();
    },
    'a reader after json()': async (response: Response) => {
      await response.json();
      response.body?.getReader();
    },
    'a reader that was given out before json()': async (response: Response) => {
      const { body } = response;
      await response.json();
      body?.getReader();
    },
    'a reader that was given out before clone()': async (response: Response) => {
      const { body } = response;
      response.clone();
      body?.getReader();
    },
  };

  it.each(Object.entries(ends))('%s is a TypeError, as it is without a guard', async (_, act) => {
    expect(await rejection(act(networkResponse(fakeBody(HALVES).stream, json)))).toBeInstanceOf(TypeError);
    expect(await rejection(act(guarded()))).toBeInstanceOf(TypeError);
  });

  it('bodyUsed and locked say so at once', () => {
    const response = guarded();
    void response.text();
    expect([response.bodyUsed, response.body?.locked]).toEqual([true, true]);
  });

  it('bodyUsed says so after a read and after a cancel', async () => {
    const read = guarded();
    await read.body?.getReader().read();
    const cancelled = guarded();
    await cancelled.body?.cancel();
    expect([read.bodyUsed, cancelled.bodyUsed]).toEqual([true, true]);
  });

  it('a clone that was refused leaves the reader as it was', async () => {
    const response = guarded();
    const reader = response.body?.getReader();
    // A native clone would be made for nobody, and keep every byte for it.
    const nativeClone = vi.spyOn(Response.prototype, 'clone');
    expect(() => response.clone()).toThrow(TypeError);
    expect(nativeClone).not.toHaveBeenCalled();
    nativeClone.mockRestore();
    expect((await reader?.read())?.value).toEqual(HALVES[0]);
    expect((await reader?.read())?.value).toEqual(HALVES[1]);
  });

  it('a reader that let go without reading leaves it whole', async () => {
    const response = guarded();
    response.body?.getReader().releaseLock();
    expect(await response.json()).toEqual({ one: 1, two: 2 });
  });
});

describe('a clone', () => {
  it('and its original are both guarded, and both whole', async () => {
    const response = guarded();
    const copy = response.clone();
    expect(copy).toBeInstanceOf(Response);
    expect(await Promise.all([response.json(), copy.text()])).toEqual([{ one: 1, two: 2 }, '{"one":1,"two":2}']);
  });

  it('may be made after the stream was looked at', async () => {
    const response = guarded();
    void response.body;
    const copy = response.clone();
    expect([await drain(response.body), await drain(copy.body)]).toEqual([TEXT, TEXT]);
  });

  it('ends the whole only together with its original', async () => {
    const response = guarded();
    const copy = response.clone().clone();
    await response.text();
    expect(onDone).not.toHaveBeenCalled();
    await copy.text();
    expect(onDone).not.toHaveBeenCalled();
  });

  it('tells the end once all have ended', async () => {
    const response = guarded();
    const copy = response.clone();
    await response.text();
    await copy.text();
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('breaks together with its original, for which one host is blamed once', async () => {
    const response = guarded(fakeBody([HALVES[0]], 'break'));
    const copy = response.clone();
    await Promise.all([rejection(response.text()), rejection(copy.text())]);
    expect(options.onBroken).toHaveBeenCalledOnce();
  });

  it('stalls together with its original, for which one host is blamed once', async () => {
    options.abort.mockImplementation((reason) => controller?.error(reason));
    let controller: ReadableStreamDefaultController | undefined;
    const stream = new ReadableStream({
      start(own) {
        controller = own;
      },
    });
    const response = guard(networkResponse(stream, json), options);
    const copy = response.clone();
    const both = [rejection(response.text()), rejection(copy.text())];
    await settle();
    clock.advance(1000);
    for (const error of await Promise.all(both)) expect(error).toMatchObject({ code: 'BODY_BROKEN' });
    expect(options.onBroken.mock.calls.map(([fault]) => fault)).toEqual(['stalled']);
  });
});

describe('a stall', () => {
  it('ends a read after stallMs without a byte, and frees the socket', async () => {
    const body = fakeBody([HALVES[0]], 'silence');
    const reading = rejection(guarded(body).text());
    await settle();
    clock.advance(999);
    await settle();
    expect(options.onBroken).not.toHaveBeenCalled();
    clock.advance(1);
    expect(await reading).toMatchObject({ code: 'BODY_BROKEN' });
    expect(options.onBroken.mock.calls.map(([fault]) => fault)).toEqual(['stalled']);
    expect([options.abort.mock.calls.length, body.cancelled.length]).toEqual([1, 1]);
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('ends a stream in the same way, after what came before', async () => {
    const reader = guarded(fakeBody([HALVES[0]], 'silence')).body?.getReader();
    expect((await reader?.read())?.value).toEqual(HALVES[0]);
    const reading = rejection(reader?.read() ?? Promise.resolve());
    await settle();
    clock.advance(1000);
    expect(await reading).toMatchObject({ code: 'BODY_BROKEN', message: expect.stringContaining('8 bytes') });
  });

  it('is measured from the last chunk', async () => {
    let give: ReadableStreamDefaultController | undefined;
    const stream = new ReadableStream({
      start(controller) {
        give = controller;
      },
    });
    const reading = guard(networkResponse(stream), options).text();
    for (let chunk = 0; chunk < 5; chunk++) {
      clock.advance(999);
      give?.enqueue(utf8('a'));
      await settle();
    }
    give?.close();
    expect(await reading).toBe('aaaaa');
  });

  it('is seen as soon as that is over, although one timer serves many chunks', async () => {
    let give: ReadableStreamDefaultController | undefined;
    const stream = new ReadableStream({
      start(controller) {
        give = controller;
      },
    });
    const reading = rejection(guard(networkResponse(stream), options).text());
    clock.advance(600);
    give?.enqueue(utf8('a'));
    await settle();
    clock.advance(999);
    expect(options.onBroken).not.toHaveBeenCalled();
    clock.advance(1);
    expect(options.onBroken).toHaveBeenCalledOnce();
    expect(await reading).toMatchObject({ code: 'BODY_BROKEN' });
  });

  it('is none while nobody reads', async () => {
    const reader = guarded(fakeBody(HALVES)).body?.getReader();
    await reader?.read();
    clock.advance(10_000);
    expect((await reader?.read())?.value).toEqual(HALVES[1]);
    expect(options.onBroken).not.toHaveBeenCalled();
  });

  it('is none where this side was frozen: it waits once more', async () => {
    const reading = rejection(guarded(fakeBody([HALVES[0]], 'silence')).text());
    await settle();
    clock.freeze(60_000);
    clock.advance(0);
    await settle();
    expect(options.onBroken).not.toHaveBeenCalled();
    clock.advance(1000);
    expect(await reading).toMatchObject({ code: 'BODY_BROKEN' });
  });

  it.each([0, false, Number.POSITIVE_INFINITY, 2 ** 31] as const)('is none with a stallMs of %s', async (stallMs) => {
    options = { ...options, stallMs };
    void guarded(fakeBody([], 'silence')).text();
    await settle();
    expect(clock.everSet).toBe(0);
  });

  it('is none in an event stream, where silence is no fault', async () => {
    void guarded(fakeBody([], 'silence'), { 'content-type': 'text/event-stream; charset=utf-8' }).text();
    await settle();
    expect(clock.everSet).toBe(0);
  });

  it('costs one timer for a body, however many chunks it has, and none is left', async () => {
    await guarded(fakeBody(Array.from({ length: 500 }, () => utf8('a')))).text();
    expect([clock.everSet, clock.pending]).toEqual([1, 0]);
  });
});

describe('a break', () => {
  it('is told with its error and its response, and ends the reading with BODY_BROKEN', async () => {
    const cause = reset();
    const attempts = [{ host: 'https://a', cause: 'broken-body', tookMs: 1 }];
    options.attempts = () => attempts;
    const response = guarded(fakeBody([HALVES[0]], 'break', cause));
    const error = await rejection(response.json());
    expect(SwitchoverError.is(error)).toBe(true);
    expect(error).toMatchObject({ code: 'BODY_BROKEN', cause, attempts, remedy: expect.stringMatching(/ETag/) });
    expect(options.onBroken.mock.calls).toEqual([['broken-body', cause, response]]);
    expect(onDone).toHaveBeenCalledOnce();
    expect(clock.pending).toBe(0);
  });

  it('after every byte has come is none', async () => {
    const response = guarded(fakeBody(HALVES, 'break'), { 'content-length': String(TEXT.byteLength) });
    expect(await response.text()).toBe('{"one":1,"two":2}');
    expect(options.onBroken).not.toHaveBeenCalled();
  });

  it('after as many bytes as a hidden coding may have packed is one: nobody knows how many were to come', async () => {
    const headers = { 'content-length': String(HALVES[0].byteLength) };
    const response = guard(networkResponse(fakeBody([HALVES[0]], 'break').stream, headers, 200, 'cors'), options);
    expect(await rejection(response.text())).toMatchObject({ code: 'BODY_BROKEN' });
  });

  it('is also an end that comes too early', async () => {
    const error = await rejection(guarded(fakeBody([HALVES[0]]), { 'content-length': '17' }).text());
    expect(error).toMatchObject({ code: 'BODY_BROKEN', cause: expect.any(Error) });
    expect(options.onBroken).toHaveBeenCalledOnce();
  });

  it.each([
    ['encoded', { 'content-length': '999', 'content-encoding': 'gzip' }, 'basic'],
    ['cross-origin, whose coding may be hidden', { 'content-length': '999' }, 'cors'],
    ['made by a program', { 'content-length': '999' }, 'default'],
  ])('is not seen in the length of a body that is %s', async (_, headers, type) => {
    const response = guard(networkResponse(fakeBody(HALVES).stream, headers, 200, type), options);
    expect(await response.text()).toBe('{"one":1,"two":2}');
  });
});

describe("the caller's abort", () => {
  it('rejects with its reason and blames nobody', async () => {
    const caller = new AbortController();
    options = { ...options, signal: caller.signal, refetch: vi.fn() };
    const response = guarded(fakeBody([HALVES[0]], 'break', new Error('aborted')));
    caller.abort('enough');
    expect(await rejection(response.text())).toBe('enough');
    expect(options.onBroken).not.toHaveBeenCalled();
    expect(options.refetch).not.toHaveBeenCalled();
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('stands in for a missing reason with an AbortError, as on React Native', async () => {
    options = { ...options, signal: { aborted: true } as AbortSignal };
    expect(await rejection(guarded(fakeBody([], 'break')).text())).toMatchObject({ name: 'AbortError' });
  });
});

describe('the end of a body', () => {
  it('is told when a stream is cancelled, with the reason on its way to the socket', async () => {
    const body = fakeBody(HALVES);
    await guarded(body).body?.cancel('seen enough');
    expect([body.cancelled, onDone.mock.calls.length]).toEqual([['seen enough'], 1]);
  });

  it('is told when a stream is cancelled under a read that waits', async () => {
    const body = fakeBody([], 'silence');
    const reader = guarded(body).body?.getReader();
    const waiting = reader?.read();
    await settle();
    await reader?.cancel('seen enough');
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect([body.cancelled, clock.pending, onDone.mock.calls.length]).toEqual([['seen enough'], 0, 1]);
    expect(options.onBroken).not.toHaveBeenCalled();
  });

  it('is told at once where there is no body', () => {
    const response = new Response(null, { status: 204 });
    expect(guard(response, options)).toBe(response);
    expect(Object.getPrototypeOf(response)).toBe(Response.prototype);
    expect(onDone).toHaveBeenCalledOnce();
  });
});

describe('what is not guarded:', () => {
  it('a mock that is no class instance', () => {
    const mock = { status: 200, body: fakeBody([]).stream, text: () => 'mine' } as unknown as Response;
    expect(guard(mock, options).text()).toBe('mine');
    expect(Object.getPrototypeOf(mock)).toBe(Object.prototype);
  });

  it("a polyfill whose body is no stream, such as React Native's", () => {
    class Polyfill {
      _body = 'text';
      text = () => this._body;
    }
    const response = guard(new Polyfill() as unknown as Response, options);
    expect(response.text()).toBe('text');
    expect(Object.getPrototypeOf(response)).toBe(Polyfill.prototype);
    expect(onDone).toHaveBeenCalledOnce();
  });

  it("a polyfill whose body is a stream of another kind, such as node-fetch's", () => {
    class Polyfill {
      get body() {
        return { pipe() {} };
      }
    }
    const response = guard(new Polyfill() as unknown as Response, options);
    expect(Object.getPrototypeOf(response)).toBe(Polyfill.prototype);
  });
});

it('can be guarded twice, when the fetch of one failover is the platform of another', async () => {
  const inner = { ...options, onDone: vi.fn<() => void>() };
  const response = guard(guard(networkResponse(fakeBody(HALVES).stream, json), inner), options);
  const copy = response.clone();
  expect(await response.json()).toEqual({ one: 1, two: 2 });
  expect(await drain(copy.body)).toEqual(TEXT);
  expect([inner.onDone.mock.calls.length, onDone.mock.calls.length]).toEqual([1, 1]);
});
