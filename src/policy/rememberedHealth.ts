import { EJECTION_DEFAULTS, NAVIGATION_DEFAULTS } from './defaults.ts';
import type { Env, Health } from './health.ts';

/** What is stored of one host: durations instead of moments, counted from when the record was saved. */
export interface RememberedHost {
  readonly origin: string;
  readonly kind: Health['kind'] | 'alarm';
  readonly why: string;
  readonly leftMs: number;
  readonly ejections: number;
}

/** The record of a pool's hosts that pages, tabs and the worker share, in the form of `runtime/healthMemory.ts`. */
export interface RememberedHealth {
  readonly version: 1;
  readonly savedAtMs: number;
  readonly hosts: readonly RememberedHost[];
  readonly fence: readonly (readonly [cluster: string, number: number, ageMs: number])[];
}

/** Reads the record as of now. One that is unreadable, too old, or from the future says nothing. */
export function readHealth(text: unknown, nowMs: number): RememberedHealth {
  try {
    const record = JSON.parse(String(text)) as RememberedHealth;
    const ageMs = nowMs - record.savedAtMs;
    if (record.version === 1 && ageMs >= 0 && ageMs <= NAVIGATION_DEFAULTS.maxAgeMs) {
      return {
        version: 1,
        savedAtMs: nowMs,
        hosts: record.hosts.map((host) => ({ ...host, leftMs: Math.max(0, host.leftMs - ageMs) })),
        fence: record.fence.map(([cluster, number, age]) => [cluster, number, age + ageMs]),
      };
    }
  } catch {
    // Nothing is known, then.
  }
  return { version: 1, savedAtMs: nowMs, hosts: [], fence: [] };
}

/** True for a host that is not to be used, or that has yet to prove that it is back. */
export function isOut({ hosts }: RememberedHealth, origin: string): boolean {
  const { kind } = hostIn(hosts, origin);
  return kind !== 'up' && kind !== 'holding';
}

/**
 * The record once a host has failed. The first failure is an alarm, which a pool's next probe settles: one page may fail on a
 * host that is well. A second one ejects. One during a cool-down says nothing new.
 */
export function afterFault(record: RememberedHealth, origin: string, why: string, { random }: Env): RememberedHealth {
  const host = hostIn(record.hosts, origin);
  if (host.kind === 'ejected' && host.leftMs > 0) return record;
  // A host that is only just proven has no credit.
  const isUp = host.kind === 'up' || (host.kind === 'holding' && host.leftMs === 0);
  if (isUp) return withHost(record, { ...host, kind: 'alarm', why, leftMs: 0 });
  const { coolDownMs, coolDownCapMs, coolDownSpread } = EJECTION_DEFAULTS;
  const spread = 1 + coolDownSpread * (2 * random() - 1);
  const leftMs = Math.min(coolDownCapMs, coolDownMs * 2 ** Math.min(host.ejections, 30)) * spread;
  return withHost(record, { ...host, kind: 'ejected', why, leftMs, ejections: host.ejections + 1 });
}

/**
 * The record once a host has answered well. It takes an alarm back. A host that was ejected is half-open after one good answer,
 * and held back after the next, as a pool does it by its probes.
 */
export function afterProof(
  record: RememberedHealth,
  origin: string,
  holdMs: number,
  { random }: Env,
): RememberedHealth {
  const host = hostIn(record.hosts, origin);
  if (!isOut(record, origin)) return record;
  if (host.kind === 'alarm') return withHost(record, { ...host, kind: 'up', why: '' });
  if (host.kind !== 'half-open') return withHost(record, { ...host, kind: 'half-open', leftMs: 0 });
  return withHost(record, { ...host, kind: 'holding', leftMs: random() * holdMs });
}

/** The record once a host has said that it stands by: it is well, and not to be used. */
export const afterStandby = (record: RememberedHealth, origin: string, why: string): RememberedHealth =>
  withHost(record, { ...hostIn(record.hosts, origin), kind: 'inactive', why, leftMs: 0 });

function hostIn(hosts: readonly RememberedHost[], origin: string): RememberedHost {
  const known = hosts.find((host) => host.origin === origin);
  return known ?? { origin, kind: 'up', why: '', leftMs: 0, ejections: 0 };
}

const withHost = (record: RememberedHealth, host: RememberedHost): RememberedHealth => ({
  ...record,
  hosts: [...record.hosts.filter(({ origin }) => origin !== host.origin), host],
});
