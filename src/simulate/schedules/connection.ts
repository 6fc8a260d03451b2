import { decodeFromClient } from '../../session/codec.ts';
import { CLOSE } from '../../session/frames.ts';
import { serverState } from '../../session/serverMachine.ts';
import type { ArrivedFrame, ServerEffect, ServerEvent } from '../../session/serverState.ts';
import { Alarm } from './agenda.ts';
import type { Line, Wire } from './line.ts';
import type { Asker, ServerProcess, ServerWorld } from './serverWorld.ts';

/** How long it takes at most to find out whose a credential is, where it is not known at once. */
const JUDGE_MS = 200;

/** A line at its server: the machine, given time, a store, and what comes in. */
export class Connection implements Asker {
  readonly line: Line;
  readonly #server: ServerProcess;
  readonly #world: ServerWorld;
  readonly #alarm: Alarm;
  #inbox: ArrivedFrame[] = [];
  /** When the credential that was asked for has to be there. */
  #renewByMs = Infinity;

  constructor(line: Line, server: ServerProcess, world: ServerWorld) {
    this.line = line;
    this.#server = server;
    this.#world = world;
    this.#alarm = new Alarm(world.agenda, () => server.whenAwake(() => this.#tick()));
    line.state = serverState(world.parts.server, server.clock.nowMs);
    this.wake();
  }

  /** What comes in one moment is read at one stroke. */
  arrive(wire: Wire): void {
    const { agenda, parts, witness } = this.#world;
    const decoded = decodeFromClient(wire, parts.server.maxBytes);
    if (decoded.kind === 'refused') throw new Error(`a server can't read ${String(wire)}`);
    witness.shown(decoded.frame, this.line.name);
    if (this.#inbox.push({ frame: decoded.frame, bytes: wire.length }) > 1) return;
    agenda.after(0, () => this.#server.whenAwake(() => this.deliver()));
  }

  deliver(): void {
    const frames = this.#inbox;
    if (frames.length === 0) return;
    this.#inbox = [];
    if (frames.length > 1) this.#world.witness.meet('frames together');
    this.feed({ kind: 'frames', frames });
  }

  feed(event: ServerEvent): void {
    const { line } = this;
    if (!this.#server.running || line.serverLife !== this.#server.life) return;
    const { parts, witness } = this.#world;
    const env = { nowMs: this.#server.clock.nowMs };
    const { state, effects } = parts.stepServer(line.state, event, parts.server, env);
    line.state = state;
    witness.served(state);
    for (const effect of effects) this.#run(effect);
    this.wake();
  }

  /** The application wants a fresh credential. */
  renew(withinMs: number): void {
    if (this.line.state.kind !== 'open') return;
    this.#world.witness.meet('renewal asked');
    this.#renewByMs = this.#server.clock.nowMs + withinMs;
    this.feed({ kind: 'renew', withinMs });
  }

  /** To be called, too, when the server's clock goes otherwise than it did. */
  wake(): void {
    if (!this.line.serverOpen) return;
    const { nowMs, rate } = this.#server.clock;
    const nextMs = Math.min(this.#world.parts.nextServerTickMs(this.line.state), this.#renewByMs);
    this.#alarm.by((nextMs - nowMs) / rate);
  }

  #tick(): void {
    if (!this.line.serverOpen) return;
    if (this.#renewByMs <= this.#server.clock.nowMs) {
      this.#renewByMs = Infinity;
      this.#world.witness.meet('renewal late');
      this.feed({ kind: 'close', code: CLOSE.unauthenticated });
    } else this.feed({ kind: 'tick' });
  }

  #run(effect: ServerEffect): void {
    switch (effect.kind) {
      case 'transmit':
        this.#world.toClient(this.line, effect.frame);
        break;
      case 'drop':
        this.#server.hangUp(this.line);
        this.#world.closed(this.line);
        break;
      case 'store':
        this.#server.desk.ask(this, effect.request);
        break;
      case 'authenticate':
        this.#authenticate(effect.auth ?? '', effect.token);
        break;
      case 'gap':
        if (this.line.state.kind === 'open') this.#world.witness.givenUpBy(this.line.state.stream, effect.range);
        break;
    }
  }

  #authenticate(auth: string, token: string | null): void {
    const server = this.#server;
    if (token !== null && server.isDraining) {
      this.feed({ kind: 'close', code: CLOSE.away, windowMs: 500 });
      return;
    }
    const lateMs = server.random() < 0.7 ? 0 : server.random() * JUDGE_MS;
    if (lateMs === 0) this.#judge(auth, token);
    else this.#world.agenda.after(lateMs, () => server.whenAwake(() => this.#judge(auth, token)));
  }

  #judge(auth: string, token: string | null): void {
    if (this.line.state.kind === 'closed') return;
    const { credentials, witness } = this.#world;
    const subject = credentials.subjectOf(auth);
    if (subject === null) {
      witness.meet('credential refused');
      this.feed({ kind: 'close', code: CLOSE.unauthenticated });
      return;
    }
    if (token === null) witness.meet('renewed');
    this.#renewByMs = Infinity;
    this.feed({ kind: 'authenticated', subject, hash: `#${token ?? ''}`, fresh: this.#world.fresh() });
    witness.judged(this.line.state, subject);
  }
}
