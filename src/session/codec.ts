import {
  CLOSE,
  type FrameFromClient,
  type FrameFromServer,
  type FrameToClient,
  type FrameToServer,
  PROTOCOL_VERSION,
} from './frames.ts';
import { isShallow, PAYLOAD_DEPTH, utf8Bytes, withBytes } from './payload.ts';

/** What came of bytes from the other side: a frame, or the code to close the connection with. */
export type Decoded<F> =
  | { readonly kind: 'frame'; readonly frame: F }
  | { readonly kind: 'refused'; readonly code: number };

/** A message's frame is its payload and at most this. */
export const HEADER_BYTES = 256;

type Check = (value: unknown) => boolean;
/** What the fields of a frame must be, and whether they may be missing. */
type Fields = readonly (readonly [name: string, check: Check, optional: boolean])[];

/** By name; a `?` at its end: may be missing. */
const fields = (checks: Readonly<Record<string, Check>>): Fields =>
  Object.entries(checks).map(([name, check]) => [name.replace('?', ''), check, name.endsWith('?')]);

const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const seq: Check = (value) => value !== 0 && count(value);
/** No timer takes more. */
const spanMs: Check = (value) => count(value) && Number(value) < 2 ** 31;
const code: Check = (value) => count(value) && Number(value) >= 1000 && Number(value) < 5000;
const upTo =
  (chars: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= chars;
const like =
  (shape: RegExp): Check =>
  (value) =>
    typeof value === 'string' && shape.test(value);
const id = /* @__PURE__ */ like(/^[\w-]{1,128}$/);
const idOrNone = /* @__PURE__ */ like(/^[\w-]{0,128}$/);
const word = /* @__PURE__ */ like(/^[\w-]{1,32}$/);
const origin = /* @__PURE__ */ like(/^[!-~]{1,256}$/);
/** What an idempotency key looks like: ASCII, so that a header is ASCII, and small. */
export const isKey: Check = /* @__PURE__ */ like(/^[!#-[\]-~]{1,128}$/);
const credential = /* @__PURE__ */ upTo(8_192);
const pair =
  (part: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length === 2 && value.every(part);
const range: Check = (value) =>
  pair(seq)(value) && (value as number[]).every((_, at, all) => at === 0 || Number(all[0]) <= Number(all[1]));
const loss: Check = (value) => value === null || value === 'unknown' || range(value);
const losses: Check = (value) => isRecord(value) && loss(value['s2c']) && loss(value['c2s']);
const origins: Check = (value) => Array.isArray(value) && value.length <= 64 && value.every(origin);

const COMMON: Readonly<Record<string, Fields>> = {
  message: /* @__PURE__ */ fields({ seq, ack: count, 'key?': isKey }),
  ack: /* @__PURE__ */ fields({ ack: count }),
  lost: /* @__PURE__ */ fields({ to: seq }),
  ping: [],
  pong: [],
  close: /* @__PURE__ */ fields({ code, 'reason?': /* @__PURE__ */ upTo(123), 'windowMs?': spanMs }),
};

const FROM_CLIENT: Readonly<Record<string, Fields>> = {
  hello: /* @__PURE__ */ fields({
    v: (value) => value === PROTOCOL_VERSION,
    sid: idOrNone,
    token: idOrNone,
    stream: idOrNone,
    rx: count,
    txLow: seq,
    txHigh: count,
    host: origin,
    cause: word,
    'auth?': credential,
  }),
  auth: /* @__PURE__ */ fields({ auth: credential }),
};

const SERVER_BEAT: Fields = /* @__PURE__ */ fields({ 'retryWindowMs?': spanMs });

const FROM_SERVER: Readonly<Record<string, Fields>> = {
  ping: SERVER_BEAT,
  pong: SERVER_BEAT,
  welcome: /* @__PURE__ */ fields({
    sid: id,
    token: id,
    epoch: seq,
    stream: id,
    result: /* @__PURE__ */ like(/^(?:resumed|partial|new)$/),
    rx: count,
    replayFrom: seq,
    lost: losses,
    ttlMs: spanMs,
    maxBytes: seq,
    window: /* @__PURE__ */ pair(seq),
    heartbeatMs: (value) => value !== 0 && spanMs(value),
    retryWindowMs: spanMs,
    'hosts?': origins,
    'generation?': count,
  }),
  drain: /* @__PURE__ */ fields({ deadlineMs: spanMs, jitterMs: spanMs, 'to?': origin }),
  moved: /* @__PURE__ */ fields({ windowMs: spanMs, 'to?': origin }),
  renew: /* @__PURE__ */ fields({ withinMs: spanMs }),
};

/** Reads what a client sent. Never throws. */
export function decodeFromClient(input: string | Uint8Array, maxBytes: number): Decoded<FrameFromClient> {
  return decode(input, maxBytes, FROM_CLIENT) as Decoded<FrameFromClient>;
}

/** Reads what a server sent. Never throws. */
export function decodeFromServer(input: string | Uint8Array, maxBytes: number): Decoded<FrameFromServer> {
  return decode(input, maxBytes, FROM_SERVER) as Decoded<FrameFromServer>;
}

/** A frame as it goes over the wire: JSON, or for a payload of bytes a line of JSON and then the bytes. */
export function encode(frame: FrameToServer | FrameToClient): string | Uint8Array<ArrayBuffer> {
  if (frame.kind !== 'message') return JSON.stringify(frame);
  // Most frames are this one. A key has nothing in it that JSON would escape.
  const { seq, ack, key, data } = frame;
  const head = `{"kind":"message","seq":${seq},"ack":${ack}${key === undefined ? '' : `,"key":"${key}"`}`;
  return data.binary ? withBytes(`${head}}\n`, data.text) : `${head},"data":${data.text}}`;
}

function decode(input: string | Uint8Array, maxBytes: number, own: Readonly<Record<string, Fields>>): Decoded<unknown> {
  // Three bytes a character at most: short texts need not be counted.
  const size = typeof input === 'string' && input.length * 3 > maxBytes ? utf8Bytes(input) : input.length;
  if (size > maxBytes) return refused(CLOSE.tooLarge);
  return typeof input === 'string' ? decodeText(input, own) : decodeBytes(input, own);
}

function decodeText(text: string, own: Readonly<Record<string, Fields>>): Decoded<unknown> {
  // The frame is one level more than its payload.
  const source = parse(isShallow(text, PAYLOAD_DEPTH + 1) ? text : '');
  const { kind } = source;
  if (kind === 'hello' && source['v'] !== PROTOCOL_VERSION && seq(source['v'])) return refused(CLOSE.otherVersion);
  const frame = pick(source, own);
  if (frame === null || kind !== 'message') return accepted(frame);
  const { data } = source;
  if (data === undefined) return refused(CLOSE.badFrame);
  frame['data'] = data;
  return accepted(frame);
}

function decodeBytes(bytes: Uint8Array, own: Readonly<Record<string, Fields>>): Decoded<unknown> {
  const end = bytes.subarray(0, HEADER_BYTES).indexOf(10);
  const source = parse(String.fromCharCode(...bytes.subarray(0, Math.max(end, 0))));
  const frame = source.kind === 'message' && !('data' in source) ? pick(source, own) : null;
  if (frame !== null) frame['data'] = bytes.slice(end + 1);
  return accepted(frame);
}

const refused = (code: number): Decoded<unknown> => ({ kind: 'refused', code });
const accepted = (frame: unknown): Decoded<unknown> =>
  frame === null ? refused(CLOSE.badFrame) : { kind: 'frame', frame };

/** The object that a text holds; an empty one where it holds none. */
function parse(text: string): Record<string, unknown> & { kind?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Falls through to what no frame looks like.
  }
  return {};
}

/** The frame's own fields, each checked; what else stands beside them is for later versions. */
function pick(source: ReturnType<typeof parse>, own: Readonly<Record<string, Fields>>): Record<string, unknown> | null {
  const { kind } = source;
  if (typeof kind !== 'string') return null;
  const wanted = Object.hasOwn(own, kind) ? own[kind] : Object.hasOwn(COMMON, kind) ? COMMON[kind] : undefined;
  if (wanted === undefined) return null;
  const frame: Record<string, unknown> = { kind };
  for (const [name, check, optional] of wanted) {
    if (Object.hasOwn(source, name)) {
      if (!check(source[name])) return null;
      frame[name] = source[name];
    } else if (!optional) return null;
  }
  return frame;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
