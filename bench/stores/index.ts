import type { Benchmark } from '../lib/report.ts';
import { steps } from './steps.ts';

export const stores: Benchmark = {
  name: 'stores',
  summary: 'session stores: steps per second, as ratios to plain inserts',
  parts: [steps],
};
