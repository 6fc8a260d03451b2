import { decodeFromClient, encode } from '../../../src/session/codec.ts';
import { payloadOf } from '../../../src/session/payload.ts';
import { nextServerTickMs, serverState, stepServer } from '../../../src/session/serverMachine.ts';
import { SERVER_POLICY } from '../../../src/session/serverPolicy.ts';
import type { ServerEffect, ServerEvent, ServerState } from '../../../src/session/serverState.ts';
import { PlainStore } from '../../../src/simulate/schedules/plainStore.ts';
import { type Device, device, type LineEvents, type Network } from '../rig/device.ts';
import { installClock, type VillageClock } from './villageClock.ts';

/** What a host of the village does: nothing goes to one that is dead; one that hangs says nothing. */
export type Manner = 'well' | 'dead' | 'hung';

/**
 * Two hosts in memory, for an engine that has neither timers nor a network: HTTP that answers at once, and sessions run by the real
 * machine of a server over one store.
 */
export class Village implements Network {
  readonly clock: VillageClock;
  readonly phone: Device;
  readonly manners: Record<string, Manner> = {};
  readonly #store = new PlainStore(SERVER_POLICY.replay);
  readonly #lines = new Set<VillageLine>();
  #made = 0;

  constructor(emit: (name: string, event: unknown) => void) {
    this.clock = installClock();
    this.phone = device(this, emit);
  }

  get nowMs(): number {
    return this.clock.now();
  }

  request: Network['request'] = ({ method, url, body }, told) => {
    const [, origin = '', path = '/'] = /^(https:\/\/[^/]+)([^?]*)/.exec(url) ?? [];
    let ended = false;
    this.clock.setTimer(() => {
      if (ended || this.manners[origin] === 'hung') return;
      if (this.manners[origin] === 'dead') {
        told.failed('Connection refused');
        return;
      }
      const isGood = /^\/(api|healthz)\//.test(path);
      told.head(isGood ? 200 : 404, { 'Content-Type': 'application/json' }, url);
      told.end(JSON.stringify({ by: origin, method, path, said: body, token: 'token of ann' }));
    }, 20);
    return () => {
      ended = true;
    };
  };

  connect: Network['connect'] = (url, _headers, told) => {
    const origin = `https://${/^wss:\/\/([^/]+)/.exec(url)?.[1]}`;
    const line = new VillageLine(this, origin, told);
    this.#lines.add(line);
    this.clock.setTimer(() => line.open(this.manners[origin] ?? 'well'), 20);
    return line;
  };

  /** All that the village's application was told, in order. */
  get got(): readonly unknown[] {
    return this.#store.effects.map(({ data }) => data);
  }

  /** The application says something to whoever is connected. */
  say(text: string): void {
    const payload = payloadOf({ text });
    for (const line of this.#lines) if (payload !== null) line.feed({ kind: 'send', id: 0, payload });
  }

  become(origin: string, manner: Manner): void {
    this.manners[origin] = manner;
    for (const line of this.#lines) if (line.origin === origin) line.meet(manner);
  }

  answer(line: VillageLine, effect: ServerEffect): void {
    if (effect.kind === 'store') {
      line.feed({ kind: 'stored', result: this.#store.run(effect.request, this.nowMs), news: {} });
    } else if (effect.kind === 'authenticate') {
      const n = ++this.#made;
      const fresh = { sid: `s${n}`, stream: `r${n}`, token: `t${n}`, hash: `#t${n}` };
      line.feed({ kind: 'authenticated', subject: 'ann', hash: `#${effect.token ?? ''}`, fresh });
    }
  }

  gone(line: VillageLine): void {
    this.#lines.delete(line);
  }
}

/** One connection, at its server. */
class VillageLine {
  readonly origin: string;
  readonly #village: Village;
  readonly #told: LineEvents;
  #state: ServerState;
  #isOpen = false;
  #isMute = false;
  #cancel: () => void = () => {};

  constructor(village: Village, origin: string, told: LineEvents) {
    this.#village = village;
    this.origin = origin;
    this.#told = told;
    this.#state = serverState(SERVER_POLICY, village.nowMs);
  }

  open(manner: Manner): void {
    this.#isOpen = manner === 'well';
    this.meet(manner);
    if (this.#isOpen) this.#told.opened();
  }

  meet(manner: Manner): void {
    this.#isMute = manner === 'hung';
    if (manner === 'dead') this.#lost();
  }

  send(text: string): void {
    const decoded = decodeFromClient(text, SERVER_POLICY.maxBytes);
    if (decoded.kind === 'refused') throw new Error(`the client sent ${text}`);
    if (!this.#isMute) this.feed({ kind: 'frame', frame: decoded.frame, bytes: text.length });
  }

  close(): void {
    this.#end();
  }

  feed(event: ServerEvent): void {
    if (this.#state.kind === 'closed') return;
    const { state, effects } = stepServer(this.#state, event, SERVER_POLICY, { nowMs: this.#village.nowMs });
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    this.#arm();
  }

  #run(effect: ServerEffect): void {
    if (effect.kind === 'transmit') {
      if (this.#isOpen && !this.#isMute) this.#told.message(String(encode(effect.frame)));
    } else if (effect.kind === 'drop') {
      this.#told.closed(effect.code, '');
      this.#end();
    } else this.#village.answer(this, effect);
  }

  #arm(): void {
    this.#cancel();
    const dueMs = nextServerTickMs(this.#state);
    if (this.#isMute || dueMs > this.#village.nowMs + 1e9) return;
    this.#cancel = this.#village.clock.setTimer(() => this.feed({ kind: 'tick' }), dueMs - this.#village.nowMs);
  }

  #lost(): void {
    this.#told.failed('The connection was lost');
    this.#end();
  }

  #end(): void {
    this.#isOpen = false;
    this.#cancel();
    this.feed({ kind: 'closed' });
    this.#village.gone(this);
  }
}
