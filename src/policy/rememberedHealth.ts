import { NAVIGATION_DEFAULTS } from './defaults.ts';
import type { Env, Health } from './health.ts';

/** What is stored of one host: durations instead of moments, since a monotonic clock begins anew with each process. They count from when the record was saved. */
export interface RememberedHost {
  readonly origin: string;
  readonly kind: Health['kind'] | 'alarm';
  readonly why: string;
  readonly leftMs: number;
  readonly ejections: number;
}

/**
 * The record of a site's hosts that pages, tabs and the worker share, in the form of `runtime/healthMemory.ts`. The worker's rules are
 * those of a pool, as far as single pages can tell: whoever reads the record goes on from there.
 */
export interface RememberedHealth {
  readonly version: 1;
  readonly savedAtMs: number;
  readonly hosts: readonly RememberedHost[];
  readonly fence: readonly (readonly [cluster: string, number: number, ageMs: number])[];
}

/** Reads the record as of now. One that is unreadable, too old, or from the future says nothing. */
export function readHealth(text: unknown, nowMs: number): RememberedHealth {
  const nothing: RememberedHealth = { version: 1, savedAtMs: nowMs, hosts: [], fence: [] };
  try {
    const { version, savedAtMs, hosts, fence } = JSON.parse(text as string) as RememberedHealth;
    const ageMs = nowMs - savedAtMs;
    if (version !== 1 || !(ageMs >= 0 && ageMs <= NAVIGATION_DEFAULTS.maxAgeMs)) return nothing;
    return {
      ...nothing,
      hosts: hosts.map((host) => ({ ...host, leftMs: Math.max(0, host.leftMs - ageMs) })),
      fence: fence.map(([cluster, number, age]) => [cluster, number, age + ageMs]),
    };
  } catch {
    return nothing;
  }
}

export function hostIn({ hosts }: RememberedHealth, origin: string): RememberedHost {
  const known = hosts.find((host) => host.origin === origin);
  return known ?? { origin, kind: 'up', why: '', leftMs: 0, ejections: 0 };
}

/** True for a host that pages may be asked of: nothing is said against it, or it is proven and its hold is over. */
export const isReady = ({ kind, leftMs }: RememberedHost): boolean =>
  kind === 'up' || (kind === 'holding' && leftMs === 0);

/** The record with one host's entry changed. The same record where that is the same. */
export function withHost(
  record: RememberedHealth,
  origin: string,
  change: (host: RememberedHost) => RememberedHost,
): RememberedHealth {
  const host = hostIn(record, origin);
  const next = change(host);
  if (next === host) return record;
  return { ...record, hosts: [...record.hosts.filter((each) => each.origin !== origin), next] };
}

/**
 * A page failed, or a look at the host did. To a host in service that is an alarm, which a pool's next probe settles: one page may
 * fail on a host that is well. One that was about to be proven has to begin anew.
 */
export const doubted = (host: RememberedHost, why: string): RememberedHost => {
  if (isReady(host)) return { ...host, kind: 'alarm', why, leftMs: 0 };
  return host.kind === 'half-open' ? { ...host, kind: 'ejected', why } : host;
};

/** Another host took its place: nobody goes back within the dwell, which doubles each time. */
export const left = (host: RememberedHost, why: string, dwellMs: number): RememberedHost => {
  const { kind, leftMs, ejections } = host;
  if (kind === 'ejected' && leftMs > 0) return host;
  const awayMs = Math.min(NAVIGATION_DEFAULTS.maxAgeMs, dwellMs * 2 ** Math.min(ejections, 30));
  return { ...host, kind: 'ejected', why, leftMs: awayMs, ejections: ejections + 1 };
};

/** It answered well. That takes an alarm back; a host that was left is held back after two such answers, when its dwell is over. */
export const proven = (host: RememberedHost, holdMs: number, { random }: Env): RememberedHost => {
  const { kind, leftMs } = host;
  if (kind === 'up' || leftMs > 0) return host;
  if (kind === 'half-open') return { ...host, kind: 'holding', leftMs: random() * holdMs };
  return { ...host, kind: kind === 'alarm' || kind === 'holding' ? 'up' : 'half-open' };
};
