import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Table } from './report.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What an app would write to get something into its bundle. */
export type Bundle = readonly [name: string, source: string, options?: BundleOptions];

export interface BundleOptions {
  /** Packages that are left out. Default none. */
  readonly external?: string[];
}

/** Bytes of one bundle. */
export interface Bytes {
  readonly name: string;
  readonly minified: number;
  readonly gzip: number;
  readonly brotli: number;
}

export const HOW_MEASURED =
  'Bundled and minified by esbuild for browsers, with all dependencies; gzip and brotli at their best.';

/** What the browser gets. */
export async function bundled(source: string, { external = [] }: BundleOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external,
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

export async function bundleBytes([name, source, options]: Bundle): Promise<Bytes> {
  return bytesOf(name, await bundled(source, options));
}

export function bytesOf(name: string, text: string): Bytes {
  const code = Buffer.from(text);
  return {
    name,
    minified: code.byteLength,
    gzip: gzipSync(code, { level: 9 }).byteLength,
    brotli: brotliCompressSync(code).byteLength,
  };
}

export function bytesTable(sizes: readonly Bytes[]): Table {
  return {
    columns: ['', 'minified', 'gzip', 'brotli'],
    rows: sizes.map(({ name, minified, gzip, brotli }) => [name, String(minified), String(gzip), String(brotli)]),
  };
}
