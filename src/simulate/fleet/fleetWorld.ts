import type { PoolEvent } from '../../policy/poolEvent.ts';
import type { PoolPolicy } from '../../policy/poolRule.ts';
import type { RandomStreams } from '../core/randomStreams.ts';
import type { ClientPools } from './clientPools.ts';
import type { FleetParts } from './fleetParts.ts';
import type { FleetServer } from './fleetServer.ts';
import type { Flights } from './flights.ts';
import type { FleetRecord } from './record.ts';
import type { Scenario } from './scenario.ts';

/** What requests and probes see of the fleet that they belong to. */
export interface FleetWorld {
  readonly scenario: Scenario;
  readonly parts: FleetParts;
  readonly policy: PoolPolicy;
  readonly streams: RandomStreams;
  readonly pools: ClientPools;
  readonly servers: readonly FleetServer[];
  /** Origins of the hosts, by their number. */
  readonly origins: readonly string[];
  readonly flights: Flights;
  readonly record: FleetRecord;
  /** 1 for a client that has no network now. */
  readonly isOffline: Uint8Array;
  readonly nowMs: number;
  /** Feeds one event to a client's machine, and does what it asks for. */
  dispatch(client: number, event: PoolEvent): void;
  /** A host's number, by its origin. */
  hostAt(origin: string): number;
  /** Has a flight be looked at again at a moment; Infinity for never. */
  schedule(flight: number, atMs: number): void;
}
