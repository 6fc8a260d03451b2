import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import { candidates } from '../policy/selection.ts';
import { urlOn } from '../policy/target.ts';
import { discard } from './boundedText.ts';
import type { HostPool, PoolPart } from './hostPool.ts';
import type { HostSource } from './ports.ts';

/**
 * Keeps a pool's list fresh from a source. A source that fails changes nothing, becomes a `warning` event, and is asked again.
 * Where the list is empty, requests wait for the first answer.
 */
export function discovery(source: HostSource): PoolPart {
  return (pool) => {
    const first = refresh(pool, source);
    return pool.hosts.length === 0 ? first : undefined;
  };
}

async function refresh(pool: HostPool, source: HostSource): Promise<void> {
  const { clock, random } = pool.ports;
  const abort = new AbortController();
  const cancel = clock.setTimer(() => abort.abort(), DEFAULTS.discovery.timeoutMs, true);
  try {
    const hosts = await source.load(abort.signal, (path) => ask(pool, path, abort.signal));
    if (hosts !== null && !pool.closed) pool.setHosts(hosts);
  } catch (error) {
    pool.warn(refusal(error));
  } finally {
    cancel();
  }
  if (pool.closed) return;
  // Spread by a tenth, so that clients that started together do not ask together for ever.
  const stop = clock.setTimer(() => void refresh(pool, source), source.refreshMs * (0.9 + 0.2 * random()), true);
  pool.signal.addEventListener('abort', stop, { once: true });
}

/** The first good answer of the listed hosts, best host first. */
async function ask(pool: HostPool, path: string, signal: AbortSignal): Promise<Response> {
  let failure: unknown = 'no host to ask';
  for (const { origin } of candidates(pool.state, pool.ports.clock.now())) {
    const host = pool.hostOf(origin);
    if (host === undefined) continue;
    try {
      const init: RequestInit = { cache: 'no-store', credentials: 'omit', redirect: 'error', signal };
      const response = await pool.ports.fetch(urlOn(host, path), init);
      if (response.ok) return response;
      failure = `http ${response.status}`;
      await discard(response);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function refusal(error: unknown): SwitchoverError {
  if (SwitchoverError.is(error)) return error;
  const remedy = 'The list stays as it was, and the source is asked again later.';
  return new SwitchoverError('DISCOVERY_REFUSED', 'The source of hosts could not be read.', { remedy, cause: error });
}
