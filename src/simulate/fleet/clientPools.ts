import type { PoolEvent } from '../../policy/poolEvent.ts';
import { nextWakeMs, openPool, stepPool } from '../../policy/poolMachine.ts';
import type { PoolPolicy } from '../../policy/poolRule.ts';
import type { PoolEffect, PoolState } from '../../policy/poolState.ts';
import { rankHosts, readTopology } from '../../policy/topology.ts';
import { Packed } from '../core/packed.ts';
import type { RandomStreams } from '../core/randomStreams.ts';
import type { Scenario } from './scenario.ts';

/** Where a scenario's host stands in the clients' lists. */
export const originOf = (name: string): string => `https://${name}.example`;

/**
 * The pools of all clients: the real machine, with a state for each. States are kept in a packed form between events: most clients are in
 * one of a few situations, and differ in moments alone.
 */
export class ClientPools {
  readonly #states: Packed<PoolState>;
  /** When each pool wants its next tick; Infinity for never. */
  readonly wakeMs: Float64Array;
  readonly #policy: PoolPolicy;
  readonly #streams: RandomStreams;
  readonly #env = { nowMs: 0, random: () => 0 };

  /** @param openedMs When the clients began. */
  constructor(scenario: Scenario, policy: PoolPolicy, streams: RandomStreams, openedMs = 0) {
    this.#policy = policy;
    this.#streams = streams;
    this.wakeMs = new Float64Array(scenario.clients).fill(Infinity);
    const orders = orderOf(scenario);
    const fresh = new Map<string, PoolState>();
    this.#states = new Packed(scenario.clients);
    for (let client = 0; client < scenario.clients; client++) {
      const random = streams.of(client);
      const order = orders(random);
      const name = order.join();
      const state = fresh.get(name) ?? openPool(order, policy, { nowMs: openedMs, random });
      fresh.set(name, state);
      this.#states.set(client, state);
      this.wakeMs[client] = nextWakeMs(state, policy);
    }
  }

  stateOf(client: number): PoolState {
    return this.#states.get(client);
  }

  /** Feeds one event to a client's machine; null where nothing came of it. */
  step(client: number, event: PoolEvent, nowMs: number): readonly PoolEffect[] | null {
    const before = this.stateOf(client);
    const env = this.#env;
    env.nowMs = nowMs;
    env.random = this.#streams.of(client);
    const { state, effects } = stepPool(before, event, this.#policy, env);
    if (state === before) return null;
    this.#states.set(client, state);
    this.wakeMs[client] = nextWakeMs(state, this.#policy);
    return effects;
  }
}

/** The order in which a client wants the hosts: of one active host, the list's; of several, its own by affinity. */
function orderOf({ hosts }: Scenario): (random: () => number) => readonly string[] {
  const tier = (wanted: 'active' | 'standby') =>
    hosts.filter((host) => host.tier === wanted).map((host) => ({ url: originOf(host.name), weight: host.capacity }));
  const topology = readTopology({ active: tier('active'), standby: tier('standby') }, false);
  const listed = topology.hosts.map(({ origin }) => origin);
  const actives = tier('active').length;
  return (random) => (actives === 1 ? listed : rankHosts(topology, random().toString(36).slice(2), null));
}
