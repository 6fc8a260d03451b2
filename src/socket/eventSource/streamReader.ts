import { EVENT_SOURCE_DEFAULTS } from '../../policy/defaults.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import { newStream, readOn, type StreamItem } from './eventStream.ts';

/** How a stream ended: `well` after it had been of use, `badly` else; `overrun` by something longer than may be. */
export type StreamEnd = 'well' | 'badly' | 'overrun';

/** What a stream tells. After `ended`, and after {@link StreamReader.drop}, it tells nothing more. */
export interface StreamListener {
  item(item: StreamItem, from: StreamReader): void;
  ended(end: StreamEnd, from: StreamReader): void;
}

/** An answer whose body can be read as it comes. */
export type StreamResponse = Response & { readonly body: ReadableStream<Uint8Array> };

/** One event stream that is open. How it ends is booked with the pool. */
export class StreamReader {
  /** The host that was asked. */
  readonly host: string;
  /** The origin that answered: another one after a redirect. */
  readonly origin: string;
  /** Over what time the server wants its clients to come back, in milliseconds. */
  readonly windowMs: number;
  readonly #pool: HostPool;
  readonly #body: ReadableStreamDefaultReader<Uint8Array>;
  readonly #controller: AbortController;
  readonly #openedMs: number;
  #heardMs: number;
  #heardWallMs: number;
  #useful = false;
  #dropped = false;

  constructor(pool: HostPool, host: string, response: StreamResponse, controller: AbortController) {
    this.host = host;
    this.origin = /^https?:\/\/[^/]+/.exec(response.url)?.[0] ?? host;
    this.windowMs = pool.settings.readHints((name) => response.headers.get(name)).retryWindowMs ?? 0;
    this.#pool = pool;
    this.#body = response.body.getReader();
    this.#controller = controller;
    const { clock } = pool.ports;
    this.#openedMs = this.#heardMs = clock.now();
    this.#heardWallMs = clock.wallTime();
  }

  /** True once the stream has been open for so long that its host has proved itself. */
  get lasted(): boolean {
    return this.#pool.ports.clock.now() - this.#openedMs >= EVENT_SOURCE_DEFAULTS.provenMs;
  }

  /** For how long nothing has come, in milliseconds. A sleeping machine's monotonic clock may sleep, too. */
  get silentMs(): number {
    const { clock } = this.#pool.ports;
    return Math.max(clock.now() - this.#heardMs, clock.wallTime() - this.#heardWallMs);
  }

  /** Reads to the end. Called once. */
  async read(lastEventId: string, maxChars: number, listener: StreamListener): Promise<void> {
    const decoder = new TextDecoder();
    let state = newStream(lastEventId);
    let end: StreamEnd = 'badly';
    try {
      while (!state.tooLong) {
        const { done, value } = await this.#body.read();
        if (done) break;
        this.#heard();
        const read = readOn(state, decoder.decode(value, { stream: true }), maxChars);
        state = read.state;
        for (const item of read.items) if (!this.#dropped) this.#tell(item, listener);
      }
      end = state.tooLong ? 'overrun' : 'well';
    } catch {
      // It broke: that is how it ended.
    }
    if (!this.#dropped) listener.ended(this.#book(end), this);
  }

  /**
   * Leaves the stream. Its body is told as well: a request's own signal follows its caller's only while somebody holds it, so where the
   * memory of it was cleared away after the answer's head had come (as was seen in Deno) an abort reaches nobody.
   */
  drop(): void {
    this.#dropped = true;
    this.#controller.abort();
    this.#body.cancel().catch(() => {});
  }

  #tell(item: StreamItem, listener: StreamListener): void {
    this.#useful = true;
    listener.item(item, this);
  }

  #heard(): void {
    const { clock } = this.#pool.ports;
    this.#heardMs = clock.now();
    this.#heardWallMs = clock.wallTime();
    this.#pool.dispatch({ kind: 'use', origin: this.host }, this.#heardMs);
  }

  /**
   * A stream that never ends proves its body by lasting. One that is cut off after that is like a connection that was reset;
   * one that brought nothing and ends is no stream.
   */
  #book(end: StreamEnd): StreamEnd {
    const { lasted } = this;
    this.drop();
    if (lasted) this.#pool.bodyCame(this.host);
    if (end === 'overrun' || (end === 'well' && (lasted || this.#useful))) return end;
    const nowMs = this.#pool.ports.clock.now();
    // The fault is as old as its first sign. The stream may have been open for days.
    this.#pool.report(this.host, { kind: 'failure', fault: lasted ? 'reset' : 'broken-body' }, nowMs, nowMs, null);
    return 'badly';
  }
}
