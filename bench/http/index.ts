import type { Benchmark } from '../lib/report.ts';
import { bytes } from './bytes.ts';
import { cost } from './cost.ts';
import { faults } from './faults.ts';
import { outage } from './outage.ts';

export const http: Benchmark = {
  name: 'http',
  summary: 'requests: their cost, what faults add, bundle bytes, and a whole outage, beside other libraries',
  parts: [cost, faults, bytes, outage],
};
