import { EventEmitter } from 'eventemitter3';
import { SwitchoverError } from '../policy/error.ts';
import type { Env } from '../policy/health.ts';
import { NO_HINTS } from '../policy/hints.ts';
import type { HostList } from '../policy/hostList.ts';
import { type AttemptEnd, type Outcome, outcomeOf } from '../policy/outcome.ts';
import { isStale, nextWakeMs, type PoolEvent, stepPool } from '../policy/poolMachine.ts';
import { openPool, type PoolEffect, type PoolState } from '../policy/poolState.ts';
import { firstCandidate, trialHost } from '../policy/selection.ts';
import { type HostConfig, rankHosts, readTopology, type Topology } from '../policy/topology.ts';
import { Discovery } from './discovery.ts';
import type { FailoverEvents } from './events.ts';
import { PoolMemory } from './poolMemory.ts';
import { type PoolOptions, type PoolSettings, readPoolOptions } from './poolOptions.ts';
import type { Ports } from './ports.ts';
import { probe } from './prober.ts';
import { describeHost, describePool, type PoolStatus } from './status.ts';
import { systemPorts } from './systemPorts.ts';

/**
 * All that one client knows of its hosts, shared by everything that it sends: what a request learns, the sockets and
 * the next page load know too. It holds the one state, gives the pure machine time and randomness, and does what the
 * machine asks for: probes, timers, events, storage.
 */
export class HostPool {
  readonly events = new EventEmitter<FailoverEvents>();
  readonly ports: Ports;
  readonly settings: PoolSettings;
  /** Settles when stored health was read and hosts are known, or could not be; null from then on. */
  ready: Promise<void> | null;
  readonly #options: PoolOptions;
  readonly #env: () => Env;
  readonly #memory: PoolMemory;
  readonly #discovery: Discovery | null;
  readonly #unsubscribe: readonly (() => void)[];
  /** Who waits for better times; called at each change that may have brought them. */
  readonly #waiting = new Set<() => void>();
  readonly #failedPaths = new Map<string, string>();
  readonly #closing = new AbortController();
  #topology: Topology;
  #state: PoolState;
  #status: PoolStatus | null = null;
  #cancelWake: () => void = () => {};
  #wakeMs = Infinity;

  /** See {@link createPool}, which is this with the platform's defaults. */
  constructor(hosts: HostList, options: PoolOptions = {}) {
    this.settings = readPoolOptions(options);
    this.ports = { ...systemPorts(), ...given(options) };
    this.#options = options;
    const { clock, random } = this.ports;
    this.#env = () => ({ nowMs: clock.now(), random });
    this.#topology = this.#read(hosts);
    this.#memory = new PoolMemory(this.#topology, options, this.ports, (error) => this.warn(error));
    this.#state = openPool(this.#ranked(), this.settings.policy, this.#env());
    this.#unsubscribe = [
      this.ports.connectivity.subscribe((online) => this.dispatch({ kind: 'connectivity', online })),
      this.ports.lifecycle.subscribe(() => this.#wake()),
    ];
    if (!this.ports.connectivity.isOnline()) this.dispatch({ kind: 'connectivity', online: false });
    this.#discovery = options.discovery === undefined ? null : new Discovery(this, options.discovery);
    this.ready = this.#begin().finally(() => {
      this.ready = null;
    });
    this.#schedule();
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

  /** The state of the machine: plain data. */
  get state(): PoolState {
    return this.#state;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Aborts when the pool is closed. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** The host for a new request: the best one, or one that waits for a live request to prove it. */
  take(): HostConfig | undefined {
    const nowMs = this.ports.clock.now();
    const trial = this.settings.policy.failback.proof === 'request' ? trialHost(this.#state, nowMs) : undefined;
    if (trial !== undefined) this.dispatch({ kind: 'trial', origin: trial.origin });
    const host = trial ?? firstCandidate(this.#state, nowMs);
    return host && this.hostOf(host.origin);
  }

  hostOf(origin: string): HostConfig | undefined {
    return this.#topology.hosts.find((host) => host.origin === origin);
  }

  /** Books how an attempt ended, and says what it means. `path` is remembered for hosts without a health endpoint. */
  report(origin: string, end: AttemptEnd, startedMs: number, path: string | null): Outcome {
    const hints = end.kind === 'response' ? end.hints : NO_HINTS;
    const stale = isStale(this.#state, hints, this.settings.policy, this.#env());
    const outcome = outcomeOf(end, { online: this.#state.connectivity.kind === 'online', stale });
    if (outcome.kind !== 'ok' && path !== null) this.#failedPaths.set(origin, path);
    this.dispatch({ kind: 'attempt', origin, startedMs, outcome, hints });
    return outcome;
  }

  /** Feeds one event to the machine and carries out what it asks for. */
  dispatch(event: PoolEvent): void {
    if (this.closed) return;
    const { state, effects } = stepPool(this.#state, event, this.settings.policy, this.#env());
    if (state === this.#state) return;
    this.#state = state;
    this.#status = null;
    this.#schedule();
    for (const effect of effects) this.#carryOut(effect);
    if (effects.length > 0) this.#memory.save(this.#state);
  }

  /** Takes back an attempt that its caller ended: it says nothing of the host. */
  abandon(origin: string, startedMs: number): void {
    const outcome: Outcome = { kind: 'local-fault', cause: 'aborted', processed: 'maybe' };
    this.dispatch({ kind: 'attempt', origin, startedMs, outcome, hints: NO_HINTS });
  }

  /**
   * Replaces the list of hosts. Hosts that stay keep what is known of them.
   *
   * @throws SwitchoverError as {@link createPool} does; the old list then stays.
   */
  setHosts(hosts: HostList): void {
    const topology = this.#read(hosts);
    const before = this.#topology.hosts.map(({ origin }) => origin).join();
    this.#topology = topology;
    this.#status = null;
    const origins = this.#ranked();
    this.dispatch({ kind: 'hosts', origins });
    if (topology.hosts.map(({ origin }) => origin).join() !== before) this.#emit('hosts', origins);
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

  /** Tells the app of something that no call is waiting for. */
  warn(error: SwitchoverError): void {
    this.#emit('warning', error);
  }

  /** Calls `wake` at each change after which a waiting request might fare better. */
  onBetterTimes(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  /** Ends timers, probes and waits. Requests under way come to their end; new ones are refused with `CLOSED`. */
  close(): void {
    if (this.closed) return;
    this.#closing.abort(new SwitchoverError('CLOSED', 'The pool was closed.', { remedy: 'Make a new one to go on.' }));
    this.#status = null;
    this.#cancelWake();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#wakeWaiting();
  }

  async #begin(): Promise<void> {
    const { hasAffinity, revive } = await this.#memory.load();
    if (hasAffinity) this.dispatch({ kind: 'hosts', origins: this.#ranked() });
    this.#adopt(revive(this.#state, this.settings.policy, this.#env()));
    if (this.#topology.hosts.length === 0) await this.#discovery?.first;
  }

  #adopt(state: PoolState): void {
    this.#state = state;
    this.#status = null;
    this.dispatch({ kind: 'tick' });
    this.#schedule();
  }

  #read(hosts: HostList): Topology {
    const empty = Array.isArray(hosts) && hosts.length === 0;
    if (empty && this.#options?.discovery !== undefined) return { kind: 'priority', hosts: [] };
    return readTopology(hosts, this.#options.allowInsecure ?? false);
  }

  #ranked(): readonly string[] {
    const key = this.#options.affinity ?? this.#memory.affinityKey;
    return rankHosts(this.#topology, key, this.#options.zone ?? null);
  }

  #carryOut(effect: PoolEffect): void {
    switch (effect.kind) {
      case 'probe':
        void this.#probe(effect.origin);
        return;
      case 'move':
        this.#emit(effect.move.kind, effect.move);
        this.#wakeWaiting();
        return;
      case 'health':
        this.#emit('health', describeHost(effect.host, this.#topology, this.ports.clock.now()));
        return;
      case 'connectivity':
        this.#emit('connectivity', effect.connectivity.kind);
        this.#wakeWaiting();
        return;
    }
  }

  async #probe(origin: string): Promise<void> {
    const host = this.hostOf(origin);
    if (host === undefined) return;
    const failedPath = this.#failedPaths.get(origin) ?? null;
    const isHealthy = this.#options.isHealthy ?? null;
    const result = await probe(host, { ports: this.ports, policy: this.settings.policy.probe, failedPath, isHealthy });
    const stale = isStale(this.#state, result.hints, this.settings.policy, this.#env());
    const verdict = stale ? ({ kind: 'inactive', why: 'stale epoch' } as const) : result.verdict;
    this.dispatch({ kind: 'probe', origin, verdict, hints: result.hints });
  }

  /** A machine that slept may have missed much: everything that is due is looked at now. */
  #wake(): void {
    this.dispatch({ kind: 'wake' });
    this.#wakeWaiting();
  }

  #wakeWaiting(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #schedule(): void {
    const wakeMs = nextWakeMs(this.#state, this.settings.policy);
    if (wakeMs === this.#wakeMs) return;
    this.#cancelWake();
    this.#wakeMs = wakeMs;
    if (wakeMs === Infinity) return;
    const { clock } = this.ports;
    const tick = () => {
      this.#wakeMs = Infinity;
      this.dispatch({ kind: 'tick' });
      this.#schedule();
    };
    this.#cancelWake = clock.setTimer(tick, Math.max(0, wakeMs - clock.now()), true);
  }

  /** A listener that throws must not break the step that called it: its error surfaces on its own. */
  #emit<Name extends keyof FailoverEvents>(name: Name, ...args: EventEmitter.EventArgs<FailoverEvents, Name>): void {
    try {
      this.events.emit(name, ...args);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** The ports that the options replace. */
function given(options: PoolOptions): Partial<Ports> {
  const names = ['fetch', 'clock', 'random', 'storage', 'connectivity', 'lifecycle'] as const;
  return Object.fromEntries(names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]));
}
