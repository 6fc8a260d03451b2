import { type AttemptTrace, SwitchoverError } from '../policy/error.ts';
import { type BodyExtent, continuedBy, isComplete, rangeHeaders, readExtent, replaces } from '../policy/rangeResume.ts';
import { reasonOf } from '../runtime/abortReason.ts';
import { discard } from '../runtime/discard.ts';
import type { Clock } from '../runtime/ports.ts';
import { ignore } from './abortable.ts';
import { BodyFeed } from './bodyFeed.ts';
import { linkSignal } from './linkSignal.ts';

/** How a body failed on the way. */
export type BodyFault = 'stalled' | 'broken-body';

/** What a body needs in order to carry on. */
export interface ResumeContext {
  /** To be set over the request's own; may be empty, may replace its `Range` and `If-Range`. */
  readonly headers: Readonly<Record<string, string>>;
  /** True: only the host that gave the first answer may be asked, for another's ETags mean other bytes. */
  readonly sameHost: boolean;
  /** Ends this attempt together with its body. */
  readonly signal: AbortSignal;
}

/** Sends the request once more. Null where that may not or can't be done. The answer is judged here, whatever it is. */
export type Refetch = (context: ResumeContext) => Promise<Response | null>;

/** What a body is read with. Called as methods, so that a request's own object may be all of this. */
export interface GuardOptions {
  /** Times the chunks. */
  readonly clock: Clock;
  /** How long one chunk may take, in milliseconds. 0, false, Infinity: for ever. Does not count for `text/event-stream`. */
  readonly stallMs: number | false;
  /** The caller's: once it is aborted, reading rejects with its reason and nobody is blamed. */
  readonly signal?: AbortSignal | undefined;
  /** True where equal strong ETags mean equal bytes on every host. Default false. */
  readonly sharedEtags?: boolean | undefined;
  /** Undefined where the request may not be sent again to mend its body. */
  readonly refetch?: Refetch | undefined;
  /** A body failed. `response` is the native one that did: the first, or one that `refetch` gave. */
  onBroken(fault: BodyFault, error: unknown, response: Response): void;
  /** Frees the socket of the first response. */
  abort(reason: unknown): void;
  /** A body was read to its true end. */
  onWhole?(): void;
  /** Called once, when no body is left to read: ended, failed, cancelled, or collected unread. */
  readonly onDone?: (() => void) | undefined;
  /** For the trace of an error. */
  attempts?(): readonly AttemptTrace[];
}

/** A response and its clones: they share one connection, one blame and one end. */
export interface BodyFamily {
  readonly options: GuardOptions;
  /** How many bodies of it are not over. */
  open: number;
  /** True once the first connection's failure was told. */
  broken: boolean;
}

/** How often a body may be resumed without this much progress in between. */
const MAX_TRIES = 3;
const PROGRESS_BYTES = 65_536;

/** Reads one body to its end, over breaks and stalls, from as many responses as it takes. */
export class BodySource {
  readonly #first: Response;
  readonly #family: BodyFamily;
  readonly #onEnd: () => void;
  #feed: BodyFeed;
  /** What stops the feed where it is not the first. */
  #controller: AbortController | undefined;
  /** Ends its link to the caller's signal. */
  #unlink: () => void = ignore;
  #extent: BodyExtent | undefined;
  #delivered = 0;
  #tries = 0;
  #triedAt = 0;
  #over = false;
  /** Given by a reader of the whole, which has handed nothing out: all that came so far is void, it begins anew. */
  onRestart: (() => void) | undefined;

  /** @param onEnd Called once, when nothing is left to read. */
  constructor(first: Response, body: ReadableStream<Uint8Array>, family: BodyFamily, onEnd: () => void) {
    this.#first = first;
    this.#family = family;
    this.#onEnd = onEnd;
    this.#feed = this.#feedOf(first, body);
  }

  /** The next chunk, undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    while (!this.#over) {
      let error: unknown;
      try {
        const chunk = await this.#feed.read();
        if (this.#over || this.#accepts(chunk)) return chunk;
      } catch (cause) {
        error = cause;
      }
      if (!this.#over) await this.#mend(error);
    }
    return undefined;
  }

  /** Nobody wants the rest. */
  cancel(reason: unknown): Promise<void> {
    this.#end();
    const cancelled = this.#feed.cancel(reason);
    this.#controller?.abort(reason);
    return cancelled;
  }

  /** True where the chunk, or the end, may be handed on. */
  #accepts(chunk: Uint8Array | undefined): boolean {
    if (this.#feed.stalled) return false;
    if (chunk) {
      this.#delivered += chunk.byteLength;
      // A first response can't overrun its length; one that we asked for is not believed.
      return !(this.#controller && this.#delivered > this.#readExtent().size);
    }
    const isOver = isComplete(this.#readExtent(), this.#delivered);
    if (isOver) this.#complete();
    return isOver;
  }

  /** Finds the rest of a body that failed, or throws what the reader shall hear. */
  async #mend(error: unknown = new Error('The body has not the length that its head says.')): Promise<void> {
    this.#throwIfAborted();
    const extent = this.#readExtent();
    // Everything has come; only the end has not.
    if (extent.sure && this.#delivered === extent.size) return this.#complete();
    if (!this.#feed.stalled) this.#report('broken-body', error);
    const { sharedEtags } = this.#family.options;
    const unseen = this.onRestart !== undefined || this.#delivered === 0;
    const range = unseen && !sharedEtags ? null : rangeHeaders(extent, this.#delivered);
    const answer =
      range || unseen ? await this.#ask({ headers: range ?? {}, sameHost: !!range && !sharedEtags }) : null;
    if (!answer?.body) throw this.#broken(error);
    const continued = range && answer.status === 206 ? continuedBy(answer, extent, this.#delivered) : null;
    if (!continued) {
      if (!unseen || !replaces(answer, this.#first)) {
        void discard(answer);
        throw this.#broken(error);
      }
      this.#delivered = 0;
      this.onRestart?.();
    }
    this.#extent = continued ?? readExtent(answer);
    this.#feed = this.#feedOf(answer, answer.body);
  }

  /** Sends the request again, unless that was done too often. */
  async #ask(context: Omit<ResumeContext, 'signal'>): Promise<Response | null> {
    if (this.#delivered >= this.#triedAt + PROGRESS_BYTES) this.#tries = 0;
    // The furthest point counts: a whole that always breaks at the same place makes no progress.
    this.#triedAt = Math.max(this.#triedAt, this.#delivered);
    const { refetch } = this.#family.options;
    if (!refetch || this.#tries++ === MAX_TRIES) return null;
    this.#unlink();
    this.#controller = new AbortController();
    this.#unlink = linkSignal(this.#family.options.signal, this.#controller);
    try {
      return await refetch({ ...context, signal: this.#controller.signal });
    } catch (cause) {
      this.#throwIfAborted();
      throw this.#broken(cause);
    }
  }

  /** Only when it is needed: headers cost time. */
  #readExtent(): BodyExtent {
    this.#extent ??= readExtent(this.#first);
    return this.#extent;
  }

  #feedOf(response: Response, body: ReadableStream<Uint8Array>): BodyFeed {
    const { options } = this.#family;
    return new BodyFeed(response, body, options.clock, options.stallMs, (error) => {
      this.#report('stalled', error);
      (this.#controller ?? options).abort(error);
    });
  }

  /** Clones of one response break together, for one reason. */
  #report(fault: BodyFault, error: unknown): void {
    if (!this.#controller) {
      if (this.#family.broken) return;
      this.#family.broken = true;
    }
    this.#family.options.onBroken(fault, error, this.#feed.response);
  }

  #throwIfAborted(): void {
    const { signal } = this.#family.options;
    if (signal?.aborted) throw this.#fail(reasonOf(signal));
  }

  #broken(cause: unknown): SwitchoverError {
    return this.#fail(
      new SwitchoverError('BODY_BROKEN', `The response body broke after ${this.#delivered} bytes.`, {
        remedy: 'Send the request again. A GET is carried on where the server gives a strong ETag and honours Range.',
        cause,
        attempts: this.#family.options.attempts?.() ?? [],
      }),
    );
  }

  #fail<T>(error: T): T {
    void this.cancel(error);
    return error;
  }

  #complete(): void {
    this.#family.options.onWhole?.();
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#feed.end();
    this.#unlink();
    this.#onEnd();
  }
}
