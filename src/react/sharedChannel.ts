import type { SwitchoverError } from '../policy/error.ts';
import type { MaybePromise } from '../runtime/ports.ts';
import type { Channel, ChannelEvents, ChannelOptions, ChannelState, SendOptions } from '../socket/channel/types.ts';
import { isAlike } from './alike.ts';
import { differing } from './differing.ts';
import { notHeld } from './errors.ts';

/** What components are called with by a channel that they hold. Each may be left out. */
export interface ChannelCallbacks {
  /**
   * A message, once and in order. It is acknowledged when the callbacks of all components have returned, or their promises have settled;
   * the next one comes only then. While no component has this callback, messages wait.
   */
  readonly onMessage?: ChannelEvents['message'] | undefined;
  /** Messages were lost: in its place among the messages, and awaited as they are. */
  readonly onGap?: ChannelEvents['gap'] | undefined;
  /** The session goes on, on another connection. */
  readonly onResumed?: ChannelEvents['resumed'] | undefined;
  /** Something failed that no call is waiting for. The channel goes on. */
  readonly onWarning?: ChannelEvents['warning'] | undefined;
  /** The channel has stopped by itself: `CREDENTIAL_REFUSED`, `SESSION_LOST`. It is in the handle's `error`, too. */
  readonly onError?: ChannelEvents['error'] | undefined;
}

/** How a shared channel stands. Frozen. */
export interface ChannelView {
  readonly state: ChannelState;
  /** Why it has stopped by itself. */
  readonly error: SwitchoverError | null;
  /** What its options were refused with: a mistake in the app. */
  readonly refusal: unknown;
}

/** One component that holds a channel. */
export interface Holder {
  /** Whether it takes messages. */
  readonly listens: boolean;
  /** How the channel is to be, and whom to call, as the component was rendered last. */
  options(): ChannelOptions;
  callbacks(): ChannelCallbacks;
}

/** The view of a channel that was not opened yet. */
export const UNOPENED: ChannelView = Object.freeze({
  state: Object.freeze({ kind: 'connecting', host: null, cause: 'start', durable: false }),
  error: null,
  refusal: null,
});

/**
 * One channel for all components that hold it. It is opened a moment after the first has asked for it, with what all of them want:
 * effects of children come before those of their parents.
 */
export class SharedChannel {
  readonly #make: (options: ChannelOptions) => Channel;
  readonly #changed: () => void;
  readonly #holders = new Map<Holder, readonly (() => void)[]>();
  /** Sends that came before it was open. */
  readonly #early: ((channel: Channel | null) => void)[] = [];
  readonly #after: Promise<void>;
  #channel: Channel | null = null;
  /** What it was opened with. */
  #opened: ChannelOptions | null = null;
  #opening = false;
  #credential: (() => MaybePromise<string>) | undefined;
  #closing: Promise<void> | null = null;
  #view = UNOPENED;

  /** @param after Until when it may not be opened: a stored session has one owner at a time. Never rejects. */
  constructor(make: (options: ChannelOptions) => Channel, after: Promise<void>, changed: () => void) {
    this.#make = make;
    this.#changed = changed;
    this.#after = after;
  }

  get view(): ChannelView {
    return this.#view;
  }

  get isHeld(): boolean {
    return this.#holders.size > 0;
  }

  /** True from {@link SharedChannel.close} on. */
  get isOver(): boolean {
    return this.#closing !== null;
  }

  /** The name of an option that can't be had as a component wants it; null where all can. */
  refusedOption(wanted: ChannelOptions): string | null {
    return differing(this.#opened ?? this.#wanted(), wanted, this.#opened !== null);
  }

  add(holder: Holder): void {
    this.#holders.set(holder, this.#channel === null ? [] : listen(this.#channel, holder));
    if (this.#opened !== null || this.#opening) return;
    this.#opening = true;
    void this.#after.then(() => this.#open());
  }

  remove(holder: Holder): void {
    for (const end of this.#holders.get(holder) ?? []) end();
    this.#holders.delete(holder);
    this.#credential = holder.options().credential ?? this.#credential;
  }

  send(data: unknown, options: SendOptions | undefined): Promise<void> {
    if (this.#channel !== null) return this.#channel.send(data, options);
    if (this.isOver) return Promise.reject(notHeld());
    return new Promise((resolve, reject) => {
      this.#early.push((channel) => {
        if (channel === null) reject(notHeld());
        else channel.send(data, options).then(resolve, reject);
      });
    });
  }

  reconnect(): void {
    this.#channel?.reconnect();
  }

  /** Resolves when another channel of this name may be opened. Never rejects. */
  close(end: boolean): Promise<void> {
    this.#closing ??= this.#channel?.close({ end }) ?? this.#after;
    for (const send of this.#early.splice(0)) send(null);
    return this.#closing;
  }

  #open(): void {
    this.#opening = false;
    if (this.isOver || !this.isHeld) return;
    const options = this.#wanted();
    this.#opened = options;
    try {
      const asking = options.credential && { credential: () => this.#askCredential() };
      this.#begin(this.#make({ ...options, ...asking }));
    } catch (refusal) {
      this.#show({ ...this.#view, refusal });
    }
  }

  #begin(channel: Channel): void {
    this.#channel = channel;
    channel.on('error', (error) => this.#show({ ...this.#view, error }));
    channel.on('state', (state) => {
      this.#show({ ...this.#view, state, error: state.kind === 'stopped' ? this.#view.error : null });
    });
    // It may have told of its first state already.
    if (!isAlike(channel.state, this.#view.state)) this.#show({ ...this.#view, state: channel.state });
    for (const holder of this.#holders.keys()) this.#holders.set(holder, listen(channel, holder));
    for (const send of this.#early.splice(0)) send(channel);
  }

  /** What all components want together. */
  #wanted(): ChannelOptions {
    const given = [...this.#holders.keys()].flatMap((holder) => Object.entries(holder.options()));
    return Object.fromEntries(given.filter(([, value]) => value !== undefined));
  }

  /** Of the component that came last: it was rendered with the newest. */
  #askCredential(): MaybePromise<string> {
    const given = [...this.#holders.keys()].map((holder) => holder.options().credential);
    this.#credential = given.reverse().find((credential) => credential !== undefined) ?? this.#credential;
    return this.#credential?.() ?? '';
  }

  #show(view: ChannelView): void {
    this.#view = Object.freeze(view);
    this.#changed();
  }
}

function listen(channel: Channel, holder: Holder): readonly (() => void)[] {
  return [
    ...(holder.listens ? [channel.on('message', (data) => holder.callbacks().onMessage?.(data))] : []),
    channel.on('gap', (gap) => holder.callbacks().onGap?.(gap)),
    channel.on('resumed', (event) => holder.callbacks().onResumed?.(event)),
    channel.on('warning', (error) => holder.callbacks().onWarning?.(error)),
    channel.on('error', (error) => holder.callbacks().onError?.(error)),
  ];
}
