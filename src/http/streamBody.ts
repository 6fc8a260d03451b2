import { SwitchoverError } from '../policy/error.ts';
import { ignore } from './abortable.ts';
import type { SentBody } from './sentBody.ts';

/** A source of a body, read chunk by chunk. */
export type BodyReader = ReadableStreamDefaultReader<unknown>;

/** Node's `fetch` takes async iterables, and only where `ReadableStream.from` is there too. */
export function asStream(given: unknown): ReadableStream<unknown> | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  if ('getReader' in given) return given as ReadableStream;
  const streams = globalThis.ReadableStream as unknown as
    | { from?(source: object): ReadableStream<unknown> }
    | undefined;
  return Symbol.asyncIterator in given ? streams?.from?.(given) : undefined;
}

/** What was read and then the rest, at the pace of whoever sends it. It can begin anew until something of the rest is read. */
export function streamedBody(start: Uint8Array | undefined, reader: BodyReader): SentBody {
  let isRead = false;
  let isLetGo = false;
  let isOver = false;
  let fail: (reason?: unknown) => void = ignore;
  const letGo = (reason?: unknown) => {
    isLetGo = true;
    if (isRead || isOver) reader.cancel(reason).catch(ignore);
  };
  const rest = () => {
    isRead = true;
    return nextChunk(reader).catch((error: unknown) => {
      sent.sourceError = error;
      throw error;
    });
  };
  const begin = () => {
    let held = start;
    isLetGo = false;
    const source: UnderlyingDefaultSource<Uint8Array> = {
      start(controller) {
        fail = (reason) => controller.error(reason);
      },
      async pull(controller) {
        const chunk = held ?? (await rest());
        held = undefined;
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
      cancel: letGo,
    };
    return new ReadableStream(source, { highWaterMark: 0 }) as BodyInit;
  };
  const stop = (reason?: unknown) => {
    fail(reason);
    letGo(reason);
  };
  const sent: SentBody = {
    body: begin(),
    replayable: false,
    duplex: 'half',
    stop,
    get unread() {
      return !isRead;
    },
    again() {
      stop();
      return begin();
    },
    end() {
      isOver = true;
      if (isLetGo) letGo();
    },
  };
  return sent;
}

/** A view's own bytes, not copied. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** A stream of strings is no body by the standard, but an iterable of strings is one on Node. */
export async function nextChunk(reader: BodyReader): Promise<Uint8Array | undefined> {
  const { done, value } = await reader.read();
  if (done) return undefined;
  if (ArrayBuffer.isView(value)) return bytesOf(value);
  if (typeof value === 'string') return new TextEncoder().encode(value);
  const error = new SwitchoverError('INVALID_REQUEST', 'The request body has a chunk that is not bytes.', {
    remedy: 'Let the stream give Uint8Array chunks.',
  });
  await reader.cancel(error);
  throw error;
}
