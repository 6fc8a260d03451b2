import type { Clock } from '../runtime/ports.ts';
import { ignore } from './abortable.ts';

/** `setTimeout` ends at once for longer delays than this. */
const MAX_DELAY_MS = 0x7fff_ffff;

/** One response's body, read chunk by chunk. A stall closes it. */
export class BodyFeed {
  readonly response: Response;
  /** Set once it has stalled: what comes from `read` after that means nothing. */
  stalled: Error | undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #clock: Clock;
  readonly #stallMs: number;
  readonly #onStall: (error: Error) => void;
  /** When the present wait for a chunk began; undefined while nobody waits. */
  #sinceMs: number | undefined;
  #stopTimer: (() => void) | undefined;

  /**
   * @param stallMs How long a chunk may take. 0, false or Infinity: for ever, and so in `text/event-stream`, where silence is
   * no fault.
   * @param onStall Called before the stream is cancelled.
   */
  constructor(
    response: Response,
    body: ReadableStream<Uint8Array>,
    clock: Clock,
    stallMs: number | false,
    onStall: (error: Error) => void,
  ) {
    this.response = response;
    this.#reader = body.getReader();
    this.#clock = clock;
    this.#onStall = onStall;
    const endless = /^text\/event-stream/i.test(response.headers.get('content-type') ?? '');
    this.#stallMs = !endless && stallMs && stallMs <= MAX_DELAY_MS ? stallMs : 0;
  }

  /** The next chunk; undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    this.#watch();
    try {
      return (await this.#reader.read()).value;
    } finally {
      this.#sinceMs = undefined;
    }
  }

  /** Closes the stream and frees its socket, unless a clone still reads from it. Call `end` too. */
  cancel(reason: unknown): Promise<void> {
    return this.#reader.cancel(reason).catch(ignore);
  }

  /** It was read to its end, or broke. */
  end(): void {
    this.#stopTimer?.();
  }

  /** One timer serves many chunks: when it ends, it looks how long the present wait has lasted. */
  #watch(): void {
    if (!this.#stallMs) return;
    this.#sinceMs = this.#clock.now();
    if (!this.#stopTimer) this.#arm(this.#stallMs);
  }

  #arm(delayMs: number): void {
    this.#stopTimer = this.#clock.setTimer(() => {
      this.#stopTimer = undefined;
      if (this.#sinceMs === undefined) return;
      const waitedMs = this.#clock.now() - this.#sinceMs;
      if (waitedMs < this.#stallMs) this.#arm(this.#stallMs - waitedMs);
      // Far too late: this side was frozen, and what came meanwhile may not have been read yet. It waits once more.
      else if (waitedMs > this.#stallMs * 2) this.#watch();
      else this.#stall();
    }, delayMs);
  }

  #stall(): void {
    this.stalled = new Error(`No byte came for ${this.#stallMs} ms.`);
    this.#onStall(this.stalled);
    // By the Streams standard this settles a pending read at once, whatever the source does.
    void this.cancel(this.stalled);
  }
}
