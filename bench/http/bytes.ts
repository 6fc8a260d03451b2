import { type Bundle, bundleBytes, bytesTable, HOW_MEASURED } from '../lib/bundle.ts';
import type { Part, Section } from '../lib/report.ts';

const CONTENDERS: readonly Bundle[] = [
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

export const bytes: Part = {
  name: 'bytes',
  summary: 'bytes in a browser bundle',
  run: async (): Promise<Section> => {
    const sizes = await Promise.all(CONTENDERS.map(bundleBytes));
    const ours = sizes[0]?.brotli ?? Number.NaN;
    return {
      title: 'Bytes in a browser bundle',
      how: [HOW_MEASURED],
      tables: [{ table: bytesTable(sizes) }],
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
