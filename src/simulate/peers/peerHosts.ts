import type { FleetHost } from '../fleet/scenario.ts';
import type { PeerHosts } from './peerPolicy.ts';

/** Which host each client asks: what a policy knows of hosts, and remembers of them. */
export class PeerChoice {
  readonly #rule: PeerHosts;
  readonly #hosts: number;
  /** Orders in which hosts are asked. A client has one of them by its number, as by a load balancer or DNS. */
  readonly #orders: readonly (readonly number[])[];
  /** Of `stay`: where each client is in its order. */
  readonly #current: Uint8Array;
  /** Of `eject`: until when each client passes each host over. */
  readonly #passedUntilMs: Float64Array;
  readonly #serves: (host: number) => boolean;

  /** @param serves What a load balancer knows: whether a host serves now. */
  constructor(rule: PeerHosts, hosts: readonly FleetHost[], clients: number, serves = (_host: number) => true) {
    this.#rule = rule;
    this.#serves = serves;
    this.#hosts = hosts.length;
    this.#orders = ordersOf(rule, hosts);
    this.#current = new Uint8Array(rule.kind === 'stay' ? clients : 0);
    this.#passedUntilMs = new Float64Array(rule.kind === 'eject' ? clients * hosts.length : 0);
  }

  /** How many hosts the policy goes to. */
  get known(): number {
    return this.#rule.kind === 'one' || this.#rule.kind === 'balanced' ? 1 : this.#hosts;
  }

  /** The host of a client's first attempt. */
  first(client: number, nowMs: number): number {
    const order = this.#orderOf(client);
    if (this.#rule.kind === 'stay') return order[this.#current[client] as number] as number;
    if (this.#rule.kind === 'balanced') return order.find(this.#serves) ?? (order[0] as number);
    return this.#rule.kind === 'eject' ? this.#notPassed(client, 0, nowMs) : (order[0] as number);
  }

  /** The host of a retry. */
  next(client: number, last: number, nowMs: number): number {
    if (this.#rule.kind === 'one') return last;
    if (this.#rule.kind === 'stay' || this.#rule.kind === 'balanced') return this.first(client, nowMs);
    const order = this.#orderOf(client);
    const following = (order.indexOf(last) + 1) % this.#hosts;
    return this.#rule.kind === 'eject' ? this.#notPassed(client, following, nowMs) : (order[following] as number);
  }

  /** @param reached False where nobody was there, or a connection was not made. */
  failed(client: number, host: number, reached: boolean, nowMs: number): void {
    const rule = this.#rule;
    if (rule.kind === 'eject') this.#passedUntilMs[client * this.#hosts + host] = nowMs + rule.forMs;
    if (rule.kind !== 'stay' || this.first(client, nowMs) !== host) return;
    if (reached && rule.leaves === 'when unreachable') return;
    this.#current[client] = ((this.#current[client] as number) + 1) % this.#hosts;
  }

  /** A connection to a host was lost. */
  lost(client: number, host: number, nowMs: number): void {
    if (this.#rule.kind === 'stay' && this.#rule.afterLoss === 'next') this.failed(client, host, false, nowMs);
  }

  #orderOf(client: number): readonly number[] {
    return this.#orders[client % this.#orders.length] as readonly number[];
  }

  /** The first host that is not passed over, beginning at a place of the client's order; that one where all are. */
  #notPassed(client: number, place: number, nowMs: number): number {
    const order = this.#orderOf(client);
    for (let step = 0; step < this.#hosts; step++) {
      const host = order[(place + step) % this.#hosts] as number;
      if ((this.#passedUntilMs[client * this.#hosts + host] as number) <= nowMs) return host;
    }
    return order[place] as number;
  }
}

/** One order for each active host, which is first in it. */
function ordersOf(rule: PeerHosts, hosts: readonly FleetHost[]): readonly (readonly number[])[] {
  const numbers = hosts.map((_, at) => at);
  const isActive = (at: number): boolean => hosts[at]?.tier === 'active';
  return numbers.filter(isActive).map((own) => {
    const following = [...numbers.slice(own + 1), ...numbers.slice(0, own)];
    if (rule.kind === 'walk' && rule.order === 'as listed') return [own, ...following];
    return [own, ...following.filter((at) => !isActive(at)), ...following.filter(isActive)];
  });
}
