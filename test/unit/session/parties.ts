import { CLIENT_POLICY, type ClientPolicy } from '../../../src/session/clientPolicy.ts';
import type { ClientState } from '../../../src/session/clientState.ts';
import { SERVER_POLICY, type ServerPolicy } from '../../../src/session/serverPolicy.ts';

/** A client's process, with its disk and its application. */
export interface Client {
  readonly name: string;
  /** Counts its lives: a line belongs to one. */
  life: number;
  state: ClientState;
  disk: string;
  /** Written, but not on the disk yet. */
  writing: string | null;
}

export const CLIENT: ClientPolicy = { ...CLIENT_POLICY, outbox: { count: 12, bytes: 4_000, whenFull: 'drop-oldest' } };
export const SERVER: ServerPolicy = { ...SERVER_POLICY, window: [4, 2_000], replay: { count: 6, bytes: 10_000 } };
