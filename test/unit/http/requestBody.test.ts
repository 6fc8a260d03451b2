import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { prepareBody } from '../../../src/http/requestBody.ts';
import type { SentBody } from '../../../src/http/sentBody.ts';
import { cut, drain, fakeBody, rejection, settle, utf8 } from './fakes.ts';

const URL_TEXT = 'https://chat.example/';
const CAP = 100;

const prepare = (body: unknown, capBytes = CAP, signal?: AbortSignal) =>
  prepareBody(null, { method: 'POST', body: body as BodyInit }, capBytes, signal);
const prepareRequest = (init: RequestInit, capBytes = CAP) =>
  prepareBody(new Request(URL_TEXT, { method: 'POST', ...init }), undefined, capBytes, undefined);

/** The bytes that fetch would send. */
const sentBytes = async ({ body }: SentBody) => new Uint8Array(await new Response(body ?? null).arrayBuffer());

const invalid = { name: 'SwitchoverError', code: 'INVALID_REQUEST' };

describe('at once and untouched goes', () => {
  const form = new FormData();
  it.each([
    ['a string', 'text'],
    ['an empty string', ''],
    ['URLSearchParams', new URLSearchParams({ a: 'b' })],
    ['a Blob', new Blob(['blob'])],
    ['a FormData', form],
  ])('%s', (_, body) => {
    expect(prepare(body)).toEqual({ body, replayable: true });
    expect((prepare(body) as SentBody).body).toBe(body);
  });

  it('no body, always as the same answer', () => {
    const none = prepareBody(null, undefined, CAP, undefined);
    expect(none).toEqual({ body: undefined, replayable: true });
    expect(prepareBody(null, { body: null }, CAP, undefined)).toBe(none);
    expect(prepareBody(new Request(URL_TEXT), undefined, CAP, undefined)).toBe(none);
    expect(prepareBody(new Request(URL_TEXT, { method: 'DELETE' }), {}, CAP, undefined)).toBe(none);
  });
});

describe('a buffer', () => {
  it.each([
    ['an ArrayBuffer', (bytes: Uint8Array<ArrayBuffer>) => bytes.buffer],
    ['a Uint8Array', (bytes: Uint8Array<ArrayBuffer>) => bytes],
    ['a DataView', (bytes: Uint8Array<ArrayBuffer>) => new DataView(bytes.buffer)],
  ])('that the caller changes between attempts is sent as it was given: %s', async (_, view) => {
    const bytes = utf8('given');
    const sent = await prepare(view(bytes));
    bytes.fill(0);
    expect(await sentBytes(sent)).toEqual(utf8('given'));
    expect(sent.replayable).toBe(true);
  });

  it('that shows a part of a larger one is sent as that part', async () => {
    expect(await sentBytes(await prepare(utf8('a part of it').subarray(2, 6)))).toEqual(utf8('part'));
  });

  it('over the cap is not copied', async () => {
    const bytes = new Uint8Array(CAP + 1);
    expect((await prepare(bytes)).body).toBe(bytes);
    expect((await prepare(new Uint8Array(CAP))).body).not.toBe(bytes);
  });
});

describe('a stream', () => {
  it('that ends within the cap becomes bytes, which have a length and can be sent again', async () => {
    const sent = await prepare(fakeBody([utf8('one '), utf8('two')]).stream);
    expect(sent).toEqual({ body: utf8('one two'), replayable: true });
  });

  it('of exactly the cap becomes bytes, and one byte more stays a stream', async () => {
    expect((await prepare(fakeBody([new Uint8Array(CAP)]).stream)).replayable).toBe(true);
    const over = await prepare(fakeBody([new Uint8Array(CAP), new Uint8Array(1)]).stream);
    expect([over.replayable, over.duplex]).toEqual([false, 'half']);
  });

  it('that is empty becomes no bytes', async () => {
    expect((await sentBytes(await prepare(fakeBody([]).stream))).byteLength).toBe(0);
  });

  it('over the cap is read no further before somebody sends it', async () => {
    const body = fakeBody(Array.from({ length: 20 }, () => new Uint8Array(30)));
    const sent = await prepare(body.stream);
    await settle();
    expect(body.pulled).toBe(4);
    const reader = (sent.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value?.byteLength).toBe(120);
    await settle();
    expect(body.pulled).toBe(4);
    await reader.read();
    await settle();
    expect(body.pulled).toBe(5);
  });

  it('over the cap that is cancelled cancels its source, with the reason', async () => {
    const body = fakeBody(Array.from({ length: 20 }, () => new Uint8Array(30)));
    const sent = await prepare(body.stream);
    sent.end?.();
    await (sent.body as ReadableStream).cancel('host is gone');
    expect(body.cancelled).toEqual(['host is gone']);
  });

  it('that fails is the fault of its maker: with its error, before anything is sent', async () => {
    const cause = new Error('disk');
    expect(await rejection(Promise.resolve(prepare(fakeBody([utf8('a')], 'break', cause).stream)))).toBe(cause);
  });

  it('that fails while it is sent says so, so that no host is blamed', async () => {
    const cause = new Error('disk');
    const sent = await prepare(fakeBody([new Uint8Array(CAP + 1)], 'break', cause).stream);
    expect(sent.sourceError).toBeUndefined();
    expect(await rejection(drain(sent.body as ReadableStream<Uint8Array>))).toBe(cause);
    expect(sent.sourceError).toBe(cause);
  });

  it('may use its buffers again', async () => {
    const chunk = new Uint8Array(1);
    const stream = new ReadableStream(
      {
        pull(controller) {
          chunk[0] = (chunk[0] ?? 0) + 1;
          if (chunk[0] > 3) controller.close();
          else controller.enqueue(chunk);
        },
      },
      { highWaterMark: 0 },
    );
    expect((await prepare(stream)).body).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('over the cap that is stopped ends for its reader and its source, and blames nobody', async () => {
    const body = fakeBody(Array.from({ length: 20 }, () => new Uint8Array(30)));
    const sent = await prepare(body.stream);
    const reader = (sent.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.read();
    expect(sent.unread).toBe(false);
    sent.stop?.('host is gone');
    expect(await rejection(reader.read())).toBe('host is gone');
    expect(body.cancelled).toEqual(['host is gone']);
    expect(sent.sourceError).toBeUndefined();
  });

  it('over the cap begins anew while only what is held was read, and its source outlives a host that is gone', async () => {
    const chunks = Array.from({ length: 20 }, (_, at) => new Uint8Array(30).fill(at));
    const body = fakeBody(chunks);
    const sent = await prepare(body.stream);
    const reader = (sent.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    sent.stop?.('host is gone');
    expect([sent.unread, body.cancelled]).toEqual([true, []]);
    const next = sent.again?.() as ReadableStream<Uint8Array>;
    sent.end?.();
    expect(await rejection(reader.read())).toBe('host is gone');
    expect(await drain(next)).toEqual(new Uint8Array(chunks.flatMap((chunk) => [...chunk])));
    expect([sent.unread, body.cancelled]).toEqual([false, []]);
  });

  it('over the cap of which nothing more was read is ended once no attempt follows', async () => {
    const body = fakeBody([new Uint8Array(CAP + 1), utf8('more')]);
    const sent = await prepare(body.stream);
    sent.stop?.('host is gone');
    expect(body.cancelled).toEqual([]);
    sent.end?.();
    expect(body.cancelled).toHaveLength(1);
  });

  it('that is stopped under a read that waits blames nobody either', async () => {
    const body = fakeBody([new Uint8Array(CAP + 1)], 'silence');
    const sent = await prepare(body.stream);
    const reader = (sent.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const waiting = rejection(reader.read());
    await settle();
    sent.stop?.('host is gone');
    expect(await waiting).toBe('host is gone');
    await settle();
    expect(sent.sourceError).toBeUndefined();
  });

  it('that is stopped after its end stays ended', async () => {
    const sent = await prepare(fakeBody([new Uint8Array(CAP + 1)]).stream);
    expect(await drain(sent.body as ReadableStream<Uint8Array>)).toHaveLength(CAP + 1);
    sent.stop?.('late');
    await settle();
  });

  it('with a cap of 0 is not read ahead, answers at once, and is sent once', async () => {
    const body = fakeBody([utf8('live')]);
    const sent = prepare(body.stream, 0) as SentBody;
    await settle();
    expect([body.pulled, sent.replayable, sent.duplex]).toEqual([0, false, 'half']);
    expect(await sentBytes(sent)).toEqual(utf8('live'));
  });

  it('of many tiny chunks keeps their order', async () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);
    const sent = await prepare(fakeBody([...bytes].map((byte) => new Uint8Array([byte]))).stream, 10_000);
    expect(sent.body).toEqual(bytes);
  });

  it('sends the bytes that were given, for any chunks and any cap', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 60 }),
        fc.array(fc.nat(60), { maxLength: 8 }),
        fc.nat(70),
        async (bytes, cuts, capBytes) => {
          const sent = await prepare(fakeBody(cut(bytes, cuts)).stream, capBytes);
          expect(sent.replayable).toBe(capBytes > 0 && bytes.byteLength <= capBytes);
          if (sent.replayable) expect(await sentBytes(sent)).toEqual(await sentBytes(sent));
          expect(await sentBytes(sent)).toEqual(new Uint8Array(bytes));
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['was read', async (stream: ReadableStream) => void (await stream.getReader().read())],
    [
      'was read and let go',
      async (stream: ReadableStream) => {
        const reader = stream.getReader();
        await reader.read();
        reader.releaseLock();
      },
    ],
    ['is being read', async (stream: ReadableStream) => void stream.getReader()],
  ])('that %s already is refused', async (_, use) => {
    const { stream } = fakeBody([utf8('a'), utf8('b')]);
    await use(stream);
    expect(() => prepare(stream)).toThrow(expect.objectContaining(invalid));
  });

  it('of anything but bytes is refused, and stopped', async () => {
    const cancel = vi.fn();
    const stream = new ReadableStream({ start: (controller) => controller.enqueue({ not: 'bytes' }), cancel });
    expect(await rejection(Promise.resolve(prepare(stream)))).toMatchObject(invalid);
    expect(cancel).toHaveBeenCalledOnce();
  });
});

describe('an async iterable', () => {
  it('of bytes and strings is sent, as on Node', async () => {
    async function* parts() {
      yield 'ü';
      yield utf8('b');
      yield Buffer.from('c');
    }
    expect(await prepare(parts())).toEqual({ body: utf8('übc'), replayable: true });
  });

  it('over the cap is asked no further than it is sent, and ended when nobody wants the rest', async () => {
    let made = 0;
    let ended = false;
    async function* parts() {
      try {
        for (; made < 50; ) {
          made++;
          yield new Uint8Array(30);
        }
      } finally {
        ended = true;
      }
    }
    const sent = await prepare(parts());
    await settle();
    expect(made).toBe(4);
    sent.end?.();
    await (sent.body as ReadableStream).cancel();
    expect(ended).toBe(true);
  });
});

describe('an abort while a body is read', () => {
  it('rejects with its reason at once, and stops the source', async () => {
    const caller = new AbortController();
    const body = fakeBody([utf8('a')], 'silence');
    const preparing = rejection(Promise.resolve(prepare(body.stream, CAP, caller.signal)));
    await settle();
    caller.abort('enough');
    expect(await preparing).toBe('enough');
    expect(body.cancelled).toEqual(['enough']);
  });

  it('rejects even where the source never answers', async () => {
    const caller = new AbortController();
    const parts = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
    const preparing = rejection(Promise.resolve(prepare(parts, CAP, caller.signal)));
    await settle();
    caller.abort('enough');
    expect(await preparing).toBe('enough');
  });

  it('that came before rejects too', async () => {
    const body = fakeBody([utf8('a')], 'silence');
    expect(await rejection(Promise.resolve(prepare(body.stream, CAP, AbortSignal.abort('enough'))))).toBe('enough');
    expect(body.cancelled).toEqual(['enough']);
  });

  it('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    await prepare(fakeBody([utf8('a')]).stream, CAP, signal);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
  });
});

describe("a Request's body", () => {
  it('becomes bytes, for a Request always carries a stream', async () => {
    const sent = await prepareRequest({ body: 'text' });
    expect(sent).toEqual({ body: utf8('text'), replayable: true });
  });

  it('that is a form keeps the boundary that its content type names', async () => {
    const form = new FormData();
    form.set('name', 'value');
    const request = new Request(URL_TEXT, { method: 'POST', body: form });
    const { body } = await prepareBody(request, undefined, 1000, undefined);
    const read = await new Response(body ?? null, { headers: request.headers }).formData();
    expect(read.get('name')).toBe('value');
  });

  it('over the cap is sent once', async () => {
    const sent = await prepareRequest({ body: new Uint8Array(CAP + 1) });
    expect([sent.replayable, sent.duplex]).toEqual([false, 'half']);
    expect((await sentBytes(sent)).byteLength).toBe(CAP + 1);
  });

  it('gives way to the body of the init, and is not read then', async () => {
    const request = new Request(URL_TEXT, { method: 'POST', body: 'old' });
    expect(prepareBody(request, { body: 'new' }, CAP, undefined)).toEqual({ body: 'new', replayable: true });
    expect(request.bodyUsed).toBe(false);
  });

  it.each([
    ['was read', async (request: Request) => void (await request.text())],
    ['is being read', async (request: Request) => void request.body?.getReader()],
  ])('that %s already is refused', async (_, use) => {
    const request = new Request(URL_TEXT, { method: 'POST', body: 'x' });
    await use(request);
    expect(() => prepareBody(request, undefined, CAP, undefined)).toThrow(expect.objectContaining(invalid));
  });
});

describe('in a browser', () => {
  afterEach(() => vi.unstubAllGlobals());

  it("a Request's body of any size becomes a Blob, since streams need HTTP/2 there, where they are sent at all", async () => {
    vi.stubGlobal('document', {});
    const request = new Request(URL_TEXT, {
      method: 'POST',
      body: new Uint8Array(CAP * 9),
      headers: { 'content-type': 'multipart/form-data; boundary=UPPER' },
    });
    const { body, replayable } = await prepareBody(request, undefined, CAP, undefined);
    expect([body instanceof Blob && body.size, replayable]).toEqual([CAP * 9, true]);
    // Its own type would be in lower case, and win where the init's headers have none.
    expect((body as Blob).type).toBe('');
  });

  it('a Request whose body is no stream (Firefox) is read as a Blob too', async () => {
    vi.stubGlobal('importScripts', () => {});
    const request = new Request(URL_TEXT, { method: 'POST', body: 'fox' });
    Object.defineProperty(request, 'body', { value: undefined });
    expect(await sentBytes(await prepareBody(request, undefined, CAP, undefined))).toEqual(utf8('fox'));
  });
});

describe('on React Native, whose Request has no stream', () => {
  const phoneRequest = (type: string, more: Partial<Record<'text' | 'arrayBuffer', () => Promise<unknown>>>) =>
    ({
      url: URL_TEXT,
      method: 'POST',
      headers: new Headers({ 'content-type': type }),
      bodyUsed: false,
      ...more,
    }) as unknown as Request;
  const read = (request: Request) => Promise.resolve(prepareBody(request, undefined, CAP, undefined));

  it.each([
    ['application/json'],
    ['text/plain;charset=UTF-8'],
    ['application/x-www-form-urlencoded'],
    ['application/problem+xml'],
  ])('%s is read as text', async (type) => {
    const sent = await read(phoneRequest(type, { text: async () => '{}' }));
    expect(sent).toEqual({ body: '{}', replayable: true });
  });

  it('a GET has no body to read', () => {
    const get = { ...phoneRequest('text/plain', {}), method: 'GET' } as Request;
    expect(prepareBody(get, undefined, CAP, undefined)).toEqual({ body: undefined, replayable: true });
  });

  it('anything else is read as a buffer', async () => {
    const { buffer } = utf8('png');
    const sent = await read(phoneRequest('image/png', { arrayBuffer: async () => buffer }));
    expect(sent).toEqual({ body: buffer, replayable: true });
  });

  it('what cannot be read, such as a form, is refused with a way out', async () => {
    const cause = new Error('could not read FormData body as blob');
    const request = phoneRequest('multipart/form-data; boundary=x', { arrayBuffer: () => Promise.reject(cause) });
    expect(await rejection(read(request))).toMatchObject({ ...invalid, cause, remedy: expect.stringMatching(/init/) });
  });
});
