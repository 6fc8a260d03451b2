import type { Benchmark } from '../lib/report.ts';
import { requests, sessions } from './fleets.ts';

export const simulate: Benchmark = {
  name: 'simulate',
  summary: 'the fleet simulator: time, memory and events per second, by the number of clients',
  parts: [requests, sessions],
};
