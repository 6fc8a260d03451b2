/** What a `text/event-stream` says, piece by piece. */
export type StreamItem =
  | {
      readonly kind: 'event';
      readonly type: string;
      readonly data: string;
      /** The last event ID as of this event. */
      readonly id: string;
      /** True where the event itself brought that ID. */
      readonly hasId: boolean;
    }
  /** An ID without an event. */
  | { readonly kind: 'id'; readonly id: string }
  /** How long to wait before coming back, in milliseconds, as the server wishes. */
  | { readonly kind: 'retry'; readonly retryMs: number };

/** How far a stream has been read: plain data. */
export interface StreamState {
  /** The line that has begun. */
  readonly line: string;
  /** True after a CR: an LF that follows belongs to it. */
  readonly afterCr: boolean;
  readonly data: string;
  readonly type: string;
  readonly id: string;
  readonly hasId: boolean;
  /** True once a line or an event was longer than may be. Nothing more is read then. */
  readonly tooLong: boolean;
}

/**
 * A stream that begins. The last event ID is kept over connections, as browsers do: an event without one of its own must not
 * make the next host begin anew.
 */
export const newStream = (id: string): StreamState => ({
  line: '',
  afterCr: false,
  data: '',
  type: '',
  id,
  hasId: false,
  tooLong: false,
});

/**
 * Reads on in an event stream, as the HTML standard has it (§9.2.6, "Interpreting an event stream").
 *
 * @param text The next piece, decoded, without a byte order mark. May end anywhere.
 * @param maxChars A line or an event's data that is longer ends the reading.
 */
export function readOn(
  before: StreamState,
  text: string,
  maxChars: number,
): { readonly state: StreamState; readonly items: readonly StreamItem[] } {
  const items: StreamItem[] = [];
  const end = /\r\n?|\n/g;
  let state = before;
  let at = state.afterCr && text.startsWith('\n') ? 1 : 0;
  if (text !== '') state = { ...state, afterCr: text.endsWith('\r') };
  while (!state.tooLong) {
    end.lastIndex = at;
    const found = end.exec(text);
    const line = state.line + text.slice(at, found?.index);
    const tooLong = line.length + state.data.length > maxChars;
    state = { ...state, line: found === null ? line : '', tooLong };
    if (found === null || tooLong) break;
    at = end.lastIndex;
    state = line === '' ? dispatch(state, items) : readField(state, line, items);
  }
  return { state, items };
}

function readField(state: StreamState, line: string, items: StreamItem[]): StreamState {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
  if (name === 'data') return { ...state, data: `${state.data}${value}\n` };
  if (name === 'event') return { ...state, type: value };
  if (name === 'id' && !value.includes('\0')) return { ...state, id: value, hasId: true };
  if (name === 'retry' && /^\d+$/.test(value)) items.push({ kind: 'retry', retryMs: Number(value) });
  return state;
}

/** At an empty line: the event is complete. */
function dispatch(state: StreamState, items: StreamItem[]): StreamState {
  const { data, type, id, hasId } = state;
  if (data !== '') items.push({ kind: 'event', type: type || 'message', data: data.slice(0, -1), id, hasId });
  else if (hasId) items.push({ kind: 'id', id });
  return { ...state, data: '', type: '', hasId: false };
}
