import type { FleetBase } from './fleetBase.ts';

/** What requests and probes see of the fleet that they belong to. */
export type FleetWorld = Readonly<FleetBase>;
