import { DEFAULTS } from '../policy/defaults.ts';
import type { EpochFence } from '../policy/epochFence.ts';
import { type Env, freshHost, type Health, type HostRecord, halfOpen, isAlive, up } from '../policy/health.ts';
import type { PoolPolicy } from '../policy/poolRule.ts';
import { type PoolState, recordOf, withRecord } from '../policy/poolState.ts';
import type { RememberedHealth, RememberedHost } from '../policy/rememberedHealth.ts';
import { candidates, choose } from '../policy/selection.ts';

/** Two clocks may differ by this, even on one machine: browsers round and shake what they tell of the time. */
const SKEW_MS = 1_000;

/** What is remembered of a host's state, under one word. */
export const kindOf = ({ health }: HostRecord): RememberedHost['kind'] =>
  health.kind === 'half-open' && health.doubt === 'alarm' ? health.doubt : health.kind;

/**
 * Writes down what the next page or process should know.
 *
 * @param hosts Of which hosts. Default: of all.
 */
export function remember(state: PoolState, nowMs: number, wallMs: number, hosts = state.hosts): string {
  const memory: RememberedHealth = {
    version: 1,
    savedAtMs: wallMs,
    hosts: hosts.map((host) => rememberHost(host, nowMs)),
    fence: Object.entries(state.fence).map(([cluster, { number, seenMs }]) => [
      cluster,
      number,
      Math.max(0, nowMs - seenMs),
    ]),
  };
  return JSON.stringify(memory);
}

function rememberHost(host: HostRecord, nowMs: number): RememberedHost {
  const { origin, health, ejections } = host;
  return {
    origin,
    kind: kindOf(host),
    why: 'why' in health ? health.why : '',
    // A hold without an end has no number in JSON.
    leftMs: 'untilMs' in health ? Math.min(DEFAULTS.storage.maxAgeMs, Math.max(0, health.untilMs - nowMs)) : 0,
    ejections,
  };
}

/**
 * Lays remembered health over a fresh state, so that a reload does not visit a dead host first. Memory that is too old
 * is dropped; a host that is not listed any more is ignored.
 *
 * @param maxAgeMs How old it may be. Default: as long as anything is remembered.
 * @throws Error if the text is not what {@link remember} wrote.
 */
export function recall(
  text: string,
  state: PoolState,
  policy: PoolPolicy,
  env: Env,
  wallMs: number,
  maxAgeMs: number = DEFAULTS.storage.maxAgeMs,
): PoolState {
  const memory = readMemory(text);
  const sinceMs = wallMs - memory.savedAtMs;
  // A clock that was set back gives a negative age: then nothing is known of how old the memory is.
  if (!(sinceMs >= -SKEW_MS && sinceMs <= maxAgeMs)) return state;
  const ageMs = Math.max(0, sinceMs);
  const withHosts = memory.hosts.reduce((next, host) => {
    const known = recordOf(next, host.origin);
    return known === undefined ? next : withRecord(next, revive(known, host, ageMs, policy, env));
  }, state);
  const fence = Object.fromEntries(
    memory.fence.map(([cluster, number, age]) => [cluster, { number, seenMs: env.nowMs - age - ageMs }]),
  );
  const isOlder = ([cluster, { number }]: [string, EpochFence[string]]) => number < (fence[cluster]?.number ?? 0);
  const own = Object.fromEntries(Object.entries(state.fence).filter((entry) => !isOlder(entry)));
  const known = { ...withHosts, fence: { ...fence, ...own } };
  // No client is on a held-back host yet: a reload must not cut its hold short.
  return { ...known, current: choose({ ...known, current: '' }) };
}

/**
 * What several pages or a worker have written may leave no host a chance, which no pool does by itself. As the last host stays in
 * service there, one is put back here: a request is to ask whoever may answer, not to wait until all are proven.
 *
 * @param servedBy The host that has just answered, as that of a page has. It is put back before any other.
 */
export function keepOneAlive(state: PoolState, env: Env, servedBy?: string): PoolState {
  if (state.hosts.length === 0 || state.hosts.some(isAlive)) return state;
  const best = recordOf(state, servedBy ?? '') ?? (candidates(state, env.nowMs)[0] as HostRecord);
  const known = withRecord(state, { ...best, health: up(env) });
  return { ...known, current: choose({ ...known, current: '' }) };
}

function revive(host: HostRecord, memory: RememberedHost, ageMs: number, policy: PoolPolicy, env: Env): HostRecord {
  const base = { ...freshHost(host.origin, env), ejections: memory.ejections };
  return { ...base, health: revived(memory, ageMs, policy, env) ?? base.health };
}

function revived({ kind, why, leftMs }: RememberedHost, ageMs: number, policy: PoolPolicy, env: Env): Health | null {
  const { nowMs } = env;
  // No state outlives the memory of it.
  const untilMs = nowMs + Math.min(DEFAULTS.storage.maxAgeMs, Math.max(0, leftMs - ageMs));
  switch (kind) {
    case 'up':
      return null;
    case 'ejected':
      return { kind, why, untilMs };
    case 'holding':
      return { kind, why, sinceMs: nowMs, untilMs };
    case 'inactive':
      return { kind, why, sinceMs: nowMs, probeAtMs: nowMs, goodProbes: 0 };
    case 'alarm':
      return halfOpen(why, kind, nowMs);
    case 'half-open':
      return halfOpen(why, policy.failback.proof === 'request' ? 'trial' : 'recovery', nowMs);
  }
}

const KINDS: ReadonlySet<unknown> = new Set(['up', 'inactive', 'ejected', 'alarm', 'half-open', 'holding']);

function readMemory(text: string): RememberedHealth {
  const memory = JSON.parse(text) as Partial<RememberedHealth> | null;
  const isCount = (value: unknown) => typeof value === 'number' && value >= 0 && value < Number.MAX_SAFE_INTEGER;
  const isHost = (host: RememberedHost) =>
    typeof host.origin === 'string' &&
    KINDS.has(host.kind) &&
    typeof host.why === 'string' &&
    isCount(host.leftMs) &&
    isCount(host.ejections);
  const isFence = ([cluster, ...numbers]: RememberedHealth['fence'][number]) =>
    typeof cluster === 'string' && numbers.length === 2 && numbers.every(isCount);
  const fits =
    memory?.version === 1 && isCount(memory.savedAtMs) && memory.hosts?.every(isHost) && memory.fence?.every(isFence);
  if (!fits) throw new Error('not a memory of hosts');
  return memory as RememberedHealth;
}
