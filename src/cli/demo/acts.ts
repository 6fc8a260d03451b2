import type { ServerProcess } from './serverProcess.ts';

/** One way in which a server fails, and how it comes back. */
export interface Fault {
  readonly name: string;
  readonly title: string;
  /** A planned fault is announced by the server itself. */
  readonly planned: boolean;
  /** What the timeline says at the stroke, and at the mend. */
  readonly struck: string;
  readonly mended: string;
  readonly lastsMs: number;
  strike(server: ServerProcess): Promise<void>;
  mend(server: ServerProcess): Promise<void>;
}

const RETRY_WINDOW_S = 1;

const kill: Fault = {
  name: 'kill',
  title: 'the active server dies',
  planned: false,
  struck: 'SIGKILL',
  mended: 'started again',
  lastsMs: 3_000,
  strike: (server) => server.kill(),
  mend: (server) => server.restart(),
};

const freeze: Fault = {
  name: 'freeze',
  title: 'the active server hangs',
  planned: false,
  struck: 'SIGSTOP: its port is open, and nothing comes back',
  mended: 'SIGCONT: it goes on where it stood',
  lastsMs: 4_000,
  strike: (server) => server.tell({ kind: 'freeze' }),
  mend: async (server) => server.thaw(),
};

const fail: Fault = {
  name: '503',
  title: 'the active server answers 503 to everything',
  planned: false,
  struck: 'answers 503, health checks included',
  mended: 'in order again',
  lastsMs: 3_000,
  strike: (server) => server.tell({ kind: 'fail' }),
  mend: (server) => server.tell({ kind: 'serve' }),
};

const drain: Fault = {
  name: 'drain',
  title: 'the active server is drained for an update',
  planned: true,
  struck: `says: draining, leave within ${RETRY_WINDOW_S} s`,
  mended: 'had ended, and is started again',
  lastsMs: 3_000,
  strike: (server) => server.tell({ kind: 'drain', windowS: RETRY_WINDOW_S }),
  async mend(server) {
    await server.ended();
    await server.restart();
  },
};

/** Windows has no signal that freezes a process. */
const possible = (faults: readonly Fault[]): readonly Fault[] =>
  process.platform === 'win32' ? faults.filter((fault) => fault !== freeze) : faults;

/** What happens to a server of requests. */
export const REQUEST_FAULTS = possible([kill, freeze, fail, drain]);

/** What happens to a server of conversations: it answers nothing with 503. */
export const CONVERSATION_FAULTS = possible([kill, freeze, drain]);
