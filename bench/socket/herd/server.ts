/** A session server that counts who comes. Started by the rig. */
import { createServer } from 'node:http';
import {
  type AdmissionPolicy,
  attachWebSocketServer,
  createSessionServer,
  sqliteSessionStore,
} from '../../../src/server/index.ts';
import type { Launch } from '../../../test/rig/protocol.ts';
import { answerParent, report } from '../../../test/rig/server/control.ts';
import { monotonicMs } from '../../lib/monotonic.ts';

export interface HerdServerOrder {
  readonly store: string;
  readonly admission?: Partial<AdmissionPolicy>;
  readonly retryWindowMs?: number;
}

/** What one server has seen. */
export interface HerdSeen {
  readonly resumed: number;
  readonly begun: number;
  /** When the last of them came, on the clock of `monotonicMs`. */
  readonly lastMs: number;
  /** The most that the process ever had in memory, in bytes. */
  readonly peak: number;
  /** Time of the processor, in milliseconds. */
  readonly cpuMs: number;
}

const launch = JSON.parse(process.argv[2] ?? '{}') as Launch;
const { store, ...options } = launch.extra as HerdServerOrder;
// A client that is kept waiting may come twice: sessions are counted, not connections.
const [resumed, begun] = [new Set<string>(), new Set<string>()];
let lastMs = 0;

const sessions = createSessionServer({
  store: sqliteSessionStore({ path: store }),
  authenticate: ({ auth = '' }) => ({ subject: auth }),
  ...options,
});
sessions.on('session', ({ sid }, { result }) => {
  if (result === 'new') begun.add(sid);
  else if (!begun.has(sid)) resumed.add(sid);
  lastMs = monotonicMs();
});
sessions.on('message', () => {});

answerParent(seen);
const server = createServer();
await attachWebSocketServer(sessions, { server });
server.listen({ port: launch.port, host: launch.host, backlog: 4_096 }, () => {
  report({ kind: 'listening', port: launch.port });
});

function seen(): HerdSeen {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return {
    resumed: resumed.size,
    begun: begun.size,
    lastMs,
    peak: maxRSS * 1_024,
    cpuMs: (userCPUTime + systemCPUTime) / 1_000,
  };
}
