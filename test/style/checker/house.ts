/**
 * The plan of the house, as data. Imports point down only, and never to a neighbour on the same floor.
 * To add a room, add a row here and a line to ARCHITECTURE.md.
 */
export interface Room {
  readonly floor: number;
  /** Packages that its files may import. A trailing `:` stands for all of that scheme. */
  readonly packages: readonly string[];
  /** Where the floor alone says too little: the only rooms that it may import. */
  readonly only?: readonly string[];
  /** The only rooms that may import it. */
  readonly onlyFor?: readonly string[];
}

export const ROOMS: Readonly<Record<string, Room>> = {
  policy: { floor: 0, packages: [] },
  session: { floor: 0, packages: [] },
  runtime: { floor: 1, packages: [] },
  // What the worker, the offline page and the page side of one site agree on.
  site: { floor: 1, packages: [] },
  http: { floor: 2, packages: ['ky'] },
  socket: { floor: 2, packages: [] },
  browser: { floor: 2, packages: ['workbox-window', 'idb-keyval'] },
  serviceWorker: { floor: 2, packages: ['idb-keyval'] },
  node: { floor: 2, packages: ['node:', 'undici'] },
  // What other runtimes say in other words, or do not allow.
  deno: { floor: 2, packages: [] },
  workerd: { floor: 2, packages: [] },
  // What an app has installed is handed in: React Native itself is never imported.
  reactNative: { floor: 2, packages: [] },
  // Its own column: what a client loads never imports the server.
  server: { floor: 2, packages: ['node:', 'ws'], onlyFor: ['cli'] },
  testing: { floor: 2, packages: [] },
  // A million clients run without an adapter: the real decisions and the real protocol over a virtual network.
  simulate: { floor: 3, packages: [], only: ['policy', 'session', 'testing'] },
  // src/index.*.ts and what they share: where the parts are put together, one file a platform.
  index: { floor: 3, packages: [] },
  // Writes a site's worker and offline page into its public folder, for the command line and for Vite.
  publish: { floor: 3, packages: ['node:', 'vite'], only: ['policy', 'site', 'serviceWorker'] },
  // Hooks use the product as an app does, by its own name: so each platform brings its own entry.
  react: { floor: 4, packages: ['react', 'switchover'] },
  // The command line uses the product as its users do, so it stands above the entries.
  cli: { floor: 4, packages: ['node:'] },
};

/** Rooms that an entry may not reach, since its platform has not got what they need. */
export const ENTRY_NEVER: Readonly<Record<string, readonly string[]>> = {
  'index.node.ts': ['browser', 'serviceWorker', 'reactNative', 'react'],
  'index.browser.ts': ['node', 'reactNative', 'react'],
  'index.reactNative.ts': ['node', 'browser', 'serviceWorker', 'react', 'deno', 'workerd'],
  'index.default.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react'],
  'index.denoBun.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react', 'workerd'],
  'index.workerd.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react', 'deno'],
  'index.fetchWorkerd.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react', 'deno'],
  'index.partsWorkerd.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react', 'deno'],
  'index.fetch.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react'],
  'index.parts.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react'],
  'index.socket.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react'],
  'index.channel.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react'],
  'createFailover.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react'],
  'publicExtras.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react'],
  'publicFailover.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react'],
  'publicParts.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react'],
  'publicSockets.ts': ['node', 'browser', 'serviceWorker', 'reactNative', 'react'],
};

/** Files beside the entries that all of them share. They belong to the same room. */
const SHARED_BY_ENTRIES: readonly string[] = [
  'createFailover.ts',
  'publicExtras.ts',
  'publicFailover.ts',
  'publicParts.ts',
  'publicSockets.ts',
];

/** Entries that only their own platform can load: nothing else may import them, but the command line. */
export const PLATFORM_ENTRIES: readonly string[] = ['index.node.ts', 'index.browser.ts', 'index.reactNative.ts'];

/** Rooms that take time and chance through their ports. */
export const PORTED_ROOMS: readonly string[] = ['runtime', 'site', 'http', 'socket'];

/** The files of those rooms that implement the ports, and so may touch the globals. */
export const PORT_FILES: readonly string[] = ['src/runtime/systemPorts.ts'];

/** Whole programs: rollup makes a file of each, which a browser loads as it is. They run when they are loaded, and nothing imports them. */
export const PROGRAMS: readonly string[] = [
  'src/serviceWorker/standalone/offlinePage.ts',
  'src/serviceWorker/standalone/redirect.ts',
  'src/serviceWorker/standalone/transparent.ts',
  'src/serviceWorker/interposer.ts',
  'src/serviceWorker/killSwitch.ts',
  'src/serviceWorker/offlinePage/script/plain.ts',
  'src/serviceWorker/offlinePage/script/withHandoff.ts',
];

export const LIMITS = { fileLines: 300, functionLines: 40 };

/** Files and functions (`path#name`) that may be longer. Each needs its reason. */
export const LONGER: Readonly<Record<string, { readonly lines: number; readonly reason: string }>> = {};

/** The room of a file under src/, or undefined where there is none. */
export function roomOf(path: string): string | undefined {
  const [top, first, ...rest] = path.split('/');
  if (top !== 'src' || first === undefined) return undefined;
  if (rest.length > 0) return first in ROOMS && first !== 'index' ? first : undefined;
  return /^index\.\w+\.ts$/.test(first) || SHARED_BY_ENTRIES.includes(first) ? 'index' : undefined;
}
