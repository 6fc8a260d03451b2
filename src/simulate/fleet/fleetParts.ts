import { readPolicy } from '../../policy/poolPolicy.ts';
import { nextStep } from '../../policy/retry.ts';
import type { Fate } from './fleetServer.ts';

/** Sees what a fleet's clients send, and what comes of it. */
export interface FleetWatch {
  /** An attempt of a request, or a probe, leaves its client. `flight` names it until it has ended. */
  sent(kind: 'request' | 'probe', flight: number, client: number, host: number, nowMs: number): void;
  /** Its client has heard how an attempt ended, and has not decided yet what comes next. */
  heard(flight: number, end: Fate['end'], nowMs: number): void;
  /** A request, or a probe, is over. */
  over(kind: 'request' | 'probe', flight: number, ok: boolean): void;
}

/** What of the policy a fleet is made of. A mutant puts something else in the place of one part. */
export const FLEET_PARTS = { readPolicy, nextStep, watch: null as FleetWatch | null };
export type FleetParts = Readonly<typeof FLEET_PARTS>;
