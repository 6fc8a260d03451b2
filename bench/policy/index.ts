import type { Benchmark } from '../lib/report.ts';
import { connections } from './connections.ts';
import { failover } from './failover.ts';
import { overload } from './overload.ts';

export const policy: Benchmark = {
  name: 'policy',
  summary: 'fleets on virtual time: retries and reconnects beside the policies of other libraries',
  parts: [failover, overload, connections],
};
