import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Table } from './report.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What an app would write to get something into its bundle. */
export type Bundle = readonly [name: string, source: string];

/** Bytes of one bundle. */
export interface Bytes {
  readonly name: string;
  readonly minified: number;
  readonly gzip: number;
  readonly brotli: number;
}

export const HOW_MEASURED =
  'Bundled and minified by esbuild for browsers, with all dependencies; gzip and brotli at their best.';

export async function bundleBytes([name, source]: Bundle): Promise<Bytes> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
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
