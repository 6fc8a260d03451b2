import type { Channel, ChannelOptions, SendOptions } from '../socket/channel/types.ts';
import { notHeld, otherOptions } from './errors.ts';
import { type ChannelView, type Holder, SharedChannel, UNOPENED } from './sharedChannel.ts';
import type { Store } from './store.ts';

/** The channels of one failover: each is open while a component holds it, however many do. */
export class Channels {
  readonly #open: (path: string, options: ChannelOptions) => Channel;
  readonly #shared = new Map<string, SharedChannel>();
  /** Until when a name's last channel is being closed. */
  readonly #closing = new Map<string, Promise<void>>();
  readonly #listeners = new Set<() => void>();

  constructor(open: (path: string, options: ChannelOptions) => Channel) {
    this.#open = open;
  }

  /** How the channel of a place stands, whether somebody holds it or not. */
  storeOf(place: Place): Store<ChannelView> {
    return {
      subscribe: this.#subscribe,
      get: () => this.#shared.get(keyOf(place))?.view ?? UNOPENED,
      initial: () => UNOPENED,
    };
  }

  /**
   * Opens the channel of a place, unless it is open. The returned function lets go of it: after the last one it is closed.
   *
   * @throws SwitchoverError `INVALID_OPTION` where another component wants it otherwise. What a channel refuses comes in its view.
   */
  hold(place: Place, holder: Holder): () => void {
    const shared = this.#sharedFor(place, holder);
    shared.add(holder);
    return () => {
      shared.remove(holder);
      // Strict mode and moves between pages let go of it only to take it again at once.
      queueMicrotask(() => this.#rest(place, shared));
    };
  }

  send(place: Place, data: unknown, options: SendOptions | undefined): Promise<void> {
    return this.#shared.get(keyOf(place))?.send(data, options) ?? Promise.reject(notHeld());
  }

  reconnect(place: Place): void {
    this.#shared.get(keyOf(place))?.reconnect();
  }

  /** Ends the session at the server. Whoever holds the channel sees it stopped; the next one opens another. */
  async end(place: Place): Promise<void> {
    const shared = this.#shared.get(keyOf(place));
    if (shared !== undefined) await this.#close(place, shared, true);
  }

  #sharedFor(place: Place, holder: Holder): SharedChannel {
    const shared = this.#shared.get(keyOf(place));
    if (shared !== undefined && !shared.isOver) {
      const refused = shared.refusedOption(holder.options());
      if (refused === null) return shared;
      if (shared.isHeld) throw otherOptions(place.path, refused);
      void this.#close(place, shared, false);
    }
    const make = (options: ChannelOptions) => this.#open(place.path, options);
    const next = new SharedChannel(make, this.#closing.get(place.name) ?? Promise.resolve(), this.#tell);
    this.#shared.set(keyOf(place), next);
    this.#tell();
    return next;
  }

  #rest(place: Place, shared: SharedChannel): void {
    if (shared.isHeld) return;
    if (!shared.isOver) void this.#close(place, shared, false);
    if (this.#shared.get(keyOf(place)) !== shared) return;
    this.#shared.delete(keyOf(place));
    this.#tell();
  }

  #close({ name }: Place, shared: SharedChannel, end: boolean): Promise<void> {
    const closing = shared.close(end);
    this.#closing.set(name, closing);
    void closing.then(() => {
      if (this.#closing.get(name) === closing) this.#closing.delete(name);
    });
    return closing;
  }

  readonly #subscribe = (tell: () => void): (() => void) => {
    this.#listeners.add(tell);
    return () => this.#listeners.delete(tell);
  };

  readonly #tell = (): void => {
    for (const tell of [...this.#listeners]) tell();
  };
}

/** Where a channel is, and what its stored session is called. */
export interface Place {
  readonly path: string;
  readonly name: string;
}

const keyOf = ({ path, name }: Place): string => JSON.stringify([path, name]);
