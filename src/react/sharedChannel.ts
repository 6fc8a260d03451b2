import type { SwitchoverError } from '../policy/error.ts';
import type { MaybePromise } from '../runtime/ports.ts';
import type { Channel, ChannelEvents, ChannelOptions, ChannelState, SendOptions } from '../socket/channel/types.ts';
import { isAlike } from './alike.ts';
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
  readonly error: SwitchoverError | null;
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
});

/** One channel for all components that hold it. */
export class SharedChannel {
  /** The options that it is opened with. */
  readonly options: ChannelOptions;
  readonly #make: (options: ChannelOptions) => Channel;
  readonly #changed: () => void;
  readonly #holders = new Map<Holder, readonly (() => void)[]>();
  /** Sends that came while the last channel of this name was still being closed. */
  readonly #early: ((channel: Channel | null) => void)[] = [];
  readonly #after: Promise<void> | null;
  #channel: Channel | null = null;
  #credential: (() => MaybePromise<string>) | undefined;
  #closing: Promise<void> | null = null;
  #view = UNOPENED;

  /** @param after Until when it may not be opened: a stored session has one owner at a time. Never rejects. */
  constructor(
    options: ChannelOptions,
    make: (options: ChannelOptions) => Channel,
    after: Promise<void> | null,
    changed: () => void,
  ) {
    this.options = options;
    this.#credential = options.credential;
    this.#make = make;
    this.#changed = changed;
    this.#after = after;
    if (after === null) this.#open();
    else void after.then(() => this.#openLate());
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

  add(holder: Holder): void {
    this.#holders.set(holder, this.#channel === null ? [] : listen(this.#channel, holder));
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
    this.#closing ??= this.#channel?.close({ end }) ?? this.#after ?? Promise.resolve();
    for (const send of this.#early.splice(0)) send(null);
    return this.#closing;
  }

  #open(): void {
    const { credential } = this.options;
    const channel = this.#make({ ...this.options, ...(credential && { credential: () => this.#askCredential() }) });
    this.#channel = channel;
    channel.on('error', (error) => this.#show({ ...this.#view, error }));
    channel.on('state', (state) => this.#show({ state, error: state.kind === 'stopped' ? this.#view.error : null }));
    // It may have told of its first state already.
    if (!isAlike(channel.state, this.#view.state)) this.#show({ state: channel.state, error: null });
    for (const holder of this.#holders.keys()) this.add(holder);
    for (const send of this.#early.splice(0)) send(channel);
  }

  #openLate(): void {
    if (this.isOver) return;
    try {
      this.#open();
    } catch (error) {
      const state: ChannelState = { kind: 'stopped', host: null, cause: 'closed', durable: false };
      this.#show({ state, error: error as SwitchoverError });
      void this.close(false);
    }
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
