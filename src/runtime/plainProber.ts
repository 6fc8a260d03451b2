import { POOL_DEFAULTS } from '../policy/defaults.ts';
import { NO_HINTS } from '../policy/hints.ts';
import { urlOn } from '../policy/target.ts';
import { discard } from './discard.ts';
import type { Prober } from './prober.ts';

/**
 * Asks a host once how it is, by status alone: 200 at its health path is good. Where nothing is at the default path (404, 405),
 * the path that failed is asked, and any answer below 500 will do. Never rejects.
 */
export const plainProber: Prober = async (host, { ports, policy, failedPath, signal }) => {
  const abort = new AbortController();
  const end = () => abort.abort();
  const cancel = ports.clock.setTimer(end, policy.timeoutMs, true);
  signal.addEventListener('abort', end);
  const ask = async (url: string) => {
    const init: RequestInit = { cache: 'no-store', credentials: 'omit', redirect: 'error', signal: abort.signal };
    const response = await ports.fetch(url, init);
    void discard(response);
    return response.status;
  };
  const hints = NO_HINTS;
  try {
    let status = await ask(host.health ?? urlOn(host, policy.path));
    let isGood = status === 200;
    const isGuess = host.health === null && policy.path === POOL_DEFAULTS.probe.path;
    if (isGuess && failedPath !== null && (status === 404 || status === 405)) {
      status = await ask(urlOn(host, failedPath));
      isGood = status < 500;
    }
    return { hints, verdict: isGood ? { kind: 'good' } : { kind: 'bad', why: `http ${status}` } };
  } catch {
    return { hints, verdict: { kind: 'bad', why: 'no answer', silent: true } };
  } finally {
    cancel();
    signal.removeEventListener('abort', end);
  }
};
