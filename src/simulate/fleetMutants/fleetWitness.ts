import type { AttemptEnd } from '../../policy/outcome.ts';
import type { PoolPolicy } from '../../policy/poolRule.ts';
import type { FleetWatch } from '../fleet/fleetParts.ts';
import type { Scenario } from '../fleet/scenario.ts';
import { broken } from '../schedules/brokenPromise.ts';
import { CLIENTS } from './drawFleet.ts';

/** A request on its way. */
interface Trip {
  readonly client: number;
  sent: number;
  host: number;
  /** The last attempt may have cost its host work, so the next one is paid for. */
  pays: boolean;
  /** Attempts on which a host may have worked, by host. */
  readonly worked: Map<number, number>;
  /** What a host has asked for, by `Retry-After`. */
  readonly busyUntilMs: Map<number, number>;
}

/** Rounding of a tenth, added up. */
const HAIR = 1e-6;
/** A request that nobody takes is tried so often within its time at most, for each time that the longest wait fits in on average. */
const TRIES_PER_WAIT = 3;
const FIRST_TRIES = 40;

/** Sees what the clients of a fleet send, and complains where it is more than the policy allows. */
export class FleetWitness implements FleetWatch {
  readonly #scenario: Scenario;
  readonly #policy: PoolPolicy;
  readonly #trips = new Map<number, Trip>();
  readonly #probes = new Map<number, string>();
  /** By client: requests that were served, and attempts that the budget pays for. */
  readonly #served = new Float64Array(CLIENTS);
  readonly #paid = new Float64Array(CLIENTS);
  /** Probes by client and host, while it was out of order. */
  readonly probed = new Map<string, number>();

  /** @param policy As it is meant: a mutant may go by another. */
  constructor(scenario: Scenario, policy: PoolPolicy) {
    this.#scenario = scenario;
    this.#policy = policy;
  }

  sent(kind: 'request' | 'probe', flight: number, client: number, host: number, nowMs: number): void {
    if (kind === 'probe') this.#probe(flight, client, host, nowMs);
    else this.#request(flight, client, host, nowMs);
  }

  heard(flight: number, end: AttemptEnd, nowMs: number): void {
    const trip = this.#trips.get(flight);
    if (trip === undefined) return;
    trip.pays = mayHaveWorked(end);
    if (!trip.pays) return;
    trip.worked.set(trip.host, (trip.worked.get(trip.host) ?? 0) + 1);
    if (end.kind === 'response' && end.retryAfterMs !== null) {
      trip.busyUntilMs.set(trip.host, nowMs + end.retryAfterMs);
    }
  }

  over(kind: 'request' | 'probe', flight: number, ok: boolean): void {
    if (kind === 'probe') {
      this.#probes.delete(flight);
      return;
    }
    const client = this.#trips.get(flight)?.client;
    if (ok && client !== undefined) this.#served[client] = (this.#served[client] as number) + 1;
    this.#trips.delete(flight);
  }

  #probe(flight: number, client: number, host: number, nowMs: number): void {
    const name = `${client}/${host}`;
    for (const other of this.#probes.values())
      if (other === name) broken('a client has two probes under way at one host');
    this.#probes.set(flight, name);
    const fault = this.#scenario.faults[host];
    if (fault === undefined || nowMs < fault.fromMs || nowMs >= fault.untilMs) return;
    this.probed.set(name, (this.probed.get(name) ?? 0) + 1);
  }

  #request(flight: number, client: number, host: number, nowMs: number): void {
    const trip = this.#trips.get(flight) ?? {
      ...{ client, sent: 0, host, pays: false },
      ...{ worked: new Map<number, number>(), busyUntilMs: new Map<number, number>() },
    };
    this.#trips.set(flight, trip);
    trip.host = host;
    trip.sent += 1;
    if (trip.sent > 1) this.#again(trip, nowMs);
  }

  /** A request is sent once more. */
  #again({ client, sent, host, pays, worked, busyUntilMs }: Trip, nowMs: number): void {
    const { retry, timeout, budget } = this.#policy;
    const { method, hosts } = this.#scenario;
    const works = [...worked.values()].reduce((sum, one) => sum + one, 0);
    if (works > 0 && method === 'POST') broken('what may have been done, and may be done once only, was sent again');
    if (works >= retry.attempts) broken(`a request was sent ${works + 1} times to where work is done`);
    if ((worked.get(host) ?? 0) >= retry.attemptsPerHost) broken('a request was sent too often to one host');
    const tries = FIRST_TRIES + (TRIES_PER_WAIT * 2 * timeout.totalMs) / retry.backoffCapMs;
    if (sent > tries) broken(`a request was tried ${sent} times`);
    if (hosts.length > 1) return;
    // Where there is another host, a request may move for nothing, and may go to whichever is busy the shortest.
    if ((busyUntilMs.get(host) ?? 0) > nowMs) broken('a host was asked again before the time that it had asked for');
    if (!pays) return;
    const paid = (this.#paid[client] as number) + 1;
    this.#paid[client] = paid;
    const allowed = budget.capacity + budget.refillPerSuccess * (this.#served[client] as number);
    if (paid > allowed + HAIR) broken(`a client has retried ${paid} times, with a budget of ${allowed}`);
  }
}

/** A connection that was refused has cost nobody anything. */
function mayHaveWorked(end: AttemptEnd): boolean {
  return end.kind === 'response' ? end.status >= 500 : end.fault !== 'refused';
}
