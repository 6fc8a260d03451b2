import type { AttemptEnd } from '../../../policy/outcome.ts';
import type { PoolEvent } from '../../../policy/poolEvent.ts';
import type { ClientEffect, ClientEvent, ClientState } from '../../../session/clientState.ts';
import { EventHeap } from '../../core/eventHeap.ts';
import { FleetBase } from '../fleetBase.ts';
import { FLEET_PARTS } from '../fleetParts.ts';
import { Probes } from '../probes.ts';
import type { FleetRecord } from '../record.ts';
import type { Scenario, SessionOptions } from '../scenario.ts';
import { arrive } from './arrivals.ts';
import { abandoned, attemptOf } from './booking.ts';
import { ClientSessions } from './clientSessions.ts';
import { Connections } from './connections.ts';
import { Homecomings } from './homecomings.ts';
import { HostTurns } from './hostTurns.ts';
import { Packets, WHAT } from './packets.ts';
import { SessionHost } from './sessionHost.ts';
import type { SessionRecord } from './sessionRecord.ts';
import type { SessionWorld } from './sessionWorld.ts';

/** Clients have joined by then, and have had time to settle. */
const JOINED_BEFORE_MS = 10_000;

/**
 * A fleet of clients that keep a connection open. Each runs the real session machine and the real pool machine, their hosts the real rules
 * of windows and admission; what is here is what the product's connections, timers and sockets do for them.
 */
export class SessionFleet extends FleetBase implements SessionWorld {
  readonly options: SessionOptions;
  readonly hosts: readonly SessionHost[];
  readonly seen: SessionRecord;
  readonly #sessions: ClientSessions;
  readonly #connections: Connections;
  readonly #homecomings: Homecomings;
  readonly #turns: HostTurns;
  readonly #probes: Probes;
  readonly #packets = new Packets();
  /** Clients by their number, then flights and packets in turn. */
  readonly #heap: EventHeap;
  /** Events that wait until the effects of the step before are run. */
  readonly #queue: { readonly client: number; readonly event: ClientEvent }[] = [];
  /** How many clients want each host most. */
  readonly #homes: readonly number[];
  /** When each client's session wants its next tick. */
  readonly #sessionMs: Float64Array;
  #isBusy = false;
  #isJoining = false;

  /**
   * @param options What is said of its sessions: the scenario's own.
   * @param eachBeat Has each sign of life be simulated, also where nothing comes of it.
   */
  constructor(scenario: Scenario, options: SessionOptions, eachBeat = false) {
    super(scenario, FLEET_PARTS, -2 * JOINED_BEFORE_MS);
    const { clients } = scenario;
    this.options = options;
    this.hosts = scenario.hosts.map((host) => new SessionHost(scenario, options, host));
    this.seen = this.record.sessions as SessionRecord;
    this.#heap = new EventHeap(clients);
    this.#homes = this.#countHomes();
    this.#sessionMs = new Float64Array(clients).fill(Infinity);
    this.#sessions = new ClientSessions(clients, this.streams);
    this.#connections = new Connections(this);
    this.#homecomings = new Homecomings(this);
    this.#turns = new HostTurns(this, this.#connections, eachBeat);
    this.#probes = new Probes(this);
  }

  /** Runs it to its end, and gives what was counted. */
  run(): FleetRecord {
    const { clients, durationMs } = this.scenario;
    this.#isJoining = true;
    for (let client = 0; client < clients; client++) this.#join(client);
    this.#isJoining = false;
    for (const host of this.hosts) host.settle();
    for (const turnMs of this.#turns.momentsMs) {
      if (turnMs >= durationMs) break;
      this.#runUntil(turnMs);
      this.nowMs = turnMs;
      this.#turns.turn();
    }
    this.#runUntil(durationMs);
    return this.record;
  }

  machineOf(client: number): ClientState {
    return this.#sessions.stateOf(client);
  }

  dispatch(client: number, event: PoolEvent): void {
    const effects = this.pools.step(client, event, this.nowMs);
    if (effects === null) return;
    for (const effect of effects) {
      if (effect.kind === 'probe') this.#probes.send(client, effect.origin);
      if (effect.kind !== 'move') continue;
      this.record.moves[effect.move.kind]++;
      this.#turns.catchUp(client);
      this.#homecomings.moved(client, effect.move);
    }
  }

  schedule(flight: number, atMs: number): void {
    this.#set(this.scenario.clients + 2 * flight, atMs, 2 * this.flights.capacity);
  }

  deliver(what: number, client: number, link: number, atMs: number, windowMs = 0): void {
    if (atMs === Infinity) return;
    if (this.#isJoining) {
      arrive(this.#connections, what, client, link, windowMs);
      return;
    }
    const packet = this.#packets.take(what, client, link, windowMs);
    this.#set(this.scenario.clients + 2 * packet + 1, atMs, 2 * this.#packets.capacity);
  }

  book(client: number, host: number, end: AttemptEnd, startedMs: number): void {
    this.dispatch(client, attemptOf(this, client, host, end, startedMs));
  }

  abandon(client: number, host: number, startedMs: number): void {
    this.dispatch(client, abandoned(this.origins[host] as string, startedMs));
  }

  tell(client: number, event: ClientEvent): void {
    this.#queue.push({ client, event });
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#step(next.client, next.event);
    }
    this.#isBusy = false;
  }

  /** A client's host answers no more, or again: its session wants to be looked at accordingly. */
  turned(client: number): void {
    this.#sessionMs[client] = this.#sessions.wakeMs(client, this.#turns.isCalm(client));
    this.#wakeInTime(client);
  }

  /** Has a client be looked at when its session, its pool or its way home wants it. */
  #wakeInTime(client: number): void {
    const sessionMs = this.#sessionMs[client] as number;
    const poolMs = this.pools.wakeMs[client] as number;
    this.#heap.set(client, Math.min(sessionMs, poolMs, this.#homecomings.atMs[client] as number));
  }

  /** The signs of life that nobody has looked at: only the last of them has left a trace. */
  catchUp(client: number, host: SessionHost): void {
    const roundTripMs = host.host.latencyMs;
    const beats = this.#sessions.beats(client, this.nowMs, roundTripMs);
    const { link } = this.machineOf(client);
    if (beats === null || link === null) return;
    const { heardMs, askedMs } = beats;
    const retryWindowMs = host.windowAt(heardMs - roundTripMs);
    const pong = { kind: 'frame', link: link.id, frame: { kind: 'pong', retryWindowMs }, bytes: 0 } as const;
    if (heardMs > -Infinity) this.#sessions.step(client, pong, heardMs);
    if (askedMs === null) return;
    this.#sessions.step(client, { kind: 'tick' }, askedMs);
    this.deliver(WHAT.pong, client, link.id, askedMs + roundTripMs, host.windowAt(askedMs));
  }

  /** A client that has been there for some time, and was told what a server tells that has all of them. */
  #join(client: number): void {
    this.nowMs = -JOINED_BEFORE_MS * (1 + this.streams.of(client)());
    this.tell(client, { kind: 'start' });
    this.#wakeInTime(client);
  }

  #step(client: number, event: ClientEvent): void {
    this.#turns.catchUp(client);
    for (const effect of this.#sessions.step(client, event, this.nowMs)) this.#run(client, effect);
    this.#homecomings.look(client);
    this.#sessionMs[client] = this.#sessions.wakeMs(client, this.#turns.isCalm(client));
  }

  #run(client: number, effect: ClientEffect): void {
    const connections = this.#connections;
    if (effect.kind === 'connect') connections.connect(client, effect.link, effect.to);
    else if (effect.kind === 'drop') connections.drop(client, effect.link, effect.code);
    else if (effect.kind === 'opened') connections.opened(client, effect.link);
    else if (effect.kind !== 'transmit') return;
    else if (effect.frame.kind === 'ping') connections.ping(client, effect.link);
    else if (effect.frame.kind === 'hello') this.#hello(client, effect.link);
  }

  #hello(client: number, link: number): void {
    if (this.#isJoining) this.#connections.welcome(client, link, this.#joinedWindowMs(client));
    else this.#connections.hello(client, link);
  }

  /** What a host tells that has all of its clients. */
  #joinedWindowMs(client: number): number {
    const host = this.hostAt(this.pools.stateOf(client).current);
    return this.hosts[host]?.windowOf(this.#homes[host] as number) ?? 0;
  }

  #countHomes(): readonly number[] {
    const homes = this.hosts.map(() => 0);
    for (let client = 0; client < this.scenario.clients; client++) {
      const host = this.hostAt(this.pools.stateOf(client).current);
      homes[host] = (homes[host] as number) + 1;
    }
    return homes;
  }

  #runUntil(untilMs: number): void {
    const { clients } = this.scenario;
    for (let atMs = this.#heap.nextMs; atMs < untilMs; atMs = this.#heap.nextMs) {
      this.nowMs = atMs;
      this.events++;
      const thing = this.#heap.first;
      if (thing < clients) {
        this.#wakeClient(thing);
        continue;
      }
      this.#heap.set(thing, Infinity);
      const at = thing - clients;
      if (at % 2 === 0) this.#endProbe(at / 2);
      else this.#arrive((at - 1) / 2);
    }
  }

  #wakeClient(client: number): void {
    if ((this.pools.wakeMs[client] as number) <= this.nowMs) this.dispatch(client, { kind: 'tick' });
    if ((this.#homecomings.atMs[client] as number) <= this.nowMs) this.#goHome(client);
    if ((this.#sessionMs[client] as number) <= this.nowMs) this.tell(client, { kind: 'tick' });
    this.#wakeInTime(client);
  }

  #goHome(client: number): void {
    this.#turns.catchUp(client);
    this.#homecomings.goHome(client);
  }

  #endProbe(flight: number): void {
    const client = this.flights.client[flight] as number;
    this.#probes.end(flight);
    this.#wakeInTime(client);
  }

  #arrive(packet: number): void {
    const { what, client, link, windowMs } = this.#packets;
    const to = client[packet] as number;
    this.#packets.release(packet);
    arrive(this.#connections, what[packet], to, link[packet] as number, windowMs[packet] as number);
    this.#wakeInTime(to);
  }

  #set(thing: number, atMs: number, room: number): void {
    const capacity = this.scenario.clients + room;
    if (thing >= this.#heap.capacity) this.#heap.grow(capacity);
    this.#heap.set(thing, atMs);
  }
}
