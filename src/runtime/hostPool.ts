import { SwitchoverError } from '../policy/error.ts';
import { NO_HINTS } from '../policy/hints.ts';
import type { HostList } from '../policy/hostList.ts';
import { type AttemptEnd, type Outcome, outcomeOf } from '../policy/outcome.ts';
import type { PoolEvent } from '../policy/poolEvent.ts';
import { nextWakeMs, openPool, stepPool } from '../policy/poolMachine.ts';
import { type PoolEffect, type PoolState, recordOf } from '../policy/poolState.ts';
import { firstCandidate } from '../policy/selection.ts';
import type { HostConfig, Topology } from '../policy/topology.ts';
import { abortWith } from './abortReason.ts';
import { Alarm } from './alarm.ts';
import { Emitter, type EventArgs } from './emitter.ts';
import type { FailoverEvents } from './events.ts';
import { type PoolConfig, type PoolSettings, portsOf, readPoolOptions } from './poolOptions.ts';
import type { Ports } from './ports.ts';
import { describeHost, describePool, type PoolStatus } from './status.ts';
import { TimeLimits } from './timeLimits.ts';

/** Something that a pool does beyond its list. May return a promise that requests wait for. Must not reject. */
export interface PoolPart {
  /** Called once, while the pool is made. */
  (pool: HostPool): Promise<void> | undefined | void;
  /** True for a part that brings hosts: then the list may be empty. */
  readonly findsHosts?: true;
}

/** Options of a pool. Every one may be left out. */
export interface PoolOptions extends PoolConfig {
  /** What the pool does beyond its list: `storedHealth`, `affinity`, `discovery` of `switchover/parts`. Default none. */
  readonly parts?: readonly PoolPart[];
}

/**
 * All that one client knows of its hosts, shared by everything that it sends: what a request learns, the sockets and
 * the next page load know too. It holds the one state, gives the pure machine time and randomness, and does what the
 * machine asks for: probes, timers, events.
 */
export class HostPool {
  /** What happens to the hosts, to be listened to. A listener that throws surfaces as an uncaught error, and keeps no other from being called. */
  readonly events = new Emitter<FailoverEvents>();
  /** What it takes from the outside world. @internal */
  readonly ports: Ports;
  /** Its options, checked and filled in. @internal */
  readonly settings: PoolSettings;
  /** The time limits of all attempts. @internal */
  readonly limits: TimeLimits;
  /** Settles when stored health was read and hosts are known, or could not be; null from then on. */
  ready: Promise<void> | null;
  /** To be told of a generation that a server has heard of; null where the list comes from the app alone. See `discovery`. @internal */
  onGeneration: ((generation: number) => void) | null = null;
  readonly #options: PoolOptions;
  /** Who waits for better times; called at each change that may have brought them. */
  readonly #waiting = new Set<() => void>();
  readonly #watching = new Set<() => void>();
  readonly #statusWatching = new Set<() => void>();
  readonly #failedPaths = new Map<string, string>();
  readonly #closing = new AbortController();
  readonly #effects: PoolEffect[] = [];
  /** Has time tell the machine of itself when that matters next. */
  readonly #alarm: Alarm;
  /** True while effects are carried out. */
  #busy = false;
  #topology: Topology;
  #rank: (topology: Topology) => readonly string[] = asListed;
  #state: PoolState;
  #status: PoolStatus | null = null;

  /** See `createPool`, which is this with `platform`: what of the outside world the options don't replace. @internal */
  constructor(hosts: HostList, options: PoolOptions, platform: Ports) {
    this.settings = readPoolOptions(options, platform);
    this.ports = portsOf(options, platform);
    this.#options = options;
    const { clock, random } = this.ports;
    this.limits = new TimeLimits(clock);
    const nextMs = () => nextWakeMs(this.#state, this.settings.policy);
    this.#alarm = new Alarm(this.limits, nextMs, () => this.dispatch({ kind: 'tick' }));
    this.#topology = this.#read(hosts);
    this.#state = openPool(asListed(this.#topology), this.settings.policy, { nowMs: clock.now(), random });
    const begun = (options.parts ?? []).map((part) => part(this)).filter((begin) => begin !== undefined);
    this.ready = begun.length === 0 ? null : this.#begin(begun);
    this.#alarm.wind();
  }

  /** The hosts as they stand now, frozen. The same object until something changes. */
  get status(): PoolStatus {
    this.#status ??= describePool(this.#state, this.#topology, this.closed, this.ports.clock.now());
    return this.#status;
  }

  /** The hosts of the list, as they were configured. */
  get hosts(): readonly HostConfig[] {
    return this.#topology.hosts;
  }

  /** The state of the machine: plain data. @internal */
  get state(): PoolState {
    return this.#state;
  }

  /** True from {@link HostPool.close} on. */
  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Aborts when the pool is closed. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** The host for a new request: the best one, or one that waits for a live request to prove it. @internal */
  take(nowMs = this.ports.clock.now()): HostConfig | undefined {
    const { policy, pick } = this.settings;
    const picked = pick?.(this.#state, policy, nowMs);
    if (picked !== undefined) this.dispatch({ kind: 'trial', origin: picked.origin });
    const host = picked ?? firstCandidate(this.#state, nowMs);
    return host && this.hostOf(host.origin);
  }

  /** A host of the list by its origin. @internal */
  hostOf(origin: string): HostConfig | undefined {
    return this.#topology.hosts.find((host) => host.origin === origin);
  }

  /** Books how an attempt ended, and says what it means. `path` is remembered for hosts without a health endpoint. @internal */
  report(origin: string, end: AttemptEnd, startedMs: number, nowMs: number, path: string | null): Outcome {
    const { policy, judge } = this.settings;
    const judged = judge?.(end, this.#state, policy, nowMs);
    const outcome = judged ?? outcomeOf(end, this.#state.connectivity.kind === 'online');
    if (outcome.kind !== 'ok' && path !== null) this.#failedPaths.set(origin, path);
    const hints = end.kind === 'response' ? end.hints : NO_HINTS;
    this.dispatch({ kind: 'attempt', origin, startedMs, outcome, hints }, nowMs);
    return outcome;
  }

  /** Books that a body came whole. Only that ends a row of broken ones, since each of them had begun well. @internal */
  bodyCame(origin: string): void {
    const health = recordOf(this.#state, origin)?.health;
    if (health?.kind === 'up' && health.bodyFaults) this.dispatch({ kind: 'body', origin });
  }

  /** Feeds one event to the machine and carries out what it asks for. @internal */
  dispatch(event: PoolEvent, nowMs = this.ports.clock.now()): void {
    if (this.closed) return;
    const { state, effects } = stepPool(this.#state, event, this.settings.policy, { nowMs, random: this.ports.random });
    if (state === this.#state) return;
    this.#state = state;
    this.#alarm.wind();
    this.#effects.push(...effects);
    this.#changed();
    this.#carryOutAll();
  }

  /** Takes back an attempt that its caller ended: it says nothing of the host. @internal */
  abandon(origin: string, startedMs: number): void {
    const outcome: Outcome = { kind: 'local-fault', cause: 'aborted', processed: 'maybe' };
    this.dispatch({ kind: 'attempt', origin, startedMs, outcome, hints: NO_HINTS });
  }

  /**
   * Replaces the list of hosts. Hosts that stay keep what is known of them.
   *
   * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`; the old list then stays.
   */
  setHosts(hosts: HostList): void {
    if (this.closed) return;
    const topology = this.settings.readHosts(hosts, this.#options.allowInsecure ?? false);
    const before = asListed(this.#topology).join();
    this.#topology = topology;
    this.#status = null;
    const origins = this.#rank(topology);
    this.dispatch({ kind: 'hosts', origins });
    // What the list says of a host may be new where the machine has seen no change.
    this.#changed();
    for (const origin of this.#failedPaths.keys())
      if (this.hostOf(origin) === undefined) this.#failedPaths.delete(origin);
    if (asListed(topology).join() !== before) this.emit('hosts', origins);
  }

  /** Sets the order in which this client wants the hosts, now and after each change of the list. @internal */
  rankBy(rank: (topology: Topology) => readonly string[]): void {
    this.#rank = rank;
    this.dispatch({ kind: 'hosts', origins: rank(this.#topology) });
  }

  /** Replaces what is known of the hosts, as a store has kept it. @internal */
  adopt(state: PoolState): void {
    this.#state = state;
    this.#status = null;
    this.dispatch({ kind: 'tick' });
    this.#changed();
    this.#alarm.wind();
  }

  /**
   * Puts one listed host before all others for as long as it is well; `null` takes that back.
   *
   * @throws SwitchoverError `UNLISTED_HOST`.
   */
  prefer(origin: string | null): void {
    if (origin !== null && this.hostOf(origin) === undefined) {
      throw new SwitchoverError('UNLISTED_HOST', `${origin} is not in the list.`, { remedy: 'Name a listed origin.' });
    }
    this.dispatch({ kind: 'prefer', origin });
  }

  /** Tells the app of something that no call is waiting for. @internal */
  warn(error: SwitchoverError): void {
    this.emit('warning', error);
  }

  /** Calls `wake` at each change after which a waiting request might fare better. @internal */
  onBetterTimes(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  /** Calls `tell` after each step that changed what is known of a host. @internal */
  onChange(tell: () => void): void {
    this.#watching.add(tell);
  }

  /**
   * Calls `tell` each time that {@link HostPool.status} may have become another one; the returned function ends it. Events come
   * after it. For what shows the status: most of these times nothing has changed that could be seen, so compare.
   */
  onStatus(tell: () => void): () => void {
    this.#statusWatching.add(tell);
    return () => this.#statusWatching.delete(tell);
  }

  /** Ends timers, probes and waits. Requests under way come to their end; new ones are refused with `CLOSED`. */
  close(): void {
    if (this.closed) return;
    const error = new SwitchoverError('CLOSED', 'The pool was closed.', { remedy: 'Make a new one to go on.' });
    abortWith(this.#closing, error);
    this.#changed();
    this.#alarm.stop();
    this.limits.rest();
    this.wakeWaiting();
  }

  #changed(): void {
    this.#status = null;
    for (const tell of this.#statusWatching) tell();
  }

  async #begin(begun: readonly Promise<void>[]): Promise<void> {
    await Promise.all(begun);
    this.ready = null;
  }

  #read(hosts: HostList): Topology {
    const mayBeEmpty = this.#options.parts?.some(({ findsHosts }) => findsHosts);
    if (mayBeEmpty && Array.isArray(hosts) && hosts.length === 0) return { kind: 'priority', hosts: [] };
    return this.settings.readHosts(hosts, this.#options.allowInsecure ?? false);
  }

  /** In the order of events: what a listener brings about waits until all have heard of what came before. */
  #carryOutAll(): void {
    if (this.#busy || this.#effects.length === 0) return;
    this.#busy = true;
    for (let effect = this.#effects.shift(); effect !== undefined; effect = this.#effects.shift())
      this.#carryOut(effect);
    this.#busy = false;
    for (const tell of this.#watching) tell();
  }

  #carryOut(effect: PoolEffect): void {
    const { kind } = effect;
    if (kind === 'probe') void this.#probe(effect.origin);
    else if (kind === 'move') this.emit(effect.move.kind, effect.move);
    else if (kind === 'health') this.emit(kind, describeHost(effect.host, this.#topology, this.ports.clock.now()));
    else this.emit(kind, effect.connectivity.kind);
    if (kind === 'move' || kind === 'connectivity') this.wakeWaiting();
  }

  async #probe(origin: string): Promise<void> {
    const host = this.hostOf(origin);
    if (host === undefined) return;
    const failedPath = this.#failedPaths.get(origin) ?? null;
    const { ports, signal, settings } = this;
    const result = await settings.prober(host, { ports, signal, policy: settings.policy.probe, failedPath });
    this.dispatch({ kind: 'probe', origin, ...result });
  }

  /** Has every request that waits look again. @internal */
  wakeWaiting(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Tells the listeners. @internal */
  emit<Name extends keyof FailoverEvents>(name: Name, ...args: EventArgs<FailoverEvents, Name>): void {
    this.events.emit(name, ...args);
  }
}

const asListed = (topology: Topology): readonly string[] => topology.hosts.map(({ origin }) => origin);
