import type { SwitchoverError } from '../../policy/error.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import { nextClientTickMs, stepClient } from '../../session/clientMachine.ts';
import type { ClientPolicy } from '../../session/clientPolicy.ts';
import {
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  clientState,
  type SavedSession,
} from '../../session/clientState.ts';
import { CLOSE, type Direction, type Range, type WelcomeFrame } from '../../session/frames.ts';
import { NEVER } from '../../session/sessionEnv.ts';
import { Homing } from './homing.ts';
import type { Inbox } from './inbox.ts';
import { Inherited } from './inherited.ts';
import { Links } from './links.ts';
import type { ChannelSettings } from './options.ts';
import { errorOf, refusalOf, unknownFate } from './refusals.ts';
import type { Sends } from './sends.ts';
import { Shelf } from './shelf.ts';
import { Timer } from './timer.ts';
import type { ChannelState } from './types.ts';

/** What a runner has to tell. */
export interface RunnerListener {
  state(state: ChannelState): void;
  resumed(event: { readonly host: string; readonly result: 'resumed' | 'partial' }): void;
  warning(error: SwitchoverError): void;
  /** The session has stopped by itself. */
  stopped(error: SwitchoverError): void;
}

/** Runs the machine of a session: gives it time and chance, connections, a store and the application, and does what it asks for. */
export class Runner {
  readonly #pool: HostPool;
  readonly #settings: ChannelSettings;
  readonly #inbox: Inbox;
  readonly #sends: Sends;
  readonly #listener: RunnerListener;
  readonly #links: Links;
  readonly #shelf: Shelf;
  readonly #inherited = new Inherited();
  readonly #homing: Homing;
  readonly #timer: Timer;
  readonly #ends: (() => void)[];
  readonly #queue: ClientEvent[] = [];
  readonly #begun: Promise<void> | undefined;
  /** Until what was stored is read, events wait; and while one is dealt with. */
  #busy = true;
  #machine: ClientState;
  #policy: ClientPolicy;
  #state = '';
  #welcome: WelcomeFrame | null = null;
  #closing = false;
  #over = false;

  constructor(pool: HostPool, settings: ChannelSettings, inbox: Inbox, sends: Sends, listener: RunnerListener) {
    const { clock, random, lifecycle, connectivity } = pool.ports;
    const tell = (event: ClientEvent) => this.tell(event);
    this.#pool = pool;
    this.#settings = settings;
    this.#inbox = inbox;
    this.#sends = sends;
    this.#listener = listener;
    this.#policy = settings.policy;
    this.#machine = clientState(null, this.#policy, clock.now());
    this.#links = new Links(pool, settings, tell);
    this.#homing = new Homing(pool, settings.stays, () => this.#machine.windowMs ?? 0, tell);
    this.#timer = new Timer(clock, () => tell({ kind: 'tick' }));
    this.#shelf = new Shelf(clock, random, settings, {
      state: () => this.#machine,
      stored: (mark) => tell({ kind: 'saved', mark }),
      broken: () => {
        this.#gap('s2c', '', null, null);
        this.#gap('c2s', '', null, null);
      },
      changed: () => this.#show(),
    });
    const wake = () => tell({ kind: 'wake' });
    this.#ends = [
      lifecycle.subscribe(wake),
      connectivity.subscribe((online) => {
        if (online) wake();
      }),
      lifecycle.onLeave?.(() => this.#leave()) ?? (() => {}),
      () => this.#homing.close(),
    ];
    if (settings.storage.volatile) this.#begin(null);
    else this.#begun = this.#shelf.open().then((saved) => this.#begin(saved));
  }

  /** Has something done when the channel is closed. */
  atEnd(end: () => void): void {
    this.#ends.push(end);
  }

  /** One event after the other: what an effect brings about waits until all effects of its step are run. */
  tell(event: ClientEvent): void {
    if (this.#over) return;
    this.#queue.push(event);
    if (!this.#busy) this.#work();
  }

  async close(end: boolean): Promise<void> {
    this.#closing = true;
    for (const stop of this.#ends) stop();
    // Not before what was sent at once has its place in the outbox.
    if (this.#begun !== undefined) await this.#begun;
    // What nobody can go on with is over.
    this.tell({ kind: 'stop', end: end || this.#policy.volatile });
    await this.#shelf.close();
    // The stored session may be another's by now: nothing that comes late is any business of it.
    this.#over = true;
    this.#timer.set(NEVER);
  }

  #begin(saved: SavedSession | null): void {
    if (!this.#shelf.usable) this.#policy = { ...this.#policy, volatile: true };
    this.#machine = clientState(saved && this.#inherited.take(saved), this.#policy, this.#pool.ports.clock.now());
    for (const stream of saved?.untold ?? []) this.#gap('s2c', stream, null, null);
    if (!this.#closing) this.#queue.unshift({ kind: 'start' });
    this.#work();
  }

  #work(): void {
    this.#busy = true;
    const { clock, random } = this.#pool.ports;
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      const { stream } = this.#machine;
      const { state, effects } = stepClient(this.#machine, event, this.#policy, { nowMs: clock.now(), random });
      const { link, attempts } = this.#machine;
      const moved = state.link?.id !== link?.id || state.attempts !== attempts;
      this.#machine = state;
      for (const effect of effects) this.#run(effect);
      if (event.kind === 'send') this.#sends.tried(event.id);
      if (effects.some((effect) => effect.kind === 'unknown' && !effect.resent)) this.#gap('c2s', stream, null, null);
      if (moved || state.stopped > 0) this.#show();
      const full = this.#isFull();
      if (full !== state.full) this.#queue.unshift({ kind: 'full', full });
    }
    this.#busy = false;
    this.#timer.set(nextClientTickMs(this.#machine, this.#policy));
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
        this.#shelf.save();
        break;
      case 'deliver':
        this.#inbox.push({ ...effect, rx: effect.seq, gap: null });
        break;
      case 'gap':
        this.#gap(effect.direction, effect.stream, effect.to, effect.to === null ? null : [effect.from, effect.to]);
        break;
      case 'opened':
        this.#opened(effect.link, effect.host, effect.welcome);
        break;
      case 'renew':
        void this.#renew();
        break;
      case 'stopped':
        this.#stopped(effect.code);
        break;
      default:
        this.#settle(effect);
    }
  }

  #settle(effect: Extract<ClientEffect, { kind: 'accepted' | 'refused' | 'unknown' | 'wait' | 'room' }>): void {
    if (effect.kind === 'accepted') {
      this.#sends.settle(effect.id, null);
      this.#inherited.settle(effect.id);
    } else if (effect.kind === 'wait') this.#sends.refused(effect.id);
    else if (effect.kind === 'room') this.#sends.room();
    else if (effect.kind === 'refused' || !effect.resent) {
      const error = effect.kind === 'refused' ? refusalOf(effect.why) : unknownFate();
      if (this.#sends.settle(effect.id, error) || error.code === 'CLOSED') return;
      const about = this.#inherited.forsake(effect.id, error);
      if (about !== null) this.#listener.warning(about);
    }
  }

  #opened(link: number, host: string, welcome: WelcomeFrame): void {
    const { result } = welcome;
    this.#links.welcomed(link);
    this.#welcome = welcome;
    // The hosts themselves are taken from nobody but the app, and the source that it has chosen.
    if (welcome.generation !== undefined) this.#pool.onGeneration?.(welcome.generation);
    if (result !== 'new') this.#listener.resumed({ host, result });
  }

  async #renew(): Promise<void> {
    try {
      const auth = await this.#settings.credential?.();
      if (auth !== undefined) this.tell({ kind: 'renewed', auth });
    } catch (cause) {
      this.#settings.warn('HANDLER_FAILED', 'The credential could not be had.', cause);
    }
  }

  #stopped(code: number): void {
    if (code === CLOSE.unauthenticated) {
      const remedy = 'See that `credential` gives a good one, then call `reconnect`.';
      this.#listener.stopped(errorOf('CREDENTIAL_REFUSED', 'The server refused the credential twice.', remedy));
    } else if (code === CLOSE.ended) {
      this.#listener.stopped(
        errorOf('SESSION_LOST', 'The server has ended the session.', 'Call `reconnect` for another.'),
      );
    }
  }

  #gap(direction: Direction, stream: string, rx: number | null, range: Range | null): void {
    const arrival = { stream, rx, data: undefined, gap: { direction, stream, range }, bytes: 0 };
    // What we lost has no place among what we get.
    if (direction === 'c2s') void this.#inbox.offer(arrival);
    else this.#inbox.push(arrival);
  }

  /** A server keeps one window on the way; what overflowed in its log and was skipped makes room for another. */
  #isFull(): boolean {
    const [count, bytes] = this.#welcome?.window ?? [];
    if (count === undefined || bytes === undefined) return false;
    return this.#inbox.isFull({ count: 2 * count, bytes: 2 * bytes + this.#policy.maxBytes });
  }

  /** The page may be frozen or gone in a moment. */
  #leave(): void {
    this.tell({ kind: 'flush' });
    this.#shelf.flush();
  }

  #show(): void {
    const { link, attempts, stopped, cause: why } = this.#machine;
    // A move whose new connection has the session: the welcome is on its way, and it is no loss.
    if (link === null && attempts.length > 0 && (why === 'drain' || why === 'asked')) return;
    const host = link?.host ?? null;
    const { durable } = this.#shelf;
    const kind = stopped > 0 ? 'stopped' : host === null ? this.#lacking() : attempts.length > 0 ? 'moving' : 'open';
    const cause = stopped === 0 ? why : (STOPS[stopped] ?? 'closed');
    const shown = [kind, host, cause, durable].join();
    if (shown === this.#state) return;
    this.#state = shown;
    if (kind !== 'moving') this.#homing.at(host);
    this.#listener.state(Object.freeze({ kind, host, cause, durable }));
  }

  #lacking(): 'connecting' | 'reconnecting' {
    return this.#welcome === null ? 'connecting' : 'reconnecting';
  }
}

const STOPS: Readonly<Record<number, string>> = { [CLOSE.unauthenticated]: 'unauthenticated', [CLOSE.ended]: 'ended' };
