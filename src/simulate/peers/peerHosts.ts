import type { FleetHost } from '../fleet/scenario.ts';
import type { PeerHosts } from './peerPolicy.ts';

/** Which host each client asks: what a policy knows of hosts, and remembers of them. */
export class PeerChoice {
  readonly #rule: PeerHosts;
  readonly #hosts: number;
  /** Numbers of the active hosts. A client's own is one of them, as by a load balancer or DNS. */
  readonly #actives: readonly number[];
  /** Of `stay`: the host that each client is with. */
  readonly #current: Uint8Array;
  /** Of `eject`: until when each client passes each host over. */
  readonly #passedUntilMs: Float64Array;

  constructor(rule: PeerHosts, hosts: readonly FleetHost[], clients: number) {
    this.#rule = rule;
    this.#hosts = hosts.length;
    this.#actives = hosts.flatMap(({ tier }, at) => (tier === 'active' ? [at] : []));
    this.#current = new Uint8Array(clients);
    for (let client = 0; client < clients; client++) this.#current[client] = this.#ownOf(client);
    this.#passedUntilMs = new Float64Array(rule.kind === 'eject' ? clients * hosts.length : 0);
  }

  /** How many hosts the policy goes to. */
  get known(): number {
    return this.#rule.kind === 'one' ? 1 : this.#hosts;
  }

  /** The host of a client's first attempt. */
  first(client: number, nowMs: number): number {
    if (this.#rule.kind === 'stay') return this.#current[client] as number;
    const own = this.#ownOf(client);
    return this.#rule.kind === 'eject' ? this.#notPassed(client, own, nowMs) : own;
  }

  /** The host of a retry. */
  next(client: number, last: number, nowMs: number): number {
    if (this.#rule.kind === 'one') return last;
    if (this.#rule.kind === 'stay') return this.#current[client] as number;
    const following = (last + 1) % this.#hosts;
    return this.#rule.kind === 'eject' ? this.#notPassed(client, following, nowMs) : following;
  }

  /** @param reached False where nobody was there, or a connection was not made. */
  failed(client: number, host: number, reached: boolean, nowMs: number): void {
    if (this.#rule.kind === 'eject') {
      this.#passedUntilMs[client * this.#hosts + host] = nowMs + this.#rule.forMs;
    }
    if (this.#rule.kind !== 'stay' || this.#current[client] !== host) return;
    if (!reached || this.#rule.leaves === 'at any failure') this.#current[client] = (host + 1) % this.#hosts;
  }

  #ownOf(client: number): number {
    return this.#actives[client % this.#actives.length] as number;
  }

  /** The first host that is not passed over, beginning with one; that one where all are. */
  #notPassed(client: number, first: number, nowMs: number): number {
    for (let step = 0; step < this.#hosts; step++) {
      const host = (first + step) % this.#hosts;
      if ((this.#passedUntilMs[client * this.#hosts + host] as number) <= nowMs) return host;
    }
    return first;
  }
}
