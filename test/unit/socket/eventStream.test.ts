import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newStream, readOn, type StreamItem } from '../../../src/socket/eventSource/eventStream.ts';

/** Reads pieces of bytes as a stream brings them. */
function readPieces(pieces: readonly Uint8Array[], { id = '', maxChars = 1_000 } = {}) {
  const decoder = new TextDecoder();
  const items: StreamItem[] = [];
  let state = newStream(id);
  for (const piece of pieces) {
    const read = readOn(state, decoder.decode(piece, { stream: true }), maxChars);
    items.push(...read.items);
    state = read.state;
  }
  return { items, state };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, options = {}) => readPieces([bytes(text)], options).items;
const event = (data: string, more: Partial<StreamItem & { kind: 'event' }> = {}) =>
  ({ kind: 'event', type: 'message', data, id: '', hasId: false, ...more }) as const;

const asFields = (data: string) =>
  data
    .split(/\r\n?|\n/)
    .map((line) => `data: ${line}`)
    .join('\n');

/** Cuts at random places, also within a character. */
function cut(whole: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((share) => Math.floor(share * whole.length)).sort((a, b) => a - b), whole.length];
  return at.slice(1).map((end, index) => whole.subarray(at[index], end));
}

describe('an event stream', () => {
  test.each([
    ['lines end with LF', 'data: a\n\ndata: b\n\n'],
    ['lines end with CR', 'data: a\r\rdata: b\r\r'],
    ['lines end with CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n'],
    ['each line ends in its own way', 'data: a\r\n\ndata: b\r\r\n'],
    ['it begins with a byte order mark', '\ufeffdata: a\n\ndata:b\n\n'],
    ['there are comments and unknown fields', ':\ndata: a\nfoo: bar\n: data: x\n\ndata: b\nretry\n\n'],
    ['a field has no space after its colon', 'data:a\n\ndata:b\n\n'],
    ['there are empty events', '\n\nevent: x\n\ndata: a\n\nid\n\ndata: b\n\n\n'],
  ])('is read where %s', (_, text) => {
    expect(
      read(text)
        .filter(({ kind }) => kind === 'event')
        .map((item) => 'data' in item && item.data),
    ).toEqual(['a', 'b']);
  });

  test.each<[string, string, StreamItem[]]>([
    ['joins the lines of data with LF', 'data: a\ndata\ndata:  b\n\n', [event('a\n\n b')]],
    ['hands out an empty text where there is a field for it', 'data\n\ndata:\n\n', [event(''), event('')]],
    ['drops what ends without an empty line', 'data: a\n\ndata: b\n', [event('a')]],
    ['names an event once', 'event: x\ndata: a\n\ndata: b\n\n', [event('a', { type: 'x' }), event('b')]],
    ['takes a second mark of byte order as text', 'data: \ufeffa\n\n', [event('\ufeffa')]],
    ['keeps the rest of a line after its first colon', 'data: a: b:c\n\n', [event('a: b:c')]],
    ['does not know fields in other letters or with spaces', 'Data: a\n data: b\ndata : c\n\n', []],
    [
      'keeps an ID until there is another',
      'id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n',
      [event('a', { id: '1', hasId: true }), event('b', { id: '1' }), event('c', { id: '2', hasId: true })],
    ],
    ['takes an ID without an event', 'id: 7\n\n', [{ kind: 'id', id: '7' }]],
    ['takes an empty ID back', 'id: 1\n\nid\ndata: a\n\n', [{ kind: 'id', id: '1' }, event('a', { hasId: true })]],
    ['passes over an ID with NUL', 'id: 1\0\ndata: a\n\n', [event('a')]],
    [
      'reads a wish for the wait in digits only',
      'retry: 30\nretry: 3s\nretry: -1\nretry:\n\n',
      [{ kind: 'retry', retryMs: 30 }],
    ],
  ])('%s', (_, text, items) => {
    expect(read(text)).toEqual(items);
  });

  test('goes on from the last event ID of the stream before', () => {
    expect(read('data: a\n\n', { id: '9' })).toEqual([event('a', { id: '9' })]);
  });

  test('says the same cut in two at any place, and byte for byte', () => {
    const whole = bytes(
      '\ufeff:c\r\ndata: é1\r\ndata: ☃\r\n\r\nid: 7\rdata: 2\r\revent: x\ndata: 3\n\nretry: 5\r\n\r\n',
    );
    const expected = readPieces([whole]);
    expect(expected.items).toHaveLength(4);
    for (let at = 0; at <= whole.length; at++) {
      expect(readPieces([whole.subarray(0, at), whole.subarray(at)])).toEqual(expected);
    }
    expect(readPieces([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  test('says the same however it is cut to pieces', () => {
    const field = fc.oneof(
      fc.constantFrom('data', 'id', 'event', 'retry', '', 'x'),
      fc.string({ unit: 'grapheme', maxLength: 6 }).filter((text) => !/[\r\n]/.test(text)),
    );
    const value = fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !/[\r\n]/.test(text));
    const line = fc.oneof(
      fc.constant(''),
      fc.tuple(field, fc.constantFrom('', ':', ': '), value).map((parts) => parts.join('')),
    );
    const text = fc.tuple(
      fc.constantFrom('', '\ufeff'),
      fc.array(
        fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')).map((parts) => parts.join('')),
        { maxLength: 20 },
      ),
    );
    fc.assert(
      fc.property(text, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), ([mark, lines], cuts) => {
        const whole = bytes(mark + lines.join(''));
        expect(readPieces(cut(whole, cuts))).toEqual(readPieces([whole]));
      }),
    );
  });

  test('hands out what was sent, however it is cut to pieces', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const sent = fc.record({ data: text, id: text.filter((id) => !/[\0\r\n]/.test(id)) });
    fc.assert(
      fc.property(fc.array(sent), fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (events, cuts) => {
        const written = events.map(({ data, id }) => `id: ${id}\n${asFields(data)}\n\n`).join('');
        const { items } = readPieces(cut(bytes(written), cuts));
        const lines = (data: string) => data.replace(/\r\n?/g, '\n');
        expect(items).toEqual(events.map(({ data, id }) => event(lines(data), { id, hasId: true })));
      }),
    );
  });

  test.each([
    ['a line', 'data: 0123456789'],
    ['a comment', `:${'x'.repeat(20)}`],
    ['data of many lines', 'data: 012\ndata: 345\ndata: 678\n'],
  ])('is not read on after %s that is longer than may be', (_, text) => {
    for (const pieces of [[bytes(text)], [...text].map(bytes)]) {
      const { items, state } = readPieces([...pieces, bytes('\n\ndata: a\n\n')], { maxChars: 10 });
      expect([items, state.tooLong]).toEqual([[], true]);
      expect(state.line.length + state.data.length).toBeLessThanOrEqual(10 + text.length);
    }
  });

  test('is read in time that grows with its length alone, however small the pieces', () => {
    const [piece] = [bytes('x')];
    let state = newStream('');
    const decoder = new TextDecoder();
    for (let count = 0; count < 300_000; count++) {
      state = readOn(state, decoder.decode(piece, { stream: true }), 1_000_000).state;
    }
    expect([state.line.length, state.tooLong]).toEqual([300_000, false]);
  });
});
