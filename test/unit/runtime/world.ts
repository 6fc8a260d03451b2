import type { Hints } from '../../../src/policy/hints.ts';
import type { HostList } from '../../../src/policy/hostList.ts';
import { type FullPoolOptions, fullPool } from '../../../src/runtime/fullPool.ts';
import { faultyNetwork, type HostBehaviour, virtualClock } from '../../../src/testing/index.ts';

export const A = 'https://a.example.com';
export const B = 'https://b.example.com';
export const C = 'https://c.example.com';

export interface WorldOptions extends FullPoolOptions {
  /** Default A and B. */
  readonly list?: HostList;
  /** What the hosts do. Default: all are well. */
  readonly network?: Record<string, HostBehaviour>;
}

/** A pool in a world of its own: time, network and the platform's news are the test's. */
export function world({ list = [A, B], network: behaviours = {}, ...options }: WorldOptions = {}) {
  const clock = virtualClock(1_000_000);
  const network = faultyNetwork({ hosts: { [A]: 'ok', [B]: 'ok', [C]: 'ok', ...behaviours }, clock });
  const connectivity = { online: true, tell: new Set<(online: boolean) => void>() };
  const lifecycle = new Set<() => void>();
  const subscribe =
    <T>(set: Set<T>) =>
    (listener: T) => {
      set.add(listener);
      return () => void set.delete(listener);
    };
  const pool = fullPool(list, {
    clock,
    fetch: network.fetch,
    random: () => 0.5,
    connectivity: { isOnline: () => connectivity.online, subscribe: subscribe(connectivity.tell) },
    lifecycle: { subscribe: subscribe(lifecycle) },
    ...options,
    // By the clock: a world has no traffic of its own.
    probe: { requestsPerProbe: 0, ...options.probe },
  });
  const told: string[] = [];
  const { events } = pool;
  events.on('failover', ({ from, to, cause }) => told.push(`failover ${letter(from)}${letter(to)} ${cause}`));
  events.on('switchover', ({ from, to, cause }) => told.push(`switchover ${letter(from)}${letter(to)} ${cause}`));
  events.on('failback', ({ from, to }) => told.push(`failback ${letter(from)}${letter(to)}`));
  events.on('health', ({ origin, state }) => told.push(`${letter(origin)} ${state}`));
  events.on('connectivity', (kind) => told.push(kind));
  events.on('hosts', (origins) => told.push(`hosts ${origins.map(letter).join('')}`));
  events.on('warning', ({ code }) => told.push(code));
  return {
    clock,
    network,
    pool,
    told,
    /** What was told since the last look. */
    news: () => told.splice(0),
    setOnline(online: boolean) {
      connectivity.online = online;
      for (const listener of connectivity.tell) listener(online);
    },
    wake() {
      for (const listener of lifecycle) listener();
    },
    /** How many listen to the platform. */
    listeners: () => connectivity.tell.size + lifecycle.size,
    /** Books an attempt that ended so, now. */
    fail(origin: string, fault: 'refused' | 'timeout' | 'reset', path: string | null = '/api/me') {
      const nowMs = clock.now();
      return pool.report(origin, { kind: 'failure', fault }, nowMs, nowMs, path);
    },
    answer(origin: string, status: number, hints: Partial<Hints> = {}) {
      const nowMs = clock.now();
      const all = { role: null, active: null, epoch: null, retryWindowMs: null, ...hints };
      return pool.report(origin, { kind: 'response', status, retryAfterMs: null, hints: all }, nowMs, nowMs, '/api/me');
    },
  };
}

/** `a` of `https://a.example.com`. */
export const letter = (origin: string) => origin.slice('https://'.length)[0];
