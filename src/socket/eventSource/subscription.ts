import { EVENT_SOURCE_DEFAULTS } from '../../policy/defaults.ts';
import type { SwitchoverError } from '../../policy/error.ts';
import { isAlive } from '../../policy/health.ts';
import { recordOf } from '../../policy/poolState.ts';
import { reasonOf } from '../../runtime/abortReason.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import { wait, waitAtMost } from '../../runtime/wait.ts';
import { makeEvent } from '../eventTarget.ts';
import { Course } from './course.ts';
import type { StreamItem } from './eventStream.ts';
import { LiveStream } from './liveStream.ts';
import { type Opening, openStream, type StreamTarget } from './openStream.ts';
import type { StreamSettings } from './options.ts';
import { Overlap } from './overlap.ts';
import { streamError } from './streamError.ts';
import type { StreamEnd, StreamListener, StreamReader } from './streamReader.ts';
import { requestInit } from './streamRequest.ts';

/** What a stream is asked for with. */
export interface StreamUrl {
  /** As it was given. */
  readonly url: string;
  /** The same on every host; null for a URL that is not the pool's. */
  readonly path: string | null;
  readonly withCredentials: boolean;
}

/**
 * Keeps an event stream open at the host where the pool wants it. Where there is one already (the pool has moved, or it has
 * gone silent), the new one is opened first and the old one left then.
 */
export class Subscription implements StreamListener {
  /** Where the stream comes from, or, while there is none, where it was asked for last. */
  url: string;
  /** Connecting, open, closed, as on the web. */
  readyState: 0 | 1 | 2 = 0;
  readonly #pool: HostPool;
  readonly #settings: StreamSettings;
  readonly #withCredentials: boolean;
  readonly #emit: (event: Event) => void;
  readonly #course: Course;
  readonly #live: LiveStream;
  readonly #overlap = new Overlap();
  readonly #closing = new AbortController();
  readonly #unsubscribe: () => void;
  #lastEventId = '';
  #seeking = false;
  /** What comes before the next attempt, in milliseconds. */
  #restMs = 0;
  /** Ends a wait between two rounds. */
  #hurry: (() => void) | null = null;
  #attempt: { readonly host: string; readonly controller: AbortController } | null = null;
  /** True once headers were refused that are asked for anew. */
  #refused = false;

  constructor(pool: HostPool, target: StreamUrl, settings: StreamSettings, emit: (event: Event) => void) {
    const { url, path, withCredentials } = target;
    // The clock of another request refuses, and here it is heard.
    pool.ports.clock.now();
    this.#pool = pool;
    this.#settings = settings;
    this.#withCredentials = withCredentials;
    this.#emit = emit;
    this.#live = new LiveStream(pool, settings.stallMs, () => void this.#seek());
    this.#course = new Course(pool, url, path, settings.retryMs);
    this.url = this.#course.targetAt(pool.hostOf(pool.state.current))?.url ?? url;
    this.#unsubscribe = pool.onBetterTimes(() => this.#reconsider());
    void this.#seek();
  }

  close(): void {
    this.readyState = 2;
    this.#closing.abort();
    this.#attempt?.controller.abort();
    this.#live.leave();
    this.#pool.limits.rest();
    this.#unsubscribe();
  }

  item(item: StreamItem, { origin }: StreamReader): void {
    if (item.kind === 'retry') this.#course.retryMs = item.retryMs;
    else if (item.kind === 'id') {
      if (!this.#overlap.isRepeating) this.#lastEventId = item.id;
    } else if (!item.hasId || !this.#overlap.repeats(item.id)) {
      if (item.hasId) this.#overlap.note(item.id);
      const { type, data, id: lastEventId } = item;
      this.#lastEventId = lastEventId;
      this.#emit(makeEvent('MessageEvent', type, { data, origin, lastEventId }));
    }
  }

  ended(end: StreamEnd, stream: StreamReader): void {
    const { host, windowMs, lasted } = stream;
    this.#live.leave();
    if (end === 'overrun') {
      this.#finish(streamError('EVENT_TOO_LARGE', host, `more than ${this.#settings.maxEventChars} characters`));
      return;
    }
    if (lasted || end === 'well') this.#course.proven();
    // A server that closed its stream is well, so it is asked again, but not by all of its clients at once.
    this.#course.begin(end === 'well' ? undefined : host);
    this.#restMs = end === 'well' ? this.#course.waitMs() : this.#pool.ports.random() * windowMs;
    this.#fail(0, streamError('STREAM_BROKEN', host, end === 'well' ? 'it was closed' : 'it broke off'));
    void this.#seek();
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Something has changed that may be good for this stream, or this machine has slept. */
  #reconsider(): void {
    const { state, closed, signal } = this.#pool;
    if (closed) {
      this.#finish(reasonOf(signal) as SwitchoverError);
      return;
    }
    const at = this.#attempt && recordOf(state, this.#attempt.host);
    // Others have found out meanwhile that this host does not answer.
    if (at && at.origin !== state.current && !isAlive(at)) this.#attempt?.controller.abort();
    this.#live.doubtIfSilent();
    void this.#seek();
  }

  get #isSettled(): boolean {
    const { host, isDoubted } = this.#live;
    return this.#closed || (host !== null && !isDoubted && this.#course.isAtBest(host));
  }

  /** Seeks until the stream is where it should be. There is one search at a time. */
  async #seek(): Promise<void> {
    if (this.#seeking) {
      this.#hurry?.();
      return;
    }
    this.#seeking = true;
    if (this.#live.isOpen) this.#course.begin();
    if (this.#live.hasLasted) this.#course.proven();
    try {
      await this.#pool.ready;
      if (this.#pool.closed) this.#reconsider();
      while (!this.#isSettled) await this.#step();
    } catch (error) {
      if (!this.#closed) throw error;
    } finally {
      this.#seeking = false;
    }
  }

  async #step(): Promise<void> {
    const { clock, random } = this.#pool.ports;
    const restMs = this.#restMs;
    this.#restMs = 0;
    // What spreads the clients of a server is not cut short: that would bring them together again.
    if (restMs > 0) {
      await wait(clock, restMs, this.#closing.signal);
      return;
    }
    const { host, isDoubted } = this.#live;
    const target = this.#course.next(isDoubted ? null : host);
    if (target !== null) return this.#ask(target);
    const woken = await wait(clock, this.#course.waitMs(), this.#closing.signal, (wake) => {
      this.#hurry = wake;
      return () => {
        this.#hurry = null;
      };
    });
    if (woken) await wait(clock, random() * EVENT_SOURCE_DEFAULTS.retryLeastMs, this.#closing.signal);
    this.#course.begin();
  }

  async #ask(target: StreamTarget): Promise<void> {
    if (!this.#live.isOpen) this.url = target.url;
    this.#attempt = { host: target.origin, controller: new AbortController() };
    this.#overlap.begin();
    const opening = await this.#open(target, this.#attempt.controller);
    this.#attempt = null;
    this.#overlap.end(opening.verdict === 'open');
    if (opening.verdict !== 'open') this.#failed(target.origin, opening);
    else if (this.#closed) opening.stream.drop();
    else this.#adopt(opening.stream, target.url);
  }

  async #open(target: StreamTarget, controller: AbortController): Promise<Opening> {
    const { settings, ports } = this.#pool;
    const attempt = { host: target.origin, refused: this.#refused };
    const preparing = requestInit(this.#settings.headers, attempt, this.#lastEventId, this.#withCredentials);
    try {
      const init = await waitAtMost(ports.clock, settings.timeout.attemptMs, preparing);
      if (init === undefined) return { verdict: 'elsewhere', cause: 'the headers took too long' };
      return await openStream(this.#pool, target, init, this.#settings.fetch ?? ports.fetch, controller);
    } catch (error) {
      return { verdict: 'elsewhere', cause: 'the function for its headers failed', error };
    }
  }

  #failed(host: string, { verdict, cause, error }: Exclude<Opening, { verdict: 'open' }>): void {
    if (this.#closed) return;
    if (verdict === 'unauthorized' && typeof this.#settings.headers === 'function' && !this.#refused) {
      this.#refused = true;
      this.#course.forgive(host);
      return;
    }
    // Its own host does not answer either: the silent stream is dead. Any other one is better than none.
    if (this.#live.isDoubted && this.#live.host === host) this.#live.leave();
    if (this.#live.isOpen) return;
    if (verdict === 'elsewhere') this.#fail(0, streamError('STREAM_BROKEN', host, cause, error));
    else this.#finish(streamError(verdict === 'ended' ? 'STREAM_ENDED' : 'STREAM_REFUSED', host, cause));
  }

  #adopt(stream: StreamReader, url: string): void {
    const isFirst = !this.#live.isOpen;
    this.url = url;
    this.#live.hold(stream);
    this.#refused = false;
    void stream.read(this.#lastEventId, this.#settings.maxEventChars, this);
    if (!isFirst) return;
    this.readyState = 1;
    this.#emit(makeEvent('Event', 'open'));
  }

  #finish(error: SwitchoverError): void {
    if (this.#closed) return;
    this.close();
    this.#fail(2, error);
  }

  #fail(readyState: 0 | 2, error: SwitchoverError): void {
    this.readyState = readyState;
    this.#emit(makeEvent('Event', 'error', {}, { error, message: error.message }));
  }
}
