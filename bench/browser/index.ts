import type { Benchmark } from '../lib/report.ts';
import { bytes } from './bytes.ts';
import { overhead } from './overhead.ts';
import { recovery } from './recovery.ts';

export const browser: Benchmark = {
  name: 'browser',
  summary: 'pages: what a worker adds, how soon a page is back after a fault, and bytes, beside Workbox and Serwist',
  parts: [overhead, recovery, bytes],
};
