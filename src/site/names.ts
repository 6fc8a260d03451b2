/** Names that the worker, the offline page and the page side share. What one of them writes, another reads. */

/** The IndexedDB database in which the page side and the worker keep what outlives them, and its one object store. */
export const DATABASE = { name: 'switchover', store: 'keyval' } as const;

/** The record of what is known of a pool's hosts, as `runtime/healthMemory.ts` writes it. */
export const healthKey = (name: string): string => `switchover:${name}:health`;

/** The worker's own record: which pages it has sent away, and since when hosts are proven again. */
export const movesKey = (name: string): string => `switchover:${name}:moves`;

/** True for the key of a record that pages and worker share. Both must be able to read it, so it is stored in the clear. */
export const isSharedKey = (key: string): boolean => /^switchover:(?!channel:).*:(health|moves)$/s.test(key);

/** True for the key of a token: what a phone keeps in its key store. */
export const isSecretKey = (key: string): boolean => /^switchover:(?!channel:).*:(session|handoff)$/s.test(key);

/** Where the token of a channel's session lies that is stored under `key`, if tokens are kept apart. */
export const tokenKey = (key: string): string => `switchover:token:${key.slice(CHANNEL_KEYS.length)}`;

/** What a value begins with that `browser/encryptedStore.ts` has written. */
export const SEALED = 'switchover-sealed1:';

/** The token of an HTTP session, as `http/sessionStore.ts` writes it. */
export const sessionKey = (name: string): string => `switchover:${name}:session`;

/** What keeps an M+N client at its own active host. */
export const affinityKey = (name: string): string => `switchover:${name}:affinity`;

/** A token that an app keeps for moves to another host, where that of its HTTP session is not meant for it or out of reach. */
export const handoffKey = (name: string): string => `switchover:${name}:handoff`;

/** What the stored sessions of all channels begin with. */
export const CHANNEL_KEYS = 'switchover:channel:';

/** Sessions of one channel's name that a store may hold at once: tabs, processes. */
export const CHANNEL_SLOTS = 32;

/** The place of a channel's stored session, which is its lock's name, too. Its segments lie under `<key>.<number>`. */
export const channelKey = (name: string, slot: number): string =>
  `${CHANNEL_KEYS}${name}${slot === 0 ? '' : `#${slot}`}`;

/** The BroadcastChannel on which tabs and worker tell each other of hosts. */
export const newsChannel = (name: string): string => `switchover:${name}`;

/** The cache that holds the offline page. */
export const offlineCache = (name: string): string => `switchover:${name}:offline`;

/** The lock whose holder is the one tab that probes and refreshes. */
export const leaderLock = (name: string): string => `switchover:${name}:leader`;

/** The name of a site or pool that was given none: the same hosts in any order are the same. */
export const nameOfHosts = (origins: readonly string[]): string => [...origins].sort().join(' ');

/** True for a cache of any site's worker. */
export const isWorkerCache = (cache: string): boolean => cache.startsWith('switchover:');
