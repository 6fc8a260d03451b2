import type { Server } from '../../../test/rig/cluster.ts';

/** What befalls the first server. */
export interface Fault {
  readonly name: string;
  /** True where it is found out at once: then each contender has the machine to itself. Else all wait at the same time. */
  readonly atOnce: boolean;
  strike(server: Server): Promise<void>;
  heal(server: Server): Promise<void>;
}

const well = (server: Server): Promise<void> => server.mode({ kind: 'ok' });

export const FAULTS: readonly Fault[] = [
  { name: 'killed', atOnce: true, strike: (server) => server.kill(), heal: (server) => server.restart() },
  { name: '503', atOnce: true, strike: (server) => server.mode({ kind: 'status' }), heal: well },
  { name: 'frozen', atOnce: false, strike: (server) => server.freeze(), heal: (server) => server.thaw() },
  { name: 'hung', atOnce: false, strike: (server) => server.mode({ kind: 'mute' }), heal: well },
];
