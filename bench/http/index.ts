import type { Benchmark } from '../lib/report.ts';
import { bytes } from './bytes.ts';
import { cost } from './cost.ts';

export const http: Benchmark = {
  name: 'http',
  summary: 'requests: their cost, what faults add, bundle bytes, and a whole outage, beside other libraries',
  parts: [cost, bytes],
};
