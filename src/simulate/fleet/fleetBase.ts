import type { PoolEvent } from '../../policy/poolEvent.ts';
import type { PoolPolicy } from '../../policy/poolRule.ts';
import { everyRule } from '../../policy/rules/everyRule.ts';
import { RandomStreams } from '../core/randomStreams.ts';
import { ClientPools, originOf } from './clientPools.ts';
import type { FleetParts } from './fleetParts.ts';
import { FleetServer } from './fleetServer.ts';
import { Flights } from './flights.ts';
import { FleetRecord } from './record.ts';
import type { Scenario } from './scenario.ts';

/** What every fleet stands on, whatever its clients do: their pools, the hosts, chance, and what is counted. */
export abstract class FleetBase {
  readonly scenario: Scenario;
  readonly parts: FleetParts;
  readonly policy: PoolPolicy;
  readonly streams: RandomStreams;
  readonly pools: ClientPools;
  readonly servers: readonly FleetServer[];
  /** Origins of the hosts, by their number. */
  readonly origins: readonly string[];
  readonly flights = new Flights();
  readonly record: FleetRecord;
  /** 1 for a client that has no network now. */
  readonly isOffline: Uint8Array;
  nowMs = 0;
  /** How many events there were. */
  events = 0;
  readonly #hostAt: ReadonlyMap<string, number>;

  /** @param bornMs When its clients' pools are made. */
  constructor(scenario: Scenario, parts: FleetParts, bornMs?: number) {
    const { clients, seed, hosts } = scenario;
    this.scenario = scenario;
    this.parts = parts;
    this.policy = parts.readPolicy(scenario.policy, everyRule);
    this.streams = new RandomStreams(seed, clients);
    this.pools = new ClientPools(scenario, this.policy, this.streams, bornMs);
    this.servers = hosts.map((host) => new FleetServer(scenario, host));
    this.record = new FleetRecord(scenario);
    this.isOffline = new Uint8Array(clients);
    this.origins = hosts.map(({ name }) => originOf(name));
    this.#hostAt = new Map(this.origins.map((origin, at) => [origin, at]));
  }

  /** Feeds one event to a client's machine, and does what it asks for. */
  abstract dispatch(client: number, event: PoolEvent): void;

  /** Has a flight be looked at again at a moment; Infinity for never. */
  abstract schedule(flight: number, atMs: number): void;

  /** A host's number, by its origin. */
  hostAt(origin: string): number {
    return this.#hostAt.get(origin) ?? -1;
  }
}
