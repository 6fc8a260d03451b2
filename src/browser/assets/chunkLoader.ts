import { type AssetSources, type FindPlace, readSources } from './options.ts';
import { keepsShared } from './sharedModules.ts';

/** Options of {@link createChunkLoader}. */
export interface ChunkLoaderOptions extends AssetSources {
  /**
   * Take a module from another origin also where modules that it shares with the page may then run twice, each copy with a state of its
   * own. Safe where chunks import nothing that the page has loaded before. Default false.
   */
  readonly allowCopies?: boolean;
}

/** `import.meta` of a module, as far as it is needed. */
export interface Importer {
  /** Address of the module. */
  readonly url: string;
  /** Absent in old browsers: then nothing can be kept single. */
  resolve?(specifier: string): string;
}

/**
 * Loads a module by `import()`, from another origin if it must be.
 *
 * Rejects with what `import()` said if no origin has the module, and with what the module has thrown if it was loaded.
 *
 * @param load `() => import('./chunk.js')`, as a bundler leaves it: one `import()` of one text.
 * @param importer `import.meta` of the module that calls it: its URL is where the text counts from.
 */
export type ChunkLoader = <Module>(load: () => Promise<Module>, importer: Importer) => Promise<Module>;

/** `import("./chunk-1a2b.js")` in the text of a function, whatever a bundler has put around it. */
const IMPORT = /\bimport\(\s*(["'`])([^"'`$\\]+)\1\s*\)/;

/** What Chromium, Firefox and WebKit say of a module that did not come. A module that came and has thrown must not run again elsewhere. */
const NOT_LOADED = /dynamically imported module|importing a module script failed/i;

/**
 * Makes a loader for chunks that are native modules: Vite's builds, or none. (webpack's own chunks are scripts, which {@link recoverAssets}
 * sees to.) It leaves the origin of the URL, not only tries again: a browser may remember that a module could not be had, and never
 * ask for the same URL again.
 *
 * What a chunk shares with the page is kept single by an import map, where the browser takes one that late (Chromium 133, Safari 18.4), or
 * where the page brings one (docs/assets.md). Elsewhere a chunk whose page has loaded modules from that origin is not recovered.
 *
 * @throws SwitchoverError `INVALID_OPTION` (also where neither `groups` nor `pool` is given), `INVALID_HOST`, `INSECURE_HOST` or
 * `DUPLICATE_HOST`.
 * @example
 * const load = createChunkLoader({ pool: failover.pool });
 * const { Settings } = await load(() => import('./settings.js'), import.meta);
 */
export function createChunkLoader(options: ChunkLoaderOptions): ChunkLoader {
  const find = readSources(options, ['allowCopies']);
  return async (load, importer) => {
    try {
      return await load();
    } catch (error) {
      const module = NOT_LOADED.test(String(error)) ? await elsewhere(load, importer, find, options.allowCopies) : null;
      if (module === null) throw error;
      return module as Awaited<ReturnType<typeof load>>;
    }
  };
}

/** The module from the first of the other origins that has it; null if none has. Rejects if it throws. */
async function elsewhere(
  load: () => unknown,
  importer: Importer,
  find: FindPlace,
  allowCopies = false,
): Promise<unknown> {
  const specifier = IMPORT.exec(String(load))?.[2];
  const isUrl = specifier !== undefined && URL.canParse(specifier, importer.url);
  const url = isUrl ? new URL(specifier, importer.url).href : '';
  for (const other of find(url)?.others ?? []) {
    if (!allowCopies && !keepsShared(url, other.origin, find, importer)) continue;
    try {
      return await import(/* @vite-ignore */ /* webpackIgnore: true */ other.url);
    } catch (error) {
      if (!NOT_LOADED.test(String(error))) throw error;
    }
  }
  return null;
}
