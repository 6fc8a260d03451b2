import { isBeingLeft } from '../../policy/health.ts';
import { type HostMove, recordOf } from '../../policy/poolState.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import type { ClientEvent } from '../../session/clientState.ts';
import { homeWaitMs } from '../../session/homing.ts';

/** Keeps a channel where the pool wants new work to go: by a move that breaks nothing. */
export class Homing {
  readonly #pool: HostPool;
  readonly #stays: boolean;
  readonly #tell: (event: ClientEvent) => void;
  readonly #windowMs: () => number;
  readonly #end: () => void;
  #host: string | null = null;
  #cancel: () => void = () => {};
  /** Moves home that have come to nothing, in a row. */
  #failures = 0;

  /** @param windowMs Over how long the server that it is at wants its clients to spread. */
  constructor(pool: HostPool, stays: boolean, windowMs: () => number, tell: (event: ClientEvent) => void) {
    this.#pool = pool;
    this.#stays = stays;
    this.#windowMs = windowMs;
    this.#tell = tell;
    const leave = ({ to, kind }: HostMove) => {
      if (kind !== 'failback') this.#moveTo(to);
      else if (!stays) this.#plan(true);
    };
    // Others have found our host dead: we ask it at once.
    const doubt = ({ from }: HostMove) => {
      if (from === this.#host) tell({ kind: 'wake' });
    };
    const { events } = pool;
    events.on('failback', leave);
    events.on('switchover', leave);
    events.on('failover', doubt);
    this.#end = () => {
      events.off('failback', leave);
      events.off('switchover', leave);
      events.off('failover', doubt);
    };
  }

  /** The channel is at a host, or at none. Where the pool is at another one without having moved, the way back is spread as its failback is. */
  at(host: string | null): void {
    this.#host = host;
    this.#cancel();
    this.#cancel = () => {};
    const { current } = this.#pool.state;
    if (host === current) this.#failures = 0;
    if (host !== null && host !== current && !this.#stays) this.#plan(false);
  }

  close(): void {
    this.#cancel();
    this.#end();
  }

  /** @param held True where the pool has just waited for its hold. */
  #plan(held: boolean): void {
    const { ports, settings, state } = this.#pool;
    const { holdMs } = settings.policy.failback;
    const told = { holdMs, windowMs: this.#windowMs(), failures: this.#failures, held };
    const waitMs = homeWaitMs(told, ports.random);
    this.#cancel();
    this.#cancel = () => {};
    if (waitMs === 0) this.#moveTo(state.current);
    else this.#cancel = ports.clock.setTimer(() => this.#goHome(), waitMs, true);
  }

  #goHome(): void {
    const { current } = this.#pool.state;
    const health = recordOf(this.#pool.state, current)?.health;
    // Its pool is about to come where we are.
    if (health !== undefined && isBeingLeft(health)) {
      this.#plan(false);
      return;
    }
    this.#failures++;
    this.at(this.#host);
    this.#moveTo(current);
  }

  #moveTo(to: string): void {
    if (this.#host !== null && this.#host !== to) this.#tell({ kind: 'move' });
  }
}
