import type { ServerEvent } from '../../session/serverState.ts';
import { Clock } from './clock.ts';
import { Connection } from './connection.ts';
import { Freezer } from './freezer.ts';
import type { Line } from './line.ts';
import type { ServerProcess, ServerWorld } from './serverWorld.ts';
import { StoreDesk } from './storeDesk.ts';

/** A server's process, with its connections and its clock. All that it keeps lies in the store. */
export class ServerSide implements ServerProcess {
  readonly at: number;
  readonly clock: Clock;
  readonly random: () => number;
  life = 0;
  running = true;
  desk: StoreDesk;
  readonly #world: ServerWorld;
  readonly #connections = new Map<Line, Connection>();
  readonly #freezer: Freezer;
  #drainsUntilMs = 0;

  constructor(at: number, world: ServerWorld, random: () => number) {
    this.at = at;
    this.#world = world;
    this.random = random;
    this.clock = new Clock(world.agenda);
    this.desk = new StoreDesk(this, world);
    this.#freezer = new Freezer(world.agenda);
  }

  /** Those that are open here. */
  get connections(): readonly Connection[] {
    return [...this.#connections.values()];
  }

  /** Turns away who comes. */
  get isDraining(): boolean {
    return this.#world.agenda.nowMs < this.#drainsUntilMs;
  }

  connectionOf(line: Line): Connection | undefined {
    return this.#connections.get(line);
  }

  take(line: Line): void {
    this.#connections.set(line, new Connection(line, this, this.#world));
  }

  hangUp(line: Line): void {
    line.serverOpen = false;
    this.#connections.delete(line);
  }

  /** A client's end has closed. */
  hears(line: Line): void {
    const connection = this.#connections.get(line);
    if (connection === undefined) return;
    connection.deliver();
    this.hangUp(line);
    connection.feed({ kind: 'closed' });
  }

  drain(deadlineMs: number, jitterMs: number, goes: ServerEvent): void {
    const { agenda } = this.#world;
    this.#drainsUntilMs = agenda.nowMs + deadlineMs;
    for (const connection of this.connections) {
      if (connection.line.state.kind === 'open') connection.feed({ kind: 'drain', deadlineMs, jitterMs });
      agenda.after(deadlineMs, () => {
        if (connection.line.serverOpen) this.whenAwake(() => connection.feed(goes));
      });
    }
  }

  /** A frozen process does it when it goes on. */
  whenAwake(task: () => void): void {
    this.#freezer.whenAwake(task);
  }

  freeze(forMs: number): void {
    this.#freezer.freeze(forMs);
  }

  /** Something was done to the clock. */
  look(): void {
    for (const connection of this.connections) connection.wake();
  }

  /** Everything that it knew is gone. */
  crash(downMs: number, reset: boolean): void {
    if (!this.running) return;
    this.running = false;
    this.life += 1;
    this.#freezer.empty();
    for (const { line } of this.connections) {
      this.hangUp(line);
      line.state = { kind: 'closed' };
      if (reset) this.#world.closed(line);
      else line.cut();
    }
    this.#world.agenda.after(downMs, () => {
      this.desk = new StoreDesk(this, this.#world);
      this.running = true;
    });
  }
}
