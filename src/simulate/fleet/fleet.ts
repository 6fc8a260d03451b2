import type { PoolEvent } from '../../policy/poolEvent.ts';
import { EventHeap } from '../core/eventHeap.ts';
import { FleetBase } from './fleetBase.ts';
import { FLEET_PARTS, type FleetParts } from './fleetParts.ts';
import { DOING } from './flights.ts';
import { Probes } from './probes.ts';
import type { FleetRecord } from './record.ts';
import { Requests } from './requests.ts';
import type { Scenario } from './scenario.ts';

/**
 * A fleet of clients and their hosts on virtual time. Each client runs the real pool machine and the real rules of retrying; what is
 * here is what a platform's adapter does for them: time, chance, and a network.
 */
export class Fleet extends FleetBase {
  /** Clients by their number, then flights by theirs. */
  readonly #heap: EventHeap;
  readonly #requests: Requests;
  readonly #probes: Probes;
  /** When each client makes its next request. */
  readonly #nextRequestMs: Float64Array;

  constructor(scenario: Scenario, parts: FleetParts = FLEET_PARTS) {
    super(scenario, parts);
    const { clients } = scenario;
    this.#heap = new EventHeap(clients);
    this.#nextRequestMs = new Float64Array(clients);
    this.#requests = new Requests(this);
    this.#probes = new Probes(this);
  }

  /** Runs it to its end, and gives what was counted. */
  run(): FleetRecord {
    const { clients, durationMs, offline } = this.scenario;
    for (let client = 0; client < clients; client++) this.#planRequest(client);
    const turns = offline === null ? [] : [offline.fromMs, offline.untilMs];
    for (const turnMs of turns) {
      this.#runUntil(turnMs);
      this.nowMs = turnMs;
      this.#turnNetwork(turnMs === offline?.fromMs);
    }
    this.#runUntil(durationMs);
    this.#runUntil(Infinity);
    return this.record;
  }

  /** Feeds one event to a client's machine, and does what it asks for. */
  dispatch(client: number, event: PoolEvent): void {
    const effects = this.pools.step(client, event, this.nowMs);
    if (effects === null) return;
    this.#wakeInTime(client);
    for (const effect of effects) {
      if (effect.kind === 'probe') this.#probes.send(client, effect.origin);
      if (effect.kind === 'move') this.record.moves[effect.move.kind]++;
      if (effect.kind === 'move' || effect.kind === 'connectivity') this.#requests.wakeWaiting(client);
    }
  }

  /** Has a flight be looked at again at a moment; Infinity for never. */
  schedule(flight: number, atMs: number): void {
    const { clients } = this.scenario;
    if (clients + flight >= this.#heap.capacity) this.#heap.grow(clients + this.flights.capacity);
    this.#heap.set(clients + flight, atMs);
  }

  /** Until a moment; after the end of all requests' beginnings only as long as one is under way. */
  #runUntil(untilMs: number): void {
    const { clients } = this.scenario;
    for (;;) {
      const atMs = this.#heap.nextMs;
      if (atMs >= untilMs || atMs === Infinity) return;
      if (untilMs === Infinity && this.#requests.open === 0) return;
      this.nowMs = atMs;
      this.events++;
      const thing = this.#heap.first;
      if (thing < clients) {
        this.#wakeClient(thing);
        continue;
      }
      this.#heap.set(thing, Infinity);
      this.#wakeFlight(thing - clients);
    }
  }

  #wakeClient(client: number): void {
    if ((this.pools.wakeMs[client] as number) <= this.nowMs) this.dispatch(client, { kind: 'tick' });
    if ((this.#nextRequestMs[client] as number) <= this.nowMs) {
      this.#planRequest(client);
      this.#requests.begin(client);
    }
    this.#wakeInTime(client);
  }

  #wakeFlight(flight: number): void {
    if (this.flights.doing[flight] === DOING.probe) this.#probes.end(flight);
    else this.#requests.goOn(flight);
  }

  /** A client's requests come independently of each other, so the time between two of them is exponential. */
  #planRequest(client: number): void {
    const { everyMs, durationMs } = this.scenario;
    const atMs = this.nowMs - Math.log(1 - this.streams.of(client)()) * everyMs;
    this.#nextRequestMs[client] = atMs < durationMs ? atMs : Infinity;
    this.#wakeInTime(client);
  }

  /** One wake-up for each client: for its next request or for its machine, whichever comes first. */
  #wakeInTime(client: number): void {
    this.#heap.set(client, Math.min(this.#nextRequestMs[client] as number, this.pools.wakeMs[client] as number));
  }

  /** A share of the clients loses its network, or has it again. Whose it is depends on the client alone. */
  #turnNetwork(off: boolean): void {
    const { clients, offline } = this.scenario;
    if (offline === null) return;
    for (let client = 0; client < clients; client++) {
      const isMeant = off ? this.streams.of(client)() < offline.share : this.isOffline[client] === 1;
      if (!isMeant) continue;
      this.isOffline[client] = off ? 1 : 0;
      if (offline.told) this.dispatch(client, { kind: 'connectivity', online: !off });
    }
  }
}
