import { EventHeap } from '../core/eventHeap.ts';
import { RandomStreams } from '../core/randomStreams.ts';
import { add, FleetRecord } from '../fleet/record.ts';
import type { Scenario, SessionOptions } from '../fleet/scenario.ts';
import { SessionHost } from '../fleet/sessions/sessionHost.ts';
import { SessionRecord } from '../fleet/sessions/sessionRecord.ts';
import { Course } from './course.ts';
import type { Failure } from './failure.ts';
import { type PeerFlight, PeerFlights } from './peerFlights.ts';
import type { PeerPolicy } from './peerPolicy.ts';

const REFUSED: Failure = { kind: 'unreachable', status: null, retryAfterMs: null, throttled: false };
const TIMED_OUT: Failure = { ...REFUSED, kind: 'timeout' };
const SENT_AWAY: Failure = { ...REFUSED, kind: 'status', status: 503 };

/** What is on its way to a client that connects. */
interface Answer {
  readonly failure: Failure | null;
  /** The life of the host that gave it. */
  readonly life: number;
}

/**
 * A fleet whose clients keep connections by another library's policy, in the world of {@link SessionFleet}: the same hosts, admission and
 * faults, and the same record. A client has a connection when the run begins; what is simulated is how lost ones are replaced.
 */
export class PeerConnections {
  readonly record: FleetRecord;
  readonly #seen: SessionRecord;
  readonly #scenario: Scenario;
  readonly #policy: PeerPolicy;
  readonly #hosts: readonly SessionHost[];
  readonly #draws: RandomStreams;
  readonly #course: Course;
  readonly #flights: PeerFlights;
  /** Clients by their number, for when they see that their connection is lost; then flights by theirs. */
  readonly #heap: EventHeap;
  readonly #noticeMs: Float64Array;
  /** Where each client's connection is, or was, and in which life of that host. */
  readonly #at: Uint8Array;
  readonly #life: Uint16Array;
  readonly #isOpen: Uint8Array;
  readonly #answers = new Map<PeerFlight, Answer>();
  readonly #attemptMs: number;
  #nowMs = 0;

  constructor(scenario: Scenario, sessions: SessionOptions, policy: PeerPolicy, attemptMs: number) {
    const { clients, seed, hosts } = scenario;
    this.record = new FleetRecord(scenario);
    this.#seen = this.record.sessions ?? new SessionRecord(scenario);
    this.#scenario = scenario;
    this.#policy = policy;
    this.#attemptMs = policy.attemptMs === 'app' ? attemptMs : policy.attemptMs;
    this.#hosts = hosts.map((host) => new SessionHost(scenario, sessions, host));
    this.#draws = new RandomStreams(seed, clients);
    this.#course = new Course(policy, scenario, this.#draws, (host) => this.#serves(host));
    this.#heap = new EventHeap(clients);
    this.#flights = new PeerFlights(clients, this.#heap);
    this.#noticeMs = new Float64Array(clients).fill(Infinity);
    this.#at = new Uint8Array(clients);
    this.#life = new Uint16Array(clients);
    this.#isOpen = new Uint8Array(clients);
  }

  /** Runs it to its end, and gives what was counted. */
  run(): FleetRecord {
    const { clients, durationMs } = this.#scenario;
    for (let client = 0; client < clients; client++) this.#settle(client, this.#course.choice.first(client, 0));
    const turns = [...new Set(this.#hosts.flatMap(({ edges }) => edges))].sort((one, other) => one - other);
    for (const turnMs of turns.filter((atMs) => atMs > 0 && atMs < durationMs)) {
      this.#runUntil(turnMs);
      this.#nowMs = turnMs;
      for (let client = 0; client < clients; client++) this.#turn(client);
    }
    this.#runUntil(durationMs);
    return this.record;
  }

  #runUntil(untilMs: number): void {
    for (let atMs = this.#heap.nextMs; atMs < untilMs; atMs = this.#heap.nextMs) {
      this.#nowMs = atMs;
      const thing = this.#heap.first;
      if (thing < this.#scenario.clients) this.#lose(thing);
      else this.#goOn(this.#flights.at(thing));
    }
  }

  #serves(host: number): boolean {
    return this.#hosts[host]?.answers(this.#nowMs) ?? false;
  }

  /** Hosts have changed: a connection to one that is gone is reset, or falls silent, which its client sees by its heartbeats. */
  #turn(client: number): void {
    if (this.#isOpen[client] === 0) return;
    const host = this.#hosts[this.#at[client] as number] as SessionHost;
    const { door } = host.phaseAt(this.#nowMs);
    const isLost = host.lifeAt(this.#nowMs) !== this.#life[client];
    if (isLost && door === 'refuse') this.#notice(client, this.#nowMs);
    else if (!isLost && host.answers(this.#nowMs)) this.#notice(client, Infinity);
    else if (this.#noticeMs[client] === Infinity) this.#notice(client, this.#nowMs + this.#silenceMs(client));
  }

  #notice(client: number, atMs: number): void {
    this.#noticeMs[client] = atMs;
    this.#heap.set(client, atMs);
  }

  #silenceMs(client: number): number {
    const [least = 0, most = 0] = this.#policy.silenceMs ?? [];
    return least + (most - least) * this.#draws.of(client)();
  }

  /** A client sees that its connection is lost, and replaces it. */
  #lose(client: number): void {
    const at = this.#at[client] as number;
    const host = this.#hosts[at] as SessionHost;
    if (host.lifeAt(this.#nowMs) === this.#life[client]) host.change(this.#nowMs, -1);
    this.#notice(client, Infinity);
    this.#isOpen[client] = 0;
    this.#seen.change(this.#nowMs, -1);
    this.#course.choice.lost(client, at, this.#nowMs);
    const flight = this.#flights.take(client, this.#nowMs, false);
    this.#flights.schedule(flight, this.#nowMs + this.#course.replacing(client));
  }

  #goOn(flight: PeerFlight): void {
    const answer = this.#answers.get(flight);
    if (answer === undefined) {
      this.#dial(flight);
      return;
    }
    this.#answers.delete(flight);
    const isSame = this.#hosts[flight.host]?.lifeAt(this.#nowMs) === answer.life;
    const failure = answer.failure ?? (isSame ? null : REFUSED);
    if (failure === null) {
      this.#connected(flight);
      return;
    }
    const next = this.#course.failed(flight, failure, this.#nowMs);
    if (typeof next === 'number') {
      this.#flights.schedule(flight, this.#nowMs + next);
      return;
    }
    this.record.ended(flight.begunMs, flight.sent, next, false);
    this.#flights.release(flight);
  }

  /** One attempt: a connection, then a word of the host. */
  #dial(flight: PeerFlight): void {
    const nowMs = this.#nowMs;
    const { client, sent } = flight;
    const { choice } = this.#course;
    flight.host = sent === 0 ? choice.first(client, nowMs) : choice.next(client, flight.host, nowMs);
    flight.sent++;
    const host = this.#hosts[flight.host] as SessionHost;
    const { door, life } = host.phaseAt(nowMs);
    const isGone = door === 'refuse' || door === 'black-hole';
    const failure = isGone ? REFUSED : this.#hello(flight.host);
    if (isGone) (this.record.hosts[flight.host] as FleetRecord['hosts'][number]).sentToGone++;
    const answerMs = door === 'refuse' ? nowMs + host.host.latencyMs : host.answersAtMs(nowMs);
    const limitMs = nowMs + this.#attemptMs;
    this.#answers.set(flight, answerMs > limitMs ? { failure: TIMED_OUT, life } : { failure, life });
    this.#flights.schedule(flight, Math.min(answerMs, limitMs));
  }

  /** What a host says to one who is there. */
  #hello(at: number): Failure | null {
    const nowMs = this.#nowMs;
    const { kind } = (this.#hosts[at] as SessionHost).hello(nowMs, true);
    const counts = this.#seen.hosts[at];
    add(this.record.hosts[at]?.load ?? [], nowMs, 1);
    if (counts !== undefined) {
      add({ welcome: counts.admitted, busy: counts.refused, moved: counts.moved }[kind], nowMs, 1);
    }
    return kind === 'welcome' ? null : SENT_AWAY;
  }

  #connected(flight: PeerFlight): void {
    const { client, host, begunMs, sent } = flight;
    if (host !== this.#at[client]) this.record.moves.failover++;
    this.#settle(client, host);
    this.#seen.change(this.#nowMs, 1);
    this.#seen.downMs += this.#nowMs - begunMs;
    this.#course.succeeded(flight);
    this.record.ended(begunMs, sent, 'ok', false);
    this.#flights.release(flight);
  }

  #settle(client: number, at: number): void {
    const host = this.#hosts[at] as SessionHost;
    host.change(this.#nowMs, 1);
    this.#at[client] = at;
    this.#life[client] = host.lifeAt(this.#nowMs);
    this.#isOpen[client] = 1;
  }
}
