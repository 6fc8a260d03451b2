import type { GiveUp } from '../../policy/retry.ts';
import { EventHeap } from '../core/eventHeap.ts';
import { RandomStreams } from '../core/randomStreams.ts';
import { type Fate, FleetServer } from '../fleet/fleetServer.ts';
import { add, FleetRecord } from '../fleet/record.ts';
import type { Scenario } from '../fleet/scenario.ts';
import { Course } from './course.ts';
import { type Failure, failureOf } from './failure.ts';
import { type PeerFlight, PeerFlights } from './peerFlights.ts';
import type { PeerPolicy } from './peerPolicy.ts';

/** How soon a client without a network sees that, in milliseconds. */
const NO_NETWORK_MS = 1;
/** Sets the draws of retries apart from those of arrivals, so that all policies meet the same requests. */
const OTHER_DRAWS = 0x5bd1e995;

/**
 * A fleet whose clients follow another library's policy, in the world of {@link Fleet}: the same servers, faults and arrivals, and the
 * same record of what came of it.
 */
export class PeerFleet {
  readonly record: FleetRecord;
  readonly #scenario: Scenario;
  readonly #servers: readonly FleetServer[];
  readonly #arrivals: RandomStreams;
  readonly #draws: RandomStreams;
  readonly #course: Course;
  readonly #flights: PeerFlights;
  /** Clients by their number, for their next request; then flights by theirs. */
  readonly #heap: EventHeap;
  readonly #isOffline: Uint8Array;
  readonly #attemptMs: number;
  #nowMs = 0;

  constructor(scenario: Scenario, policy: PeerPolicy, attemptMs: number) {
    const { clients, seed, hosts } = scenario;
    this.record = new FleetRecord(scenario);
    this.#scenario = scenario;
    this.#attemptMs = policy.attemptMs === 'app' ? attemptMs : policy.attemptMs;
    this.#servers = hosts.map((host) => new FleetServer(scenario, host));
    this.#arrivals = new RandomStreams(seed, clients);
    this.#draws = new RandomStreams(seed ^ OTHER_DRAWS, clients);
    this.#course = new Course(policy, scenario, this.#draws);
    this.#heap = new EventHeap(clients);
    this.#flights = new PeerFlights(clients, this.#heap);
    this.#isOffline = new Uint8Array(clients);
  }

  /** Runs it to its end, and gives what was counted. */
  run(): FleetRecord {
    const { clients, durationMs, offline } = this.#scenario;
    for (let client = 0; client < clients; client++) this.#planRequest(client);
    for (const turnMs of offline === null ? [] : [offline.fromMs, offline.untilMs]) {
      this.#runUntil(turnMs);
      this.#nowMs = turnMs;
      this.#turnNetwork(turnMs === offline?.fromMs);
    }
    this.#runUntil(durationMs);
    this.#runUntil(Infinity);
    return this.record;
  }

  #runUntil(untilMs: number): void {
    const { clients } = this.#scenario;
    for (;;) {
      const atMs = this.#heap.nextMs;
      if (atMs >= untilMs || atMs === Infinity) return;
      this.#nowMs = atMs;
      const thing = this.#heap.first;
      if (thing < clients) this.#begin(thing);
      else this.#goOn(this.#flights.at(thing));
    }
  }

  /** As in the other fleet: a client's requests come independently of each other. */
  #planRequest(client: number): void {
    const { everyMs, durationMs } = this.#scenario;
    const atMs = this.#nowMs - Math.log(1 - this.#arrivals.of(client)()) * everyMs;
    this.#heap.set(client, atMs < durationMs ? atMs : Infinity);
  }

  #begin(client: number): void {
    this.#planRequest(client);
    const flight = this.#flights.take(client, this.#nowMs, this.#isOffline[client] === 1);
    flight.host = this.#course.choice.first(client, this.#nowMs);
    this.#send(flight);
  }

  #send(flight: PeerFlight): void {
    const fate = this.#fateOf(flight);
    flight.fate = fate;
    flight.limitMs = this.#nowMs + this.#attemptMs;
    flight.sent++;
    this.#flights.schedule(flight, Math.min(fate.atMs, flight.limitMs));
  }

  #fateOf({ client, host }: PeerFlight): Fate {
    const nowMs = this.#nowMs;
    if (this.#isOffline[client] === 1) {
      return { atMs: nowMs + NO_NETWORK_MS, end: { kind: 'failure', fault: 'network' }, work: 0 };
    }
    const server = this.#servers[host] as FleetServer;
    const record = this.record.hosts[host] as FleetRecord['hosts'][number];
    if (server.isGone(nowMs)) record.sentToGone++;
    else add(record.load, nowMs, 1);
    const fate = server.receive(nowMs, this.#draws.of(client));
    record.work += fate.work;
    return fate;
  }

  /** What a request was waiting for is there: an answer, the end of its attempt's time, or of its pause. */
  #goOn(flight: PeerFlight): void {
    const { fate } = flight;
    if (fate === null) {
      flight.host = this.#course.choice.next(flight.client, flight.host, this.#nowMs);
      this.#send(flight);
      return;
    }
    flight.fate = null;
    if (fate.atMs <= this.#nowMs) {
      this.#ended(flight, failureOf(fate.end));
      return;
    }
    const record = this.record.hosts[flight.host];
    if (record !== undefined) record.wasted += fate.work;
    this.#ended(flight, { kind: 'timeout', status: null, retryAfterMs: null, throttled: false });
  }

  #ended(flight: PeerFlight, failure: Failure | null): void {
    if (failure === null) {
      this.#course.succeeded(flight);
      this.#finish(flight, 'ok');
      return;
    }
    const next = this.#course.failed(flight, failure, this.#nowMs);
    if (typeof next === 'string') this.#finish(flight, next);
    else this.#flights.schedule(flight, this.#nowMs + next);
  }

  #finish(flight: PeerFlight, end: 'ok' | GiveUp): void {
    this.record.ended(flight.begunMs, flight.sent, end, flight.offline);
    this.#flights.release(flight);
  }

  /** A share of the clients loses its network, or has it again. */
  #turnNetwork(off: boolean): void {
    const { clients, offline } = this.#scenario;
    for (let client = 0; client < clients; client++) {
      this.#isOffline[client] = off && this.#draws.of(client)() < (offline?.share ?? 0) ? 1 : 0;
    }
  }
}
