import type { HostMove } from '../../policy/poolState.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import type { ClientEvent } from '../../session/clientState.ts';

/** The wait for another move home is drawn from this, doubled with each that failed, up to the cap. In milliseconds. */
const RETRY_MS = 500;
const RETRY_CAP_MS = 60_000;

/** Keeps a channel where the pool wants new work to go: by a move that breaks nothing. */
export class Homing {
  readonly #pool: HostPool;
  readonly #stays: boolean;
  readonly #tell: (event: ClientEvent) => void;
  readonly #end: () => void;
  #host: string | null = null;
  #cancel: () => void = () => {};
  /** Moves home that have come to nothing, in a row. */
  #failures = 0;

  constructor(pool: HostPool, stays: boolean, tell: (event: ClientEvent) => void) {
    this.#pool = pool;
    this.#stays = stays;
    this.#tell = tell;
    const leave = ({ to, kind }: HostMove) => {
      // The pool has waited for its moment already.
      if (kind !== 'failback' || !stays) this.#moveTo(to);
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
    const { clock, random } = this.#pool.ports;
    const { current } = this.#pool.state;
    if (host === current) this.#failures = 0;
    if (host === null || host === current || this.#stays) return;
    // However short the hold is: a host that takes connections and welcomes nobody is asked ever more rarely.
    const leastMs = this.#failures === 0 ? 0 : Math.min(RETRY_CAP_MS, RETRY_MS * 2 ** this.#failures);
    const waitMs = random() * Math.max(this.#pool.settings.policy.failback.holdMs, leastMs);
    const home = () => {
      this.#failures++;
      this.at(this.#host);
      this.#moveTo(this.#pool.state.current);
    };
    this.#cancel = clock.setTimer(home, waitMs, true);
  }

  close(): void {
    this.#cancel();
    this.#end();
  }

  #moveTo(to: string): void {
    if (this.#host !== null && this.#host !== to) this.#tell({ kind: 'move' });
  }
}
