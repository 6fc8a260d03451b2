import { Emitter } from '../../runtime/emitter.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import { type Arrival, Inbox } from './inbox.ts';
import { Loop } from './loop.ts';
import { type ChannelSettings, readChannelOptions } from './options.ts';
import { errorOf, refusalOf } from './refusals.ts';
import { Runner } from './runner.ts';
import { Sends } from './sends.ts';
import type { Channel, ChannelEvents, ChannelOptions, ChannelState, MessageData, SendOptions } from './types.ts';

/** What an application has of a channel. */
export class SessionChannel implements Channel {
  readonly #settings: ChannelSettings;
  readonly #events = new Emitter<Omit<ChannelEvents, 'message' | 'gap'>>();
  readonly #inbox: Inbox;
  readonly #loops = new Set<Loop>();
  readonly #sends: Sends;
  readonly #runner: Runner;
  #state: ChannelState = { kind: 'connecting', host: null, cause: 'start', durable: false };
  #closing: Promise<void> | null = null;

  /** See `openChannel`. */
  constructor(pool: HostPool, path: string, options: ChannelOptions) {
    const warn: ChannelSettings['warn'] = (code, message, cause) =>
      this.#events.emit('warning', errorOf(code, message, 'See the cause; the channel goes on.', cause));
    this.#settings = { ...readChannelOptions(pool, path, options), warn };
    this.#inbox = new Inbox((arrival) => this.#handed(arrival));
    const most = 2 * this.#settings.policy.outbox.count;
    this.#sends = new Sends(pool.ports.clock, most, (event) => this.#runner.tell(event));
    this.#runner = new Runner(pool, this.#settings, this.#inbox, this.#sends, {
      state: (state) => {
        this.#state = state;
        this.#events.emit('state', state);
      },
      resumed: (event) => this.#events.emit('resumed', event),
      warning: (error) => this.#events.emit('warning', error),
      stopped: (error) => {
        for (const loop of [...this.#loops]) loop.end(error);
        this.#events.emit('error', error);
      },
    });
    const close = () => void this.close();
    pool.signal.addEventListener('abort', close);
    this.#runner.atEnd(() => pool.signal.removeEventListener('abort', close));
    if (pool.closed) close();
  }

  get state(): ChannelState {
    return this.#state;
  }

  send(data: MessageData, options: SendOptions = {}): Promise<void> {
    if (this.#closing !== null) return Promise.reject(refusalOf('stopped'));
    return this.#sends.send(data, options);
  }

  on<Name extends keyof ChannelEvents>(event: Name, listener: ChannelEvents[Name]): () => void {
    if (event === 'message' || event === 'gap') return this.#listen(event, listener as (value: unknown) => unknown);
    this.#events.on(event, listener as never);
    return () => this.#events.off(event, listener as never);
  }

  reconnect(): void {
    if (this.#closing !== null) return;
    this.#runner.tell({ kind: 'start' });
    this.#runner.tell({ kind: 'wake' });
  }

  close({ end = false }: { readonly end?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#close(end);
    return this.#closing;
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown, undefined> {
    const loop = new Loop(
      (taker) => this.#inbox.add('message', taker),
      (ended) => this.#loops.delete(ended),
    );
    this.#loops.add(loop);
    if (this.#closing !== null) loop.end(undefined);
    return loop;
  }

  async #close(end: boolean): Promise<void> {
    // Whoever has come to the end of a message has got it.
    for (const loop of [...this.#loops]) loop.end(undefined);
    this.#inbox.close();
    await this.#runner.close(end);
    this.#sends.close(refusalOf('stopped'));
  }

  #listen(event: 'message' | 'gap', listener: (value: unknown) => unknown): () => void {
    const failed = (cause: unknown) => this.#settings.warn('HANDLER_FAILED', `A listener of ${event} failed.`, cause);
    return this.#inbox.add(event, ({ gap, data }) => {
      try {
        const result = listener(gap ?? data);
        return isThenable(result) ? Promise.resolve(result).catch(failed) : undefined;
      } catch (cause) {
        failed(cause);
        return undefined;
      }
    });
  }

  #handed({ stream, rx }: Arrival): void {
    this.#runner.tell(rx === null ? { kind: 'told', stream } : { kind: 'handed', stream, rx });
  }
}

/** A promise, of whatever library. */
const isThenable = (value: unknown): boolean => typeof (value as { then?: unknown } | null)?.then === 'function';
