import type { WHOLE_READS } from '../runtime/lateBody.ts';
import { joinBytes } from './bytes.ts';
import { type BodyFamily, BodySource } from './resumeBody.ts';

type WholeRead = (typeof WHOLE_READS)[number];

type Bytes = Uint8Array<ArrayBuffer>;

/** What stands behind a guarded response: the body as its reader sees it, over the native one. */
export class GuardedBody {
  readonly family: BodyFamily;
  readonly #response: Response;
  readonly #native: Response;
  readonly #onEnd: () => void;
  /** What `response.body` gave, once it was asked for. */
  #stream: ReadableStream<Bytes> | undefined;
  #source: BodySource | undefined;

  /**
   * @param native The prototype with the platform's own ways to read.
   * @param onEnd Called once, when nothing is left to read.
   */
  constructor(response: Response, native: Response, family: BodyFamily, onEnd: () => void) {
    this.#response = response;
    this.#native = native;
    this.family = family;
    this.#onEnd = onEnd;
  }

  /** The body as a stream. One that was read as a whole is the native one, which is locked then. */
  stream(): ReadableStream<Bytes> {
    if (!this.#stream && this.#source) return this.#nativeBody();
    this.#stream ??= this.#open();
    return this.#stream;
  }

  /** Reads the body as a whole. None of it is handed out before all of it is there. */
  async read(how: WholeRead): Promise<unknown> {
    if (this.#response.bodyUsed) throw usedBody();
    this.#retireStream();
    const source = this.#begin();
    let chunks: Uint8Array[] = [];
    source.onRestart = () => {
      chunks = [];
    };
    for (let chunk = await source.next(); chunk; chunk = await source.next()) chunks.push(chunk);
    return decode(how, joinBytes(chunks) as Bytes, this.#response);
  }

  /** Clones with the platform's own `clone`, which knows nothing of our stream. */
  clone(): Response {
    if (this.#stream?.locked) throw usedBody();
    const copy = this.#native.clone.call(this.#response);
    this.#retireStream();
    this.#stream = undefined;
    return copy;
  }

  /** The stream that was handed out, if any, stays locked for ever, as the native one does. */
  #retireStream(): void {
    if (this.#stream?.locked) throw usedBody();
    this.#stream?.getReader();
  }

  /** Another one after each `clone()`. */
  #nativeBody(): ReadableStream<Bytes> {
    return Reflect.get(this.#native, 'body', this.#response) as ReadableStream<Bytes>;
  }

  #begin(): BodySource {
    this.#source ??= new BodySource(this.#response, this.#nativeBody(), this.family, this.#onEnd);
    return this.#source;
  }

  /** Pulls one chunk for each read and nothing ahead: the server feels how slowly its bytes are taken. */
  #open(): ReadableStream<Bytes> {
    const source = {
      type: isByteStream(this.#nativeBody()) ? ('bytes' as const) : undefined,
      pull: async (controller: ReadableByteStreamController) => {
        const chunk = await this.#begin().next();
        if (chunk) return controller.enqueue(chunk as Bytes);
        controller.close();
        // A read into a buffer of the reader's own is told of the end by nothing else.
        controller.byobRequest?.respond(0);
      },
      cancel: (reason: unknown) => this.#begin().cancel(reason),
    };
    return new ReadableStream(source as UnderlyingByteSource, { highWaterMark: 0 }) as ReadableStream<Bytes>;
  }
}

/** A byte stream takes the buffers of its chunks away: that is only right for those that come from a byte stream too. */
function isByteStream(stream: ReadableStream): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

function usedBody(): TypeError {
  return new TypeError('The response body was read already, or is being read.');
}

function decode(how: WholeRead, bytes: Bytes, { headers }: Response): unknown {
  if (how === 'text' || how === 'json') {
    const text = new TextDecoder().decode(bytes);
    return how === 'text' ? text : JSON.parse(text);
  }
  if (how === 'bytes') return bytes;
  if (how === 'arrayBuffer') return bytes.slice().buffer;
  return new Response(bytes, { headers: { 'content-type': headers.get('content-type') ?? '' } })[how]();
}
