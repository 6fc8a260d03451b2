import type { Clock } from '../../../src/runtime/ports.ts';

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends Clock {
  /** Lets time pass; timers that are due are called in order, each at its own moment. */
  advance(ms: number): void;
  /** Lets time pass without calling anybody: a frozen process. */
  freeze(ms: number): void;
  /** Timers that are set now, and how many were ever set. */
  readonly pending: number;
  readonly everSet: number;
}

export function manualClock(): ManualClock {
  let nowMs = 1000;
  let everSet = 0;
  const timers = new Map<object, { readonly atMs: number; readonly callback: () => void }>();
  const runDue = (untilMs: number) => {
    for (;;) {
      const due = [...timers].filter(([, { atMs }]) => atMs <= untilMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
      if (!due) return;
      timers.delete(due[0]);
      nowMs = Math.max(nowMs, due[1].atMs);
      due[1].callback();
    }
  };
  return {
    now: () => nowMs,
    wallTime: () => nowMs,
    setTimer(callback, delayMs) {
      const key = {};
      timers.set(key, { atMs: nowMs + delayMs, callback });
      everSet++;
      return () => timers.delete(key);
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      runDue(untilMs);
      nowMs = untilMs;
    },
    freeze(ms) {
      nowMs += ms;
    },
    get pending() {
      return timers.size;
    },
    get everSet() {
      return everSet;
    },
  };
}

/** How a fake body ends: it closes, breaks, or says nothing more. */
export type FakeEnd = 'close' | 'break' | 'silence';

export interface FakeBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** How many chunks were asked for. */
  readonly pulled: number;
  /** The reason for which it was cancelled, in a list so that "never" and "with undefined" differ. */
  readonly cancelled: readonly unknown[];
}

/** A body that gives one chunk for each pull and then ends. A byte stream, as network bodies are. */
export function fakeBody(chunks: readonly Uint8Array[], end: FakeEnd = 'close', reason: unknown = reset()): FakeBody {
  const cancelled: unknown[] = [];
  let pulled = 0;
  const source: UnderlyingByteSource = {
    type: 'bytes',
    pull(controller) {
      const chunk = chunks[pulled++];
      if (chunk) controller.enqueue(new Uint8Array(chunk));
      else if (end === 'break') controller.error(reason);
      else if (end === 'silence') return new Promise(() => {});
      else {
        controller.close();
        controller.byobRequest?.respond(0);
      }
      return undefined;
    },
    cancel(why) {
      cancelled.push(why);
    },
  };
  const stream = new ReadableStream(source, { highWaterMark: 0 }) as ReadableStream<Uint8Array<ArrayBuffer>>;
  return {
    stream,
    cancelled,
    get pulled() {
      return pulled;
    },
  };
}

/** What `fetch` gives when the network breaks. */
export const reset = () => new TypeError('terminated');

/** A native response as it comes from the network, which `new Response` alone does not make. */
export function networkResponse(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  headers: Record<string, string> = {},
  status = 200,
  type = 'basic',
): Response {
  return Object.defineProperty(new Response(body, { status, headers }), 'type', { value: type });
}

/** Cuts bytes at the given places. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [0, ...places.map((place) => place % (bytes.byteLength + 1)), bytes.byteLength].sort((a, b) => a - b);
  return edges
    .slice(1)
    .map((to, index) => bytes.slice(edges[index], to))
    .filter(({ byteLength }) => byteLength > 0);
}

export const utf8 = (text: string) => new TextEncoder().encode(text);

/** Lets everything run that waits for no timer. */
export async function settle(turns = 50): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}

/** What a stream gives, put together. */
export async function drain(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const bytes: number[] = [];
  const reader = stream?.getReader();
  for (let next = await reader?.read(); next?.value; next = await reader?.read()) bytes.push(...next.value);
  return new Uint8Array(bytes);
}

/** What a promise rejects with; fails where it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It should have failed.');
}
