import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import type { HostList } from '../policy/hostList.ts';
import type { PoolState } from '../policy/poolState.ts';
import { candidates } from '../policy/selection.ts';
import { urlOn } from '../policy/target.ts';
import type { HostConfig } from '../policy/topology.ts';
import type { HostSource, Ports } from './ports.ts';

/** The part of a pool that discovery needs. */
export interface DiscoveringPool {
  readonly ports: Ports;
  readonly state: PoolState;
  readonly signal: AbortSignal;
  hostOf(origin: string): HostConfig | undefined;
  setHosts(hosts: HostList): void;
  warn(error: SwitchoverError): void;
}

/** Keeps a pool's list fresh from a source. A source that fails changes nothing, and is asked again. */
export class Discovery {
  /** Settles when the source was asked for the first time. */
  readonly first: Promise<void>;
  readonly #pool: DiscoveringPool;
  readonly #source: HostSource;

  constructor(pool: DiscoveringPool, source: HostSource) {
    this.#pool = pool;
    this.#source = source;
    this.first = this.#refresh();
  }

  async #refresh(): Promise<void> {
    const { clock, random } = this.#pool.ports;
    const abort = new AbortController();
    const cancel = clock.setTimer(() => abort.abort(), DEFAULTS.discovery.timeoutMs, true);
    try {
      const hosts = await this.#source.load(abort.signal, (path) => this.#ask(path, abort.signal));
      if (hosts !== null && !this.#pool.signal.aborted) this.#pool.setHosts(hosts);
    } catch (error) {
      this.#pool.warn(refusal(error));
    } finally {
      cancel();
    }
    if (this.#pool.signal.aborted) return;
    // Spread by a tenth, so that clients that started together do not ask together for ever.
    const delayMs = this.#source.refreshMs * (0.9 + 0.2 * random());
    const stop = clock.setTimer(() => void this.#refresh(), delayMs, true);
    this.#pool.signal.addEventListener('abort', stop, { once: true });
  }

  /** The first good answer of the listed hosts, best host first. */
  async #ask(path: string, signal: AbortSignal): Promise<Response> {
    let failure: unknown;
    for (const { origin } of candidates(this.#pool.state, this.#pool.ports.clock.now())) {
      const host = this.#pool.hostOf(origin);
      if (host === undefined) continue;
      try {
        const response = await this.#pool.ports.fetch(urlOn(host, path), {
          cache: 'no-store',
          credentials: 'omit',
          redirect: 'error',
          signal,
        });
        if (response.ok) return response;
        failure = `http ${response.status}`;
        await response.body?.cancel();
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}

function refusal(error: unknown): SwitchoverError {
  if (SwitchoverError.is(error)) return error;
  const remedy = 'The list stays as it was, and the source is asked again later.';
  return new SwitchoverError('DISCOVERY_REFUSED', 'The source of hosts could not be read.', { remedy, cause: error });
}
