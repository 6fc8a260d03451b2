import type { Benchmark } from '../lib/report.ts';
import { bytes } from './bytes.ts';
import { herd } from './herd.ts';
import { memory } from './memory.ts';
import { recovery } from './recovery.ts';
import { throughput } from './throughput.ts';

export const socket: Benchmark = {
  name: 'socket',
  summary: 'conversations: recovery after a fault, throughput, memory, a herd of sessions, and bundle bytes',
  parts: [recovery, throughput, memory, herd, bytes],
};
