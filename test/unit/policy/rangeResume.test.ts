import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  continuedBy,
  isComplete,
  type ResponseHead,
  rangeHeaders,
  readExtent,
  replaces,
} from '../../../src/policy/rangeResume.ts';

/** A response's head, by default a whole of 10 bytes that can be continued. */
function head(headers: Record<string, string> = {}, status = 200, type = 'basic'): ResponseHead {
  const all: Record<string, string> = { etag: '"a"', 'content-type': 'text/plain', ...headers };
  return { status, type, headers: { get: (name) => all[name] ?? null } };
}

const WHOLE = head({ 'content-length': '10' });
const CHUNKED = head();
const PART = head({ 'content-range': 'bytes 100-109/500', 'content-length': '10' }, 206);
const rest = (range: string, more: Record<string, string> = {}) => head({ 'content-range': range, ...more }, 206);

describe('asking for the rest of a body', () => {
  it('names what is missing, and the ETag that it must still have', () => {
    expect(rangeHeaders(readExtent(WHOLE), 4)).toEqual({ range: 'bytes=4-9', 'if-range': '"a"' });
    expect(rangeHeaders(readExtent(CHUNKED), 4)).toEqual({ range: 'bytes=4-', 'if-range': '"a"' });
  });

  it("goes on from the caller's own range", () => {
    expect(rangeHeaders(readExtent(PART), 4)).toEqual({ range: 'bytes=104-109', 'if-range': '"a"' });
  });

  it.each([
    ['a weak ETag', head({ etag: 'W/"a"' })],
    ['an ETag without quotes', head({ etag: 'a' })],
    ['a content coding', head({ 'content-encoding': 'gzip' })],
    ['a coding that the platform decoded in part', head({ 'content-encoding': 'identity, br' })],
    ['another status', head({}, 203)],
    ['206 without a range', head({ 'content-type': 'multipart/byteranges; boundary=x' }, 206)],
    ['206 in another unit', head({ 'content-range': 'lines 1-2/3' }, 206)],
  ])('is not done under %s', (_, first) => {
    expect(rangeHeaders(readExtent(first), 4)).toBeNull();
  });

  it('is not done without an ETag', () => {
    const first: ResponseHead = { status: 200, type: 'basic', headers: { get: () => null } };
    expect(rangeHeaders(readExtent(first), 4)).toBeNull();
  });

  it('is not done before the first byte, after the last, or when bytes could not be counted', () => {
    for (const delivered of [0, 10, 11, Number.NaN]) expect(rangeHeaders(readExtent(WHOLE), delivered)).toBeNull();
  });

  it('takes a coding of identity for none', () => {
    expect(rangeHeaders(readExtent(head({ 'content-encoding': 'identity' })), 4)).not.toBeNull();
  });
});

describe('the answer to it', () => {
  it('continues where every number fits', () => {
    expect(continuedBy(rest('bytes 4-9/10'), readExtent(WHOLE), 4)).toMatchObject({ start: 0, size: 10, sure: true });
    expect(continuedBy(rest('bytes 104-109/500'), readExtent(PART), 4)).toMatchObject({ start: 100, size: 10 });
  });

  it('tells the size of a body that had not told it', () => {
    expect(continuedBy(rest('bytes 4-9/10'), readExtent(CHUNKED), 4)).toMatchObject({ size: 10, sure: true });
  });

  it.each([
    ['begins too early (the same bytes twice)', 'bytes 0-9/10', {}],
    ['begins too late (a gap)', 'bytes 5-9/10', {}],
    ['ends too early', 'bytes 4-8/10', {}],
    ['ends after its end', 'bytes 4-10/10', {}],
    ['is of a file of another size', 'bytes 4-10/11', {}],
    ['does not tell the size', 'bytes 4-9/*', {}],
    ['is of another version', 'bytes 4-9/10', { etag: '"b"' }],
    ['is vouched for weakly', 'bytes 4-9/10', { etag: 'W/"a"' }],
    ['is encoded', 'bytes 4-9/10', { 'content-encoding': 'gzip' }],
    ['counts in another unit', 'lines 4-9/10', {}],
    ['is no range at all', '', {}],
  ])('is refused where it %s', (_, range, more) => {
    expect(continuedBy(rest(range, more), readExtent(WHOLE), 4)).toBeNull();
  });

  it.each([
    ['ends before the end of the file', 'bytes 4-8/10'],
    ['does not tell the size', 'bytes 4-9/*'],
    ['tells a size that is no number', 'bytes 4-9/x'],
  ])('is refused after a body of unknown size where it %s', (_, range) => {
    expect(continuedBy(rest(range), readExtent(CHUNKED), 4)).toBeNull();
  });

  it.each([['bytes 4-9/10'], ['bytes 104-108/500'], ['bytes 104-109/501'], ['bytes 104-499/500']])(
    "is refused after a caller's own range where it is %s",
    (range) => {
      expect(continuedBy(rest(range), readExtent(PART), 4)).toBeNull();
    },
  );

  it('is only ever accepted where it continues at the very byte', () => {
    const byte = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(byte, byte, byte, byte, (delivered, from, to, total) => {
        const accepted = continuedBy(rest(`bytes ${from}-${to}/${total}`), readExtent(WHOLE), delivered) !== null;
        expect(accepted).toBe(from === delivered && to === 9 && total === 10);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the size of a body', () => {
  it('is held to what its head says', () => {
    expect([9, 10, 11].map((delivered) => isComplete(readExtent(WHOLE), delivered))).toEqual([false, true, false]);
    expect([9, 10].map((delivered) => isComplete(readExtent(PART), delivered))).toEqual([false, true]);
  });

  it('may be anything where the head does not say it', () => {
    expect(isComplete(readExtent(CHUNKED), 3)).toBe(true);
    expect(isComplete(readExtent(head({ 'content-length': 'many' })), 3)).toBe(true);
  });

  it('may differ from a length that counts encoded bytes', () => {
    expect(isComplete(readExtent(head({ 'content-length': '10', 'content-encoding': 'br' })), 999)).toBe(true);
  });

  it('may differ from the length of a cross-origin answer, which can hide its coding', () => {
    expect(isComplete(readExtent(head({ 'content-length': '10' }, 200, 'cors')), 999)).toBe(true);
  });
});

describe('fetching the whole again', () => {
  it('takes an answer that is the same in all that describes the body', () => {
    expect(replaces(head({ 'content-length': '7' }), WHOLE)).toBe(true);
    expect(replaces(PART, PART)).toBe(true);
  });

  it('takes any ETag where the first answer had none', () => {
    const first: ResponseHead = {
      status: 200,
      type: 'basic',
      headers: { get: (name) => (name === 'content-type' ? 'text/plain' : null) },
    };
    expect(replaces(WHOLE, first)).toBe(true);
  });

  it.each([
    ['status', head({}, 203)],
    ['type', head({ 'content-type': 'text/html' })],
    ['ETag', head({ etag: '"b"' })],
    ['range', head({ 'content-range': 'bytes 0-9/10' })],
  ])('refuses another %s', (_, answer) => {
    expect(replaces(answer, WHOLE)).toBe(false);
  });
});
