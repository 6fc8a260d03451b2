import { DEFAULTS } from '../policy/defaults.ts';
import type { HostRecord } from '../policy/health.ts';
import { keepOneAlive, kindOf, recall, remember } from '../runtime/healthMemory.ts';
import type { HostPool, PoolPart } from '../runtime/hostPool.ts';
import { SafeStorage } from '../runtime/safeStorage.ts';
import { nameOf } from '../runtime/storedHealth.ts';
import { leaderLock, newsChannel } from '../site/names.ts';
import { Leadership } from './leadership.ts';
import { News } from './news.ts';
import { watchPresence } from './presence.ts';

/**
 * Has the tabs of an origin act as one client: all know at once what one of them, or the service worker, has learned of hosts; and while
 * a host is not up, one tab that is seen probes for all. When it closes or crashes, the next one takes over. A page in the back-forward
 * cache, or frozen, takes no part; when it is back, it catches up by what is stored.
 *
 * Needs the rule `oneProber`. Without Web Locks or BroadcastChannel, outside of a page, and for a pool that has neither a name nor
 * hosts yet, each tab is on its own.
 *
 * @param name Names the lock and the channel. Default: made from the listed origins.
 */
export function tabs(name?: string): PoolPart {
  return (pool) => {
    const label = name ?? nameOf(pool);
    if (label === '' || !isPossible()) return;
    join(pool, label);
  };
}

const isPossible = (): boolean =>
  typeof document !== 'undefined' &&
  typeof BroadcastChannel === 'function' &&
  globalThis.navigator?.locks !== undefined;

function join(pool: HostPool, label: string): void {
  const shared = new SharedHealth(pool);
  const stored = new SafeStorage(pool, `${label}:health`);
  const leadership = new Leadership(leaderLock(label), (leads) => pool.dispatch({ kind: 'lead', leads }));
  const news = new News(newsChannel(label), (memory) => shared.take(memory, DEFAULTS.tabs.newsAgeMs));
  if (!news.open()) return;
  let isHere = true;
  // A lock that is held for nothing keeps the page out of Firefox' back-forward cache.
  const settle = () => {
    if (isHere && wantsProber(pool)) leadership.want(document.visibilityState === 'visible');
    else leadership.rest();
  };
  const leave = () => {
    isHere = false;
    news.close();
    leadership.rest();
  };
  const back = async () => {
    isHere = true;
    news.open();
    settle();
    const memory = await stored.read();
    if (memory !== undefined) shared.take(memory, DEFAULTS.storage.maxAgeMs);
  };
  // Until it is known who leads, somebody else does.
  pool.dispatch({ kind: 'lead', leads: false });
  settle();
  pool.onChange(() => {
    const told = shared.toTell(leadership.leads);
    if (told !== null) news.post(told);
    settle();
  });
  const unwatch = watchPresence({ back: () => void back(), away: leave, seen: () => leadership.seen() });
  pool.signal.addEventListener('abort', () => {
    unwatch();
    leave();
  });
}

/** True while a host is to be probed, or may be soon. */
const wantsProber = ({ state, settings }: HostPool): boolean =>
  settings.policy.probe.always || state.hosts.some(({ health }) => health.kind !== 'up');

/** What is this tab's alone to tell: the one that leads proves hosts, but each sees them fail. */
const TROUBLE: ReadonlySet<string> = new Set(['ejected', 'alarm', 'inactive']);

/** Compares what this tab knows of hosts with what all know. */
class SharedHealth {
  readonly #pool: HostPool;
  /** By origin, what was told or heard last. */
  #known: ReadonlyMap<string, string>;

  constructor(pool: HostPool) {
    this.#pool = pool;
    this.#known = marksOf(pool);
  }

  /** What to tell the others now; null for nothing. */
  toTell(leads: boolean): string | null {
    const { clock } = this.#pool.ports;
    const { state } = this.#pool;
    const changed = state.hosts.filter((host) => this.#known.get(host.origin) !== markOf(host));
    this.#known = marksOf(this.#pool);
    const told = changed.filter((host) => leads || TROUBLE.has(kindOf(host)));
    return told.length === 0 ? null : remember(state, clock.now(), clock.wallTime(), told);
  }

  /** Takes over what another one knows. What can't be understood, or is too old, changes nothing. */
  take(memory: string, maxAgeMs: number): void {
    const { ports, settings, state } = this.#pool;
    const env = { nowMs: ports.clock.now(), random: ports.random };
    try {
      const heard = recall(memory, state, settings.policy, env, ports.clock.wallTime(), maxAgeMs);
      const { hosts, fence } = keepOneAlive(heard, env, state.current);
      const news = hosts.filter((host) => this.#isNews(host));
      // Before it is told on, which happens within.
      this.#known = new Map([...this.#known, ...news.map((host) => [host.origin, markOf(host)] as const)]);
      this.#pool.dispatch({ kind: 'learned', hosts: news, fence });
    } catch {
      // An older version of the app may be open in another tab.
    }
  }

  /** A host that is as it was keeps what is counted of it here. */
  #isNews(host: HostRecord): boolean {
    const own = this.#pool.state.hosts.find(({ origin }) => origin === host.origin);
    return own !== undefined && markOf(own) !== markOf(host);
  }
}

const markOf = (host: HostRecord): string =>
  [kindOf(host), 'why' in host.health ? host.health.why : '', host.ejections].join('|');

const marksOf = ({ state }: HostPool): ReadonlyMap<string, string> =>
  new Map(state.hosts.map((host) => [host.origin, markOf(host)]));
