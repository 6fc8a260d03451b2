import { fullJitter } from '../policy/backoff.ts';
import { DEFAULTS } from '../policy/defaults.ts';
import { SwitchoverError } from '../policy/error.ts';
import { candidates } from '../policy/selection.ts';
import { urlOn } from '../policy/target.ts';
import type { HostConfig } from '../policy/topology.ts';
import { abortWith, reasonOf } from './abortReason.ts';
import { discard } from './discard.ts';
import type { HostPool, PoolPart } from './hostPool.ts';
import type { HostSource, Random } from './ports.ts';

/**
 * Keeps a pool's list fresh from a source. A source that fails changes nothing, becomes a `warning` event, and is asked again
 * soon, with growing pauses. Where the list is empty, requests wait for the first answer.
 *
 * It is also asked when a session server tells of a generation that is above the last one seen.
 * From there comes the news that there is news, and no host: what may be taken is for the source to judge.
 */
export function discovery(source: HostSource): PoolPart {
  const part = (pool: HostPool) => {
    const first = keepLooking(pool, source);
    return pool.hosts.length === 0 ? first : undefined;
  };
  return Object.assign(part, { findsHosts: true } as const);
}

/** Looks now, and again whenever it is due, until the pool is closed. Settles after the first look. */
function keepLooking(pool: HostPool, source: HostSource): Promise<void> {
  const { clock, random } = pool.ports;
  const found: Found = { generation: -1 };
  const { retryBaseMs } = DEFAULTS.discovery;
  let failures = 0;
  /** The highest generation that servers have told of, and what of that the last look knew. */
  let told = -1;
  let asked = -1;
  let state: 'looking' | 'hurried' | 'waiting' = 'looking';
  let stopTimer = () => {};
  pool.signal.addEventListener('abort', () => stopTimer());
  const lookIn = (delayMs: number) => {
    stopTimer();
    stopTimer = clock.setTimer(() => void look(), delayMs, true);
  };
  const hurry = () => {
    state = 'hurried';
    // Many clients hear of it together.
    lookIn(retryBaseMs * (0.5 + random()));
  };
  const look = async (): Promise<void> => {
    state = 'looking';
    asked = told;
    failures = (await refresh(pool, source, found)) ? 0 : failures + 1;
    if (pool.closed) return;
    if (told > Math.max(asked, found.generation)) {
      hurry();
      return;
    }
    state = 'waiting';
    lookIn(pauseMs(failures, source.refreshMs, random));
  };
  pool.onGeneration = (generation) => {
    if (pool.closed || generation <= Math.max(told, found.generation)) return;
    told = generation;
    if (state === 'waiting') hurry();
  };
  return look();
}

/** Until the next look, after so many that failed in a row. */
function pauseMs(failures: number, refreshMs: number, random: Random): number {
  const { retryBaseMs } = DEFAULTS.discovery;
  // Spread by a tenth, so that clients that started together do not ask together for ever.
  if (failures === 0) return refreshMs * (0.9 + 0.2 * random());
  return fullJitter(failures, { baseMs: retryBaseMs, capMs: refreshMs }, random);
}

/** What one pool has taken from a source. The source itself keeps nothing, so that several pools may share it. */
interface Found {
  generation: number;
}

/** One look; false where it brought nothing that can be used. */
async function refresh(pool: HostPool, source: HostSource, found: Found): Promise<boolean> {
  const limit = timeLimit(pool, DEFAULTS.discovery.timeoutMs, pool.signal);
  try {
    const load = source.load(limit.signal, (path) => ask(pool, path, limit.signal));
    const news = await Promise.race([load, limit.over]);
    if (news === null || pool.closed) return true;
    const { hosts, generation } = news;
    if (generation !== undefined && generation <= found.generation) return true;
    pool.setHosts(hosts);
    found.generation = generation ?? found.generation;
    return true;
  } catch (error) {
    if (!pool.closed) pool.warn(refusal(error));
    return false;
  } finally {
    limit.lift();
  }
}

/** The first good answer of the listed hosts, best host first. */
async function ask(pool: HostPool, path: string, signal: AbortSignal): Promise<Response> {
  let failure: unknown = 'no host to ask';
  for (const { origin } of candidates(pool.state, pool.ports.clock.now())) {
    const host = pool.hostOf(origin);
    if (host === undefined || signal.aborted) continue;
    try {
      const response = await askOne(pool, host, path, signal);
      if (response.ok) return response;
      failure = `http ${response.status}`;
      await discard(response);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** A host that stays mute must not use up the time of all. */
async function askOne(pool: HostPool, host: HostConfig, path: string, signal: AbortSignal): Promise<Response> {
  const limit = timeLimit(pool, pool.settings.policy.probe.timeoutMs, signal);
  try {
    const init: RequestInit = { cache: 'no-store', credentials: 'omit', redirect: 'error', signal: limit.signal };
    return await pool.ports.fetch(urlOn(host, path), init);
  } finally {
    limit.stopTimer();
  }
}

/** A signal that aborts after `limitMs`, or with another one; `over` rejects then. */
function timeLimit(pool: HostPool, limitMs: number, outer: AbortSignal) {
  const controller = new AbortController();
  const { signal } = controller;
  const abort = () => abortWith(controller, reasonOf(outer));
  const stopTimer = pool.ports.clock.setTimer(
    () => abortWith(controller, new Error(`No answer in ${limitMs} ms.`)),
    limitMs,
    true,
  );
  outer.addEventListener('abort', abort);
  const over = new Promise<never>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(reasonOf(signal))),
  );
  over.catch(() => {});
  const lift = () => {
    stopTimer();
    outer.removeEventListener('abort', abort);
  };
  return { signal, over, stopTimer, lift };
}

function refusal(error: unknown): SwitchoverError {
  if (SwitchoverError.is(error)) return error;
  const remedy = 'The list stays as it was, and the source is asked again later.';
  return new SwitchoverError('DISCOVERY_REFUSED', 'The source of hosts could not be read.', { remedy, cause: error });
}
