import type { Scenario } from '../scenario.ts';

/** What is counted of one host's hellos, by second. */
export interface HelloCounts {
  readonly admitted: number[];
  /** Turned away by admission. */
  readonly refused: number[];
  /** Sent elsewhere. */
  readonly moved: number[];
}

/** What is counted of a session fleet, beside what is counted of any. */
export class SessionRecord {
  /** Clients with an open session, at the end of each second: first as changes, from which {@link connected} is made. */
  readonly #changes: number[];
  readonly hosts: readonly HelloCounts[];
  /** Sessions that had expired when their clients came back. */
  lost = 0;
  /** Time that clients were without a connection, over all of them. */
  downMs = 0;
  /** What hosts that died, or were drained, had told their clients last; 0 where none did. */
  windowMs = 0;
  readonly #clients: number;

  constructor({ clients, durationMs, hosts }: Scenario) {
    const seconds = Math.ceil(durationMs / 1000) + 1;
    const column = (): number[] => new Array<number>(seconds).fill(0);
    this.#clients = clients;
    this.#changes = column();
    this.hosts = hosts.map(() => ({ admitted: column(), refused: column(), moved: column() }));
  }

  /** So many clients more, or less, have an open session from now on. All have one when the run begins. */
  change(atMs: number, by: number): void {
    const second = Math.max(0, Math.floor(atMs / 1000));
    if (second < this.#changes.length) this.#changes[second] = (this.#changes[second] as number) + by;
  }

  /** How many clients had an open session at the end of each second. */
  connected(): readonly number[] {
    let count = this.#clients;
    return this.#changes.map((by) => {
      count += by;
      return count;
    });
  }
}
