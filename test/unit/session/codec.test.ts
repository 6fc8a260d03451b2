import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFromClient, decodeFromServer, encode, HEADER_BYTES } from '../../../src/session/codec.ts';
import { CLOSE, type FrameToClient, type FrameToServer } from '../../../src/session/frames.ts';
import { isShallow, type Payload, payloadBytes, payloadOf, utf8Bytes } from '../../../src/session/payload.ts';

const MAX = 100_000;
const seq = fc.maxSafeNat().map((n) => Math.max(n, 1));
const count = fc.maxSafeNat();
const spanMs = fc.nat(2 ** 31 - 1);
const id = fc.stringMatching(/^[\w-]{1,128}$/);
const origin = fc.webUrl({ validSchemes: ['https'], size: 'small' }).map((url) => new URL(url).origin);
const key = fc.stringMatching(/^[!#-[\]-~]{1,128}$/);
const range = fc.tuple(seq, seq).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
const loss = fc.oneof(fc.constant(null), fc.constant('unknown' as const), range);
// -0 is 0 on the wire, as JSON has it.
const json = fc.jsonValue({ maxDepth: 8 }).map((value): unknown => JSON.parse(JSON.stringify(value)));
const value = fc.oneof(json, fc.uint8Array({ maxLength: 300 }));

function some<T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }, needed: (keyof T)[]): fc.Arbitrary<T> {
  return fc.record(shape, { requiredKeys: needed }) as fc.Arbitrary<T>;
}

const common = [
  fc.record({ kind: fc.constant('ack'), ack: count }),
  fc.record({ kind: fc.constant('lost'), to: seq }),
  fc.record({ kind: fc.constantFrom('ping', 'pong') }),
  some(
    {
      kind: fc.constant('close'),
      code: fc.integer({ min: 1000, max: 4999 }),
      reason: fc.string({ maxLength: 40 }),
      windowMs: spanMs,
    },
    ['kind', 'code'],
  ),
];
const fromClient = fc.oneof(
  ...common,
  some(
    {
      ...{
        kind: fc.constant('hello'),
        v: fc.constant(1),
        sid: id,
        token: id,
        stream: id,
        rx: count,
        txLow: seq,
        txHigh: count,
      },
      ...{ host: origin, cause: fc.constantFrom('start', 'lost'), auth: fc.string({ maxLength: 500 }) },
    },
    ['kind', 'v', 'sid', 'token', 'stream', 'rx', 'txLow', 'txHigh', 'host', 'cause'],
  ),
  fc.record({ kind: fc.constant('auth'), auth: fc.string({ maxLength: 500 }) }),
) as fc.Arbitrary<FrameToServer>;
const fromServer = fc.oneof(
  ...common,
  some({ kind: fc.constantFrom('ping', 'pong'), retryWindowMs: spanMs }, ['kind']),
  some(
    {
      ...{ kind: fc.constant('welcome'), sid: id, token: id, epoch: seq, stream: id },
      ...{ result: fc.constantFrom('resumed', 'partial', 'new'), rx: count, replayFrom: seq },
      ...{ lost: fc.record({ s2c: loss, c2s: loss }), ttlMs: spanMs, maxBytes: seq, window: fc.tuple(seq, seq) },
      ...{ heartbeatMs: spanMs.map((ms) => Math.max(ms, 1)), retryWindowMs: spanMs },
      ...{ hosts: fc.array(origin, { maxLength: 5 }), generation: count },
    },
    [
      'kind',
      'sid',
      'token',
      'epoch',
      'stream',
      'result',
      'rx',
      'replayFrom',
      'lost',
      'ttlMs',
      'maxBytes',
      'window',
      'heartbeatMs',
      'retryWindowMs',
    ],
  ),
  some({ kind: fc.constant('drain'), deadlineMs: spanMs, jitterMs: spanMs, to: origin }, [
    'kind',
    'deadlineMs',
    'jitterMs',
  ]),
  some({ kind: fc.constant('moved'), windowMs: spanMs, to: origin }, ['kind', 'windowMs']),
  fc.record({ kind: fc.constant('renew'), withinMs: spanMs }),
) as fc.Arbitrary<FrameToClient>;

const payload = (data: unknown): Payload => payloadOf(data) ?? expect.unreachable('no payload');

describe('a frame', () => {
  test('of a client comes as it went', () => {
    fc.assert(
      fc.property(fromClient, (frame) => {
        expect(decodeFromClient(encode(frame), MAX)).toEqual({ kind: 'frame', frame });
      }),
    );
  });

  test('of a server comes as it went', () => {
    fc.assert(
      fc.property(fromServer, (frame) => {
        expect(decodeFromServer(encode(frame), MAX)).toEqual({ kind: 'frame', frame });
      }),
    );
  });

  test('with a message brings its value, JSON or bytes, within the room for its header', () => {
    fc.assert(
      fc.property(seq, count, fc.option(key, { nil: undefined }), value, (number, ack, name, data) => {
        const head = { kind: 'message' as const, seq: number, ack, ...(name === undefined ? {} : { key: name }) };
        const wire = encode({ ...head, data: payload(data) });
        const bytes = typeof wire === 'string' ? utf8Bytes(wire) : wire.length;
        expect(bytes - payloadBytes(payload(data))).toBeLessThanOrEqual(HEADER_BYTES);
        expect(decodeFromClient(wire, bytes)).toEqual({ kind: 'frame', frame: { ...head, data } });
        expect(decodeFromServer(wire, bytes - 1)).toEqual({ kind: 'refused', code: CLOSE.tooLarge });
      }),
    );
  });

  test('is weighed in bytes, not in characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });

  test('never throws, whatever comes, and tells the code to close with', () => {
    const refusal = (input: string | Uint8Array) => {
      for (const decode of [decodeFromClient, decodeFromServer]) {
        const decoded = decode(input, MAX);
        if (decoded.kind === 'refused')
          expect([CLOSE.badFrame, CLOSE.otherVersion, CLOSE.tooLarge]).toContain(decoded.code);
      }
    };
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.uint8Array({ maxLength: 600 })), refusal), {
      numRuns: 1_000,
    });
    // Frames with one thing wrong are nearer to the edge than noise is.
    const broken = fc.tuple(fromClient, fc.nat(20), fc.anything()).map(([frame, at, odd]) => {
      const names = Object.keys(frame);
      return JSON.stringify({ ...frame, [names[at % names.length] ?? '']: odd }, (_, part) =>
        typeof part === 'bigint' ? 1 : part,
      );
    });
    fc.assert(fc.property(broken, refusal), { numRuns: 1_000 });
  });

  test.each([
    ['no JSON', '{"kind":"ping"'],
    ['no object', '["ping"]'],
    ['null', 'null'],
    ['no kind', '{"seq":1}'],
    ['a kind that is no text', '{"kind":["ping"]}'],
    ['a kind of the prototype', '{"kind":"constructor"}'],
    ['a kind of the other side', '{"kind":"drain","deadlineMs":1,"jitterMs":1}'],
    ['an unsafe number', '{"kind":"ack","ack":9007199254740992}'],
    ['a fraction', '{"kind":"ack","ack":1.5}'],
    ['a number below zero', '{"kind":"ack","ack":-1}'],
    ['a number as text', '{"kind":"ack","ack":"1"}'],
    ['the sequence number 0', '{"kind":"message","seq":0,"ack":0,"data":1}'],
    ['a message without data', '{"kind":"message","seq":1,"ack":0}'],
    ['a key with a quote', '{"kind":"message","seq":1,"ack":0,"key":"\\"","data":1}'],
    ['a key that is too long', `{"kind":"message","seq":1,"ack":0,"key":"${'k'.repeat(129)}","data":1}`],
    ['a close code out of range', '{"kind":"close","code":999}'],
    ['a span that no timer takes', '{"kind":"close","code":1000,"windowMs":2147483648}'],
    ['data that is nested too deep', `{"kind":"message","seq":1,"ack":0,"data":${'['.repeat(65)}${']'.repeat(65)}}`],
    ['depth that would break a parser', '['.repeat(90_000)],
    ['bytes without a header', Uint8Array.of(1, 2, 3)],
    ['bytes with a header of another kind', new TextEncoder().encode('{"kind":"ping"}\n')],
    ['bytes with data in their header', new TextEncoder().encode('{"kind":"message","seq":1,"ack":0,"data":1}\nx')],
  ])('is refused as bad with %s', (_, input) => {
    expect(decodeFromClient(input, MAX)).toEqual({ kind: 'refused', code: CLOSE.badFrame });
  });

  test('of another version is refused as such, and not as bad', () => {
    expect(decodeFromClient('{"kind":"hello","v":2,"new":[]}', MAX)).toEqual({
      kind: 'refused',
      code: CLOSE.otherVersion,
    });
    expect(decodeFromClient('{"kind":"hello","v":"1"}', MAX)).toEqual({ kind: 'refused', code: CLOSE.badFrame });
  });

  test('may carry what a later version adds, and does not pass it on', () => {
    expect(decodeFromClient('{"kind":"ack","ack":1,"later":[[]],"__proto__":1}', MAX)).toEqual({
      kind: 'frame',
      frame: { kind: 'ack', ack: 1 },
    });
  });
});

describe('a payload', () => {
  test.each([
    undefined,
    () => 1,
    Symbol('a'),
    1n,
    (() => {
      const loop: unknown[] = [];
      loop.push(loop, loop);
      return loop;
    })(),
  ])('is not made of what JSON has no form for', (data) => {
    expect(payloadOf(data)).toBeNull();
  });

  test('is not nested deeper than the other side will read', () => {
    const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}"[[{\\"["${']'.repeat(depth)}`);
    const wire = encode({ kind: 'message', seq: 1, ack: 0, data: payload(nested(64)) });
    expect(decodeFromClient(wire, MAX).kind).toBe('frame');
    expect(payloadOf(nested(65))).toBeNull();
    expect(isShallow('"\\\\"[[', 1)).toBe(false);
  });
});
