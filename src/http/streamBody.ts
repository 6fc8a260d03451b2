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
export class StreamedBody implements SentBody {
  readonly replayable = false;
  readonly duplex = 'half';
  readonly body: BodyInit;
  unread = true;
  sourceError?: unknown;
  readonly #start: Uint8Array | undefined;
  readonly #reader: BodyReader;
  /** The body under way has ended before its time. */
  #isLetGo = false;
  #isOver = false;
  #fail: (reason?: unknown) => void = ignore;

  /** @param start What was read of the source already. */
  constructor(start: Uint8Array | undefined, reader: BodyReader) {
    this.#start = start;
    this.#reader = reader;
    this.body = this.#begin();
  }

  again(): BodyInit {
    this.stop();
    return this.#begin();
  }

  end(): void {
    this.#isOver = true;
    if (this.#isLetGo) this.#letGo();
  }

  stop(reason?: unknown): void {
    this.#fail(reason);
    this.#letGo(reason);
  }

  #begin(): BodyInit {
    let held = this.#start;
    this.#isLetGo = false;
    const source: UnderlyingDefaultSource<Uint8Array> = {
      start: (controller) => {
        this.#fail = (reason) => controller.error(reason);
      },
      pull: async (controller) => {
        const chunk = held ?? (await this.#rest());
        held = undefined;
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
      cancel: (reason) => this.#letGo(reason),
    };
    return new ReadableStream(source, { highWaterMark: 0 }) as BodyInit;
  }

  async #rest(): Promise<Uint8Array | undefined> {
    this.unread = false;
    try {
      return await nextChunk(this.#reader);
    } catch (error) {
      this.sourceError = error;
      throw error;
    }
  }

  #letGo(reason?: unknown): void {
    this.#isLetGo = true;
    if (!this.unread || this.#isOver) this.#reader.cancel(reason).catch(ignore);
  }
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
