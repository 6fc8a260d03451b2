import type { Host } from '../peer.ts';
import type { Log, Logs } from './protocol.ts';

/** What became of the messages of those who talked. */
export interface Tally {
  readonly said: number;
  /** Never processed by either host, and the library did not say so. */
  readonly lost: number;
  /** Never processed, and the library said so. */
  readonly refused: number;
  /** Processed beyond the first time. */
  readonly repeated: number;
  /** What the second host said from the fault on, to all of those; how much of it never came, and what came again. */
  readonly told: number;
  readonly missed: number;
  readonly heardAgain: number;
  /** Errors of the library that its user could not catch. */
  readonly uncaught: readonly string[];
}

/** Compares the users' logs with the hosts' journals. */
export function tally({ talking, uncaught }: Logs, numbers: number, hosts: readonly Host[]): Tally {
  const journals = hosts.map((host) => host.processed());
  const times = (id: string): number => journals.reduce((sum, journal) => sum + (journal.get(id) ?? 0), 0);
  const sum = (of: (log: Log) => number): number => talking.reduce((total, log) => total + of(log), 0);
  const count = (ids: readonly string[], holds: (id: string) => boolean): number => ids.filter(holds).length;
  return {
    said: sum(({ said }) => said.length),
    lost: sum(({ said, refused }) => count(said, (id) => times(id) === 0 && !refused.includes(id))),
    refused: sum(({ refused }) => count(refused, (id) => times(id) === 0)),
    repeated: sum(({ said }) => said.reduce((more, id) => more + Math.max(0, times(id) - 1), 0)),
    told: numbers * talking.length,
    missed: sum((log) => numbers - new Set(log.numbers).size),
    heardAgain: sum((log) => log.numbers.length - new Set(log.numbers).size),
    uncaught,
  };
}
