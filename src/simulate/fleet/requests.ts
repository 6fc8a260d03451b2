import { attemptTimeMs } from '../../policy/attemptTime.ts';
import { NO_HINTS } from '../../policy/hints.ts';
import { type Outcome, outcomeOf } from '../../policy/outcome.ts';
import { type PoolRule, ruleOf } from '../../policy/poolRule.ts';
import { recordOf } from '../../policy/poolState.ts';
import {
  asking,
  type GiveUp,
  hostToAsk,
  otherHost,
  type RequestTraits,
  type RetryEnv,
  type RetryState,
} from '../../policy/retry.ts';
import { firstCandidate } from '../../policy/selection.ts';
import type { Fate } from './fleetServer.ts';
import type { FleetWorld } from './fleetWorld.ts';
import { DOING } from './flights.ts';
import { add } from './record.ts';

/** The requests that are under way, on their way over hosts and attempts: what `http/requestRun.ts` is to the product. */
export class Requests {
  /** How many are under way. */
  open = 0;
  readonly #fleet: FleetWorld;
  readonly #judge: PoolRule['judge'];
  readonly #pick: PoolRule['pick'];
  readonly #grace: PoolRule['grace'];
  /** Requests that wait and that better times may wake, by client. */
  readonly #waiting = new Map<number, number[]>();

  constructor(fleet: FleetWorld) {
    this.#fleet = fleet;
    this.#judge = ruleOf(fleet.policy.rules, 'judge');
    this.#pick = ruleOf(fleet.policy.rules, 'pick');
    this.#grace = ruleOf(fleet.policy.rules, 'grace');
  }

  /** A client makes a request: it goes to the best host, or to one that waits for a live request to prove it. */
  begin(client: number): void {
    const fleet = this.#fleet;
    const { flights, nowMs, policy } = fleet;
    this.open++;
    const flight = flights.take(client, nowMs);
    flights.offline[flight] = fleet.isOffline[client] as number;
    flights.deadlineMs[flight] = nowMs + policy.timeout.totalMs;
    const state = fleet.pools.stateOf(client);
    const picked = this.#pick?.(state, policy, nowMs);
    if (picked !== undefined) fleet.dispatch(client, { kind: 'trial', origin: picked.origin });
    const origin = picked?.origin ?? firstCandidate(state, nowMs)?.origin ?? '';
    this.#send(flight, origin);
  }

  /** What a request was waiting for is there: an answer, the end of its attempt's time, or of its pause. */
  goOn(flight: number): void {
    const { flights, nowMs } = this.#fleet;
    if (flights.doing[flight] === DOING.wait) {
      this.#forget(flight);
      this.#endWait(flight);
      return;
    }
    const fate = flights.fate[flight] as Fate;
    if (fate.atMs <= nowMs) this.#endAttempt(flight, fate);
    else this.#limitReached(flight, fate);
  }

  /** Has the waiting requests of a client look again: their pauses begin anew. */
  wakeWaiting(client: number): void {
    const waiting = this.#waiting.get(client);
    if (waiting === undefined) return;
    this.#waiting.delete(client);
    const { flights } = this.#fleet;
    for (const flight of waiting) {
      flights.retry[flight] = { ...(flights.retry[flight] as RetryState), waits: 0 };
      this.#endWait(flight);
    }
  }

  #send(flight: number, origin: string): void {
    const fleet = this.#fleet;
    const { flights, nowMs, pools, policy } = fleet;
    const client = flights.client[flight] as number;
    const host = fleet.hostAt(origin);
    const fate = this.#fateAt(client, host);
    const deadlineMs = flights.deadlineMs[flight] as number;
    const record = recordOf(pools.stateOf(client), origin);
    const limitMs = nowMs + attemptTimeMs(record, policy.timeout, deadlineMs, nowMs);
    flights.doing[flight] = DOING.attempt;
    flights.host[flight] = host;
    flights.startedMs[flight] = nowMs;
    flights.fate[flight] = fate;
    flights.limitMs[flight] = limitMs;
    flights.sent[flight] = (flights.sent[flight] as number) + 1;
    fleet.parts.watch?.sent('request', flight, client, host, nowMs);
    flights.retry[flight] = asking(flights.retry[flight] as RetryState, origin);
    fleet.schedule(flight, Math.min(fate.atMs, limitMs));
  }

  /** What the network and the host make of an attempt. */
  #fateAt(client: number, host: number): Fate {
    const fleet = this.#fleet;
    const { nowMs } = fleet;
    if (fleet.isOffline[client] === 1) {
      return { atMs: nowMs, end: { kind: 'failure', fault: 'network' }, work: 0 };
    }
    const server = fleet.servers[host];
    const record = fleet.record.hosts[host];
    if (server === undefined || record === undefined) throw new Error(`there is no host ${host}`);
    if (server.isGone(nowMs)) record.sentToGone++;
    else add(record.load, nowMs, 1);
    const fate = server.receive(nowMs, fleet.streams.of(client));
    record.work += fate.work;
    return fate;
  }

  /** An attempt with nowhere else to go goes on. */
  #limitReached(flight: number, fate: Fate): void {
    const fleet = this.#fleet;
    const { flights, nowMs } = fleet;
    const deadlineMs = flights.deadlineMs[flight] as number;
    const origin = this.#originOf(flight);
    const retry = flights.retry[flight] as RetryState;
    const rival = otherHost(retry, origin, this.#traits(flight), this.#env(flight));
    const restMs = deadlineMs - nowMs;
    const grace = this.#grace?.(rival, fleet.servers.length, restMs, nowMs);
    if (grace?.ask) fleet.dispatch(flights.client[flight] as number, { kind: 'ask', origin: grace.ask });
    const moreMs = grace?.moreMs ?? (rival === undefined ? restMs : 0);
    if (moreMs > 0) {
      const limitMs = nowMs + moreMs;
      flights.limitMs[flight] = limitMs;
      fleet.schedule(flight, Math.min(fate.atMs, limitMs));
      return;
    }
    const record = fleet.record.hosts[flights.host[flight] as number];
    if (record !== undefined) record.wasted += fate.work;
    this.#endAttempt(flight, { atMs: nowMs, end: { kind: 'failure', fault: 'timeout' }, work: 0 });
  }

  /** Books it with the client's pool, as any adapter does, and takes the next step. */
  #endAttempt(flight: number, { end }: Fate): void {
    const fleet = this.#fleet;
    const { flights, nowMs, pools, policy } = fleet;
    const client = flights.client[flight] as number;
    const origin = this.#originOf(flight);
    const startedMs = flights.startedMs[flight] as number;
    const state = pools.stateOf(client);
    const judged = this.#judge?.(end, state, policy, nowMs);
    const outcome = judged ?? outcomeOf(end, state.connectivity.kind === 'online');
    const hints = end.kind === 'response' ? end.hints : NO_HINTS;
    fleet.dispatch(client, { kind: 'attempt', origin, startedMs, outcome, hints });
    fleet.parts.watch?.heard(flight, end, nowMs);
    if (outcome.kind === 'ok') this.#finish(flight, 'ok');
    else this.#nextStep(flight, { origin, startedMs, outcome });
  }

  #nextStep(flight: number, ended: { origin: string; startedMs: number; outcome: Outcome }): void {
    const fleet = this.#fleet;
    const { flights, nowMs } = fleet;
    const client = flights.client[flight] as number;
    const step = fleet.parts.nextStep(
      flights.retry[flight] as RetryState,
      ended,
      this.#traits(flight),
      this.#env(flight),
    );
    if (step.kind === 'give-up') {
      this.#finish(flight, step.why);
      return;
    }
    if (step.pays) fleet.dispatch(client, { kind: 'pay' });
    flights.retry[flight] = step.state;
    if (step.kind === 'move') {
      this.#send(flight, step.origin);
      return;
    }
    flights.doing[flight] = DOING.wait;
    // What a busy host asked for is waited out.
    flights.mayEndEarly[flight] = ended.outcome.kind === 'busy' ? 0 : 1;
    if (flights.mayEndEarly[flight] === 1) this.#waitingOf(client).push(flight);
    fleet.schedule(flight, nowMs + step.delayMs);
  }

  #endWait(flight: number): void {
    const host = hostToAsk(this.#fleet.flights.retry[flight] as RetryState, this.#traits(flight), this.#env(flight));
    // Hosts do not leave the list while a fleet runs, and a wait is only begun where one is open.
    this.#send(flight, host?.origin ?? this.#originOf(flight));
  }

  #finish(flight: number, end: 'ok' | GiveUp): void {
    const { flights, record } = this.#fleet;
    const isOffline = flights.offline[flight] === 1;
    record.ended(flights.begunMs[flight] as number, flights.sent[flight] as number, end, isOffline);
    this.open--;
    this.#fleet.parts.watch?.over('request', flight, end === 'ok');
    flights.release(flight);
  }

  #waitingOf(client: number): number[] {
    const waiting = this.#waiting.get(client) ?? [];
    this.#waiting.set(client, waiting);
    return waiting;
  }

  #forget(flight: number): void {
    const { flights } = this.#fleet;
    if (flights.mayEndEarly[flight] === 0) return;
    const client = flights.client[flight] as number;
    const others = (this.#waiting.get(client) ?? []).filter((one) => one !== flight);
    if (others.length > 0) this.#waiting.set(client, others);
    else this.#waiting.delete(client);
  }

  #originOf(flight: number): string {
    const { flights, origins } = this.#fleet;
    return origins[flights.host[flight] as number] as string;
  }

  #traits(flight: number): RequestTraits {
    const { flights, scenario } = this.#fleet;
    const deadlineMs = flights.deadlineMs[flight] as number;
    return { method: scenario.method, hasIdempotencyKey: false, bodyReplayable: true, pin: null, deadlineMs };
  }

  #env(flight: number): RetryEnv {
    const { flights, nowMs, streams, policy, pools } = this.#fleet;
    const client = flights.client[flight] as number;
    return { nowMs, random: streams.of(client), policy: policy.retry, pool: pools.stateOf(client) };
  }
}
