import { invalidOption } from '../policy/fill.ts';
import { parseHost } from '../policy/host.ts';

/** As much of a chunk as is read here. */
interface Chunk {
  readonly type: 'chunk' | 'asset';
  readonly imports?: readonly string[];
}

/** What Vite tells of a page that it builds. */
interface PageContext {
  readonly chunk?: { readonly fileName: string } | undefined;
  readonly bundle?: Readonly<Record<string, Chunk>> | undefined;
}

interface ImportMapTag {
  readonly tag: 'script';
  readonly attrs: { readonly type: 'importmap' };
  readonly children: string;
  readonly injectTo: 'head-prepend';
}

/** A Vite plug-in, in its shape alone. Its hooks are for Vite to call. */
export interface SharedModulesPlugin {
  /** As Vite and its messages name it. */
  readonly name: 'switchover:shared-modules';
  /** Only what is built has chunks. */
  readonly apply: 'build';
  /** @internal */
  configResolved(config: { readonly base: string }): void;
  /** @internal */
  readonly transformIndexHtml: {
    readonly order: 'post';
    handler(html: string, page: PageContext): ImportMapTag[];
  };
}

/**
 * Has each page of a Vite app say which modules it has loaded itself, by an import map: a chunk that is had from another host then shares
 * them with the page. With it `createChunkLoader` recovers chunks also in browsers that take no import map later: Firefox.
 *
 * Under a policy without inline scripts the map needs its hash or, by Vite's `html.cspNonce`, a nonce.
 *
 * @param hosts Origins that serve the app's files, those of the pool or of a group.
 * @throws SwitchoverError `INVALID_OPTION`, `INVALID_HOST` or `INSECURE_HOST`.
 */
export function sharedModules(hosts: readonly string[]): SharedModulesPlugin {
  if (!Array.isArray(hosts)) throw invalidOption('hosts is no list', 'Give the origins that serve the app’s files.');
  const origins = hosts.map((text: string) => {
    const { origin, basePath } = parseHost(text);
    return origin + basePath;
  });
  let base = '/';
  return {
    name: 'switchover:shared-modules',
    apply: 'build',
    configResolved(config) {
      base = config.base;
    },
    transformIndexHtml: {
      order: 'post',
      handler(_, { chunk, bundle = {} }) {
        if (chunk === undefined) return [];
        const pairs = loadedWith(chunk.fileName, bundle).flatMap((file) =>
          origins.map((origin) => [origin + pathOf(base) + file, base + file]),
        );
        const children = JSON.stringify({ imports: Object.fromEntries(pairs) });
        return [{ tag: 'script', attrs: { type: 'importmap' }, children, injectTo: 'head-prepend' }];
      },
    },
  };
}

/** A chunk, and all that it imports by itself. */
function loadedWith(entry: string, bundle: Readonly<Record<string, Chunk>>): readonly string[] {
  const files = new Set([entry]);
  for (const file of files) for (const other of bundle[file]?.imports ?? []) if (other in bundle) files.add(other);
  return [...files];
}

/** Where a base lies on each host. A relative one counts from the page, which is taken to lie at the top. */
const pathOf = (base: string): string => new URL(base, 'http://host/').pathname;
