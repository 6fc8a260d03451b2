import { isBeingLeft } from '../../../policy/health.ts';
import { type HostMove, recordOf } from '../../../policy/poolState.ts';
import { homeWaitMs } from '../../../session/homing.ts';
import { NOWHERE, type SessionWorld } from './sessionWorld.ts';

/** What a client's application would be shown: no connection, one that is about to be left, or one at a host. */
const SHOWN = { none: 0, moving: 1, at: 2 } as const;

/** Keeps clients where their pools want new work to go: what `socket/channel/homing.ts` is to the product. */
export class Homecomings {
  /** When each client goes home; Infinity for not. */
  readonly atMs: Float64Array;
  readonly #world: SessionWorld;
  /** Moves home that have come to nothing, in a row. */
  readonly #failures: Uint8Array;
  readonly #shown: Uint16Array;
  readonly #holdMs: number;

  constructor(world: SessionWorld) {
    const { clients } = world.scenario;
    this.#world = world;
    this.#holdMs = world.policy.failback.holdMs;
    this.atMs = new Float64Array(clients).fill(Infinity);
    this.#failures = new Uint8Array(clients);
    this.#shown = new Uint16Array(clients);
  }

  /** A client's pool has moved. */
  moved(client: number, { kind, from, to }: HostMove): void {
    const host = this.#world.machineOf(client).link?.host;
    if (kind === 'failback') this.#plan(client, true);
    else if (kind === 'switchover') this.#moveTo(client, to);
    // Others have found our host dead: we ask it at once.
    else if (from === host) this.#world.tell(client, { kind: 'wake' });
  }

  /** A client's machine has taken a step: where it is may have changed. */
  look(client: number): void {
    const { link, attempts, cause } = this.#world.machineOf(client);
    // A move whose new connection has the session: the welcome is on its way.
    if (link === null && attempts.length > 0 && (cause === 'drain' || cause === 'asked')) return;
    const host = link === null ? NOWHERE : this.#world.hostAt(link.host);
    const shown = link === null ? SHOWN.none : attempts.length > 0 ? SHOWN.moving : SHOWN.at + host;
    if (shown === this.#shown[client]) return;
    this.#shown[client] = shown;
    if (shown !== SHOWN.moving) this.#at(client, host);
  }

  /** The moment has come. */
  goHome(client: number): void {
    const { origins, pools } = this.#world;
    const state = pools.stateOf(client);
    const health = recordOf(state, state.current)?.health;
    // Its pool is about to come where it is.
    if (health !== undefined && isBeingLeft(health)) {
      this.#plan(client, false);
      return;
    }
    const host = this.#world.machineOf(client).link?.host;
    this.#failures[client] = Math.min(255, (this.#failures[client] as number) + 1);
    this.#at(client, host === undefined ? NOWHERE : origins.indexOf(host));
    this.#moveTo(client, state.current);
  }

  #at(client: number, host: number): void {
    this.atMs[client] = Infinity;
    const current = this.#world.hostAt(this.#world.pools.stateOf(client).current);
    if (host === current) this.#failures[client] = 0;
    if (host !== NOWHERE && host !== current) this.#plan(client, false);
  }

  #plan(client: number, held: boolean): void {
    const { nowMs, pools, streams } = this.#world;
    const windowMs = this.#world.machineOf(client).windowMs ?? 0;
    const failures = this.#failures[client] as number;
    const waitMs = homeWaitMs({ holdMs: this.#holdMs, windowMs, failures, held }, streams.of(client));
    this.atMs[client] = waitMs === 0 ? Infinity : nowMs + waitMs;
    if (waitMs === 0) this.#moveTo(client, pools.stateOf(client).current);
  }

  #moveTo(client: number, to: string): void {
    const host = this.#world.machineOf(client).link?.host;
    if (host !== undefined && host !== to) this.#world.tell(client, { kind: 'move' });
  }
}
