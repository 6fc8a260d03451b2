import { Emitter } from '../../runtime/emitter.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import { nextClientTickMs, stepClient } from '../../session/clientMachine.ts';
import { type ClientEffect, type ClientEvent, type ClientState, clientState } from '../../session/clientState.ts';
import { CLOSE, type WelcomeFrame } from '../../session/frames.ts';
import { type Arrival, Inbox } from './inbox.ts';
import { Links } from './links.ts';
import { Loop } from './loop.ts';
import { type ChannelSettings, readChannelOptions } from './options.ts';
import { errorOf, readMessage, refusalOf, unknownFate } from './sends.ts';
import { Timer } from './timer.ts';
import type {
  Channel,
  ChannelEvents,
  ChannelGap,
  ChannelOptions,
  ChannelState,
  MessageData,
  SendOptions,
} from './types.ts';

export class SessionChannel implements Channel {
  readonly #pool: HostPool;
  readonly #settings: ChannelSettings;
  readonly #events = new Emitter<Omit<ChannelEvents, 'message' | 'gap'>>();
  readonly #links: Links;
  readonly #inbox = new Inbox((arrival) => this.#handed(arrival));
  readonly #loops = new Set<Loop>();
  readonly #timer: Timer;
  readonly #pending = new Map<number, { resolve(): void; reject(error: unknown): void }>();
  readonly #queue: ClientEvent[] = [];
  #running = false;
  #machine: ClientState;
  #state: ChannelState = { kind: 'connecting', host: null, cause: 'start', durable: false };
  #welcome: WelcomeFrame | null = null;
  #lastId = 0;

  constructor(pool: HostPool, path: string, options: ChannelOptions) {
    this.#pool = pool;
    const warn: ChannelSettings['warn'] = (code, message, cause) =>
      this.#events.emit('warning', errorOf(code, message, 'See the cause; the channel goes on.', cause));
    this.#settings = { ...readChannelOptions(pool, path, options), warn };
    const tell = (event: ClientEvent) => this.#tell(event);
    this.#links = new Links(pool, path, this.#settings, tell);
    this.#timer = new Timer(pool.ports.clock, () => tell({ kind: 'tick' }));
    this.#machine = clientState(null, this.#settings.policy, pool.ports.clock.now());
    tell({ kind: 'start' });
  }

  get state(): ChannelState {
    return this.#state;
  }

  send(data: MessageData, options: SendOptions = {}): Promise<void> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const event = readMessage(id, data, options);
      this.#pending.set(id, { resolve, reject });
      this.#tell(event);
    });
  }

  on<Name extends keyof ChannelEvents>(event: Name, listener: ChannelEvents[Name]): () => void {
    if (event === 'message' || event === 'gap') return this.#listen(event, listener as (value: unknown) => unknown);
    this.#events.on(event, listener as never);
    return () => this.#events.off(event, listener as never);
  }

  reconnect(): void {
    this.#tell({ kind: 'start' });
    this.#tell({ kind: 'wake' });
  }

  close({ end = false }: { readonly end?: boolean } = {}): Promise<void> {
    this.#tell({ kind: 'stop', end });
    for (const loop of [...this.#loops]) loop.end(undefined);
    for (const { reject } of this.#pending.values()) reject(refusalOf('stopped'));
    this.#pending.clear();
    return Promise.resolve();
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown, undefined> {
    const loop = new Loop(
      (consumer) => this.#inbox.add(consumer),
      (ended) => this.#loops.delete(ended),
    );
    this.#loops.add(loop);
    return loop;
  }

  #listen(event: 'message' | 'gap', listener: (value: unknown) => unknown): () => void {
    const failed = (cause: unknown) => this.#settings.warn('HANDLER_FAILED', `A listener of ${event} failed.`, cause);
    return this.#inbox.add(({ gap, data }) => {
      if ((gap !== null) !== (event === 'gap')) return undefined;
      try {
        const result = listener(gap ?? data);
        return result instanceof Promise ? result.catch(failed) : undefined;
      } catch (cause) {
        failed(cause);
        return undefined;
      }
    });
  }

  /** One event after the other: what an effect brings about waits until all effects of its step are run. */
  #tell(event: ClientEvent): void {
    this.#queue.push(event);
    if (this.#running) return;
    this.#running = true;
    const { policy } = this.#settings;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { clock, random } = this.#pool.ports;
      const { state, effects } = stepClient(this.#machine, next, policy, { nowMs: clock.now(), random });
      this.#machine = state;
      for (const effect of effects) this.#run(effect);
      this.#show();
    }
    this.#running = false;
    this.#timer.set(nextClientTickMs(this.#machine, policy));
  }

  #run(effect: ClientEffect): void {
    switch (effect.kind) {
      case 'connect':
        this.#links.connect(effect.link, effect.to);
        break;
      case 'transmit':
        this.#links.send(effect.link, effect.frame);
        break;
      case 'drop':
        this.#links.drop(effect.link, effect.code);
        break;
      case 'save':
        this.#tell({ kind: 'saved' });
        break;
      case 'deliver':
        this.#arrive({ stream: effect.stream, rx: effect.seq, data: effect.data, gap: null, bytes: 0 });
        break;
      case 'gap':
        this.#gap(effect);
        break;
      case 'accepted':
        this.#settle(effect.id, null);
        break;
      case 'refused':
        this.#settle(effect.id, refusalOf(effect.why));
        break;
      case 'unknown':
        if (!effect.resent) this.#settle(effect.id, unknownFate());
        break;
      case 'opened':
        this.#opened(effect.link, effect.host, effect.welcome);
        break;
      default:
        break;
    }
  }

  #settle(id: number, error: Error | null): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === null) pending?.resolve();
    else pending?.reject(error);
  }

  #opened(link: number, host: string, welcome: WelcomeFrame): void {
    this.#links.welcomed(link);
    this.#welcome = welcome;
    const { result } = welcome;
    if (result !== 'new') this.#events.emit('resumed', { host, result });
  }

  #gap({ direction, stream, from, to }: Extract<ClientEffect, { kind: 'gap' }>): void {
    const gap: ChannelGap = { direction, stream, range: to === null ? null : [from, to] };
    this.#arrive({ stream, rx: direction === 's2c' ? to : null, data: undefined, gap, bytes: 0 });
  }

  #arrive(arrival: Arrival): void {
    this.#inbox.push(arrival);
    const [count = 0, bytes = 0] = this.#welcome?.window ?? [];
    // Nothing more than its window comes from a server that keeps to it.
    if (this.#inbox.count > 2 * count || this.#inbox.bytes > 2 * bytes + this.#settings.policy.maxBytes) {
      this.#tell({ kind: 'broken', link: this.#machine.link?.id ?? 0, code: CLOSE.overrun });
    }
  }

  #handed({ stream, rx }: Arrival): void {
    if (rx !== null) this.#tell({ kind: 'handed', stream, rx });
  }

  #show(): void {
    const { link, attempts, stopped, cause } = this.#machine;
    const host = link?.host ?? null;
    const kind =
      stopped > 0
        ? 'stopped'
        : link === null
          ? this.#welcome === null
            ? 'connecting'
            : 'reconnecting'
          : attempts.length > 0
            ? 'moving'
            : 'open';
    if (kind === this.#state.kind && host === this.#state.host) return;
    this.#state = Object.freeze({ ...this.#state, kind, host, cause });
    this.#events.emit('state', this.#state);
  }
}
