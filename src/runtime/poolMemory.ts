import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import type { Env } from '../policy/health.ts';
import type { PoolPolicy, PoolState } from '../policy/poolState.ts';
import type { Topology } from '../policy/topology.ts';
import { recall, remember } from './healthMemory.ts';
import type { PoolOptions } from './poolOptions.ts';
import type { Ports } from './ports.ts';
import { waitAtMost } from './wait.ts';

/** What was stored, once it was read. */
export interface Recollection {
  /** True if this client's place among several active hosts came from the store. */
  readonly hasAffinity: boolean;
  /** Lays the remembered health over a fresh state. */
  revive(state: PoolState, policy: PoolPolicy, env: Env): PoolState;
}

/** A pool's health in a store that may be slow, full or broken: the pool never waits long for it, and never fails with it. */
export class PoolMemory {
  /** This client's place among several active hosts. */
  affinityKey: string;
  readonly #key: string;
  readonly #ports: Ports;
  readonly #warn: (error: SwitchoverError) => void;
  readonly #keepsAffinity: boolean;
  #unsaved: string | null = null;
  #saving = false;

  constructor(topology: Topology, options: PoolOptions, ports: Ports, warn: (error: SwitchoverError) => void) {
    this.#ports = ports;
    this.#warn = warn;
    this.#keepsAffinity = topology.kind === 'affinity' && options.affinity === undefined;
    this.affinityKey = options.affinity ?? (this.#keepsAffinity ? ports.random().toString(36).slice(2) : '');
    const origins = topology.hosts.map(({ origin }) => origin).sort();
    this.#key = `switchover:${options.name ?? origins.join(' ')}`;
  }

  /** Reads what an earlier page or process left. Never rejects. */
  async load(): Promise<Recollection> {
    const [health, affinity] = await Promise.all([
      this.#read('health'),
      this.#keepsAffinity ? this.#read('affinity') : undefined,
    ]);
    if (affinity !== undefined) this.affinityKey = affinity;
    else if (this.#keepsAffinity) await this.#write('affinity', this.affinityKey);
    return {
      hasAffinity: affinity !== undefined,
      revive: (state, policy, env) => this.#revive(health, state, policy, env),
    };
  }

  /** Stores the state soon; of several changes meanwhile only the last is written. Never throws. */
  save(state: PoolState): void {
    this.#unsaved = remember(state, this.#ports.clock.now(), this.#ports.clock.wallTime());
    if (!this.#saving) void this.#drain();
  }

  async #drain(): Promise<void> {
    this.#saving = true;
    while (this.#unsaved !== null) {
      const text = this.#unsaved;
      this.#unsaved = null;
      await this.#write('health', text);
    }
    this.#saving = false;
  }

  async #read(part: string): Promise<string | undefined> {
    try {
      const { storage, clock } = this.#ports;
      return await waitAtMost(
        clock,
        DEFAULTS.storage.loadTimeoutMs,
        Promise.resolve(storage.get(`${this.#key}:${part}`)),
      );
    } catch (error) {
      this.#complain('read', error);
      return undefined;
    }
  }

  async #write(part: string, text: string): Promise<void> {
    try {
      await this.#ports.storage.set(`${this.#key}:${part}`, text);
    } catch (error) {
      this.#complain('written', error);
    }
  }

  #revive(text: string | undefined, state: PoolState, policy: PoolPolicy, env: Env): PoolState {
    if (text === undefined) return state;
    try {
      return recall(text, state, policy, env, this.#ports.clock.wallTime());
    } catch (error) {
      this.#complain('understood', error);
      return state;
    }
  }

  #complain(verb: string, cause: unknown): void {
    const remedy = 'Check the storage that the pool was given; it goes on without it.';
    this.#warn(new SwitchoverError('STORAGE_FAILED', `Stored health could not be ${verb}.`, { remedy, cause }));
  }
}
