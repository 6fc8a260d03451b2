import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Part, Section, Table } from '../lib/report.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What an app would write to get each of them into its bundle. */
const CONTENDERS: readonly (readonly [name: string, source: string])[] = [
  ['switchover/fetch', "export * from './src/index.fetch.ts'"],
  ['switchover/fetch { createPool, createFetch }', "export { createFetch, createPool } from './src/index.fetch.ts'"],
  ['switchover/fetch { createFetch }', "export { createFetch } from './src/index.fetch.ts'"],
  ['switchover { createFailover }, with ky', "export { createFailover } from './src/index.browser.ts'"],
  ['ky', "export { default } from 'ky'"],
  ['ofetch', "export { ofetch } from 'ofetch'"],
  ['wretch + retry', "export { default } from 'wretch'; export { retry } from 'wretch/middlewares'"],
  ['axios + axios-retry', "export { default } from 'axios'; export { default as retry } from 'axios-retry'"],
  ['cockatiel', "export { circuitBreaker, handleAll, retry, wrap } from 'cockatiel'"],
  ['p-retry', "export { default } from 'p-retry'"],
  [
    'algolia transporter + requester',
    "export { createTransporter } from '@algolia/client-common'; export { createFetchRequester } from '@algolia/requester-fetch'",
  ],
];

const GOAL_BYTES = 6_000;

/** Bytes of one bundle. */
interface Bytes {
  readonly name: string;
  readonly minified: number;
  readonly gzip: number;
  readonly brotli: number;
}

export const bytes: Part = {
  name: 'bytes',
  summary: 'bytes in a browser bundle',
  run: async (): Promise<Section> => {
    const sizes = await Promise.all(CONTENDERS.map(measure));
    const ours = sizes[0]?.brotli ?? Number.NaN;
    return {
      title: 'Bytes in a browser bundle',
      how: ['Bundled and minified by esbuild for browsers, with all dependencies; gzip and brotli at their best.'],
      tables: [{ table: table(sizes) }],
      goals: [
        {
          promise: `switchover/fetch is at most ${GOAL_BYTES} bytes of brotli`,
          measured: String(ours),
          met: ours <= GOAL_BYTES,
        },
      ],
      figures: sizes,
    };
  },
};

async function measure([name, source]: readonly [name: string, source: string]): Promise<Bytes> {
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

function table(sizes: readonly Bytes[]): Table {
  return {
    columns: ['', 'minified', 'gzip', 'brotli'],
    rows: sizes.map(({ name, minified, gzip, brotli }) => [name, String(minified), String(gzip), String(brotli)]),
  };
}
