import { decodeFromClient } from '../../session/codec.ts';
import { CLOSE, type FrameToClient } from '../../session/frames.ts';
import type { ServerEffect, ServerEvent, StoreRequest, StoreResult } from '../../session/serverState.ts';
import { type Agenda, Alarm } from './agenda.ts';
import { Freezer } from './freezer.ts';
import type { Line, Wire } from './line.ts';
import type { Parts } from './parts.ts';
import type { PlainStore } from './plainStore.ts';
import type { Weather } from './weather.ts';
import type { Witness } from './witness.ts';

/** What a server's process needs of the world. */
export interface ServerWorld {
  readonly agenda: Agenda;
  readonly weather: Weather;
  readonly parts: Parts;
  readonly witness: Witness;
  readonly store: PlainStore;
  toClient(line: Line, frame: FrameToClient): void;
  /** The server's end of a line has closed, and the client is to hear of it. */
  closed(line: Line): void;
  /** Values that nobody has drawn before. */
  fresh(): { readonly sid: string; readonly stream: string; readonly token: string; readonly hash: string };
  /** What the store did for one connection others hear of. */
  announce(request: StoreRequest, result: StoreResult): void;
}

/** A server's process, with its connections. All that it keeps lies in the store. */
export class ServerSide {
  readonly at: number;
  life = 0;
  running = true;
  /** Turns away who comes, until then. */
  drainsUntilMs = 0;
  readonly #world: ServerWorld;
  readonly #random: () => number;
  readonly #alarms = new Map<Line, Alarm>();
  readonly #freezer: Freezer;

  constructor(at: number, world: ServerWorld, random: () => number) {
    this.at = at;
    this.#world = world;
    this.#random = random;
    this.#freezer = new Freezer(world.agenda);
  }

  /** The lines that are open here. */
  get lines(): readonly Line[] {
    return [...this.#alarms.keys()];
  }

  take(line: Line): void {
    this.#alarms.set(
      line,
      new Alarm(this.#world.agenda, () => this.whenAwake(() => this.feed(line, { kind: 'tick' }))),
    );
    this.#wakeFor(line);
  }

  arrive(line: Line, wire: Wire): void {
    if (!line.serverOpen || line.serverLife !== this.life) return;
    const decoded = decodeFromClient(wire, this.#world.parts.server.maxBytes);
    if (decoded.kind === 'refused') throw new Error(`a server can't read ${String(wire)}`);
    this.#world.witness.shown(decoded.frame, line.name);
    this.feed(line, { kind: 'frame', frame: decoded.frame, bytes: wire.length });
  }

  feed(line: Line, event: ServerEvent): void {
    if (!this.running || line.serverLife !== this.life) return;
    const { agenda, parts, witness } = this.#world;
    const { state, effects } = parts.stepServer(line.state, event, parts.server, { nowMs: agenda.nowMs });
    line.state = state;
    witness.served(state);
    for (const effect of effects) this.#run(line, effect);
    this.#wakeFor(line);
  }

  #wakeFor(line: Line): void {
    const { agenda, parts } = this.#world;
    this.#alarms.get(line)?.by(parts.nextServerTickMs(line.state) - agenda.nowMs);
  }

  #run(line: Line, effect: ServerEffect): void {
    switch (effect.kind) {
      case 'transmit':
        this.#world.toClient(line, effect.frame);
        break;
      case 'drop':
        this.hangUp(line);
        this.#world.closed(line);
        break;
      case 'store':
        this.#ask(line, effect.request);
        break;
      case 'authenticate':
        this.#authenticate(line, effect.token ?? '');
        break;
      case 'gap':
        if (line.state.kind === 'open') this.#world.witness.givenUpBy(line.state.stream, effect.range);
        break;
    }
  }

  hangUp(line: Line): void {
    line.serverOpen = false;
    this.#alarms.delete(line);
  }

  #authenticate(line: Line, token: string): void {
    const { agenda } = this.#world;
    if (agenda.nowMs < this.drainsUntilMs) {
      this.feed(line, { kind: 'close', code: CLOSE.away, windowMs: 500 });
      return;
    }
    const subject = line.name.replace(/-.*/, '');
    this.feed(line, { kind: 'authenticated', subject, hash: `#${token}`, fresh: this.#world.fresh() });
  }

  /** What was asked may be done though nobody is there any more to hear of it. */
  #ask(line: Line, request: StoreRequest): void {
    const { agenda, weather, store, witness } = this.#world;
    const { life } = this;
    agenda.after(weather.storeMs(this.#random), () => {
      if (this.life !== life && this.#random() < 0.5) return;
      const fate = weather.fate();
      const id = request.op === 'append' ? { id: request.id } : {};
      let result: StoreResult = { kind: 'failed', op: request.op, ...id };
      if (fate !== 'undone') {
        const done = store.run(request, agenda.nowMs);
        witness.ran(request, done);
        this.#world.announce(request, done);
        if (fate === 'answered') result = done;
      }
      agenda.after(weather.storeMs(this.#random), () =>
        this.whenAwake(() => {
          if (this.life === life) this.feed(line, { kind: 'stored', result });
        }),
      );
    });
  }

  /** A frozen process does it when it goes on. */
  whenAwake(task: () => void): void {
    this.#freezer.whenAwake(task);
  }

  freeze(forMs: number): void {
    this.#freezer.freeze(forMs);
  }

  /** Everything that it knew is gone. */
  crash(downMs: number, reset: boolean): void {
    if (!this.running) return;
    this.running = false;
    this.life += 1;
    this.#freezer.empty();
    for (const line of this.lines) {
      this.hangUp(line);
      line.state = { kind: 'closed' };
      if (reset) this.#world.closed(line);
      else line.cut();
    }
    this.#world.agenda.after(downMs, () => {
      this.running = true;
    });
  }
}
