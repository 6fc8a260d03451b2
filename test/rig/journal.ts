import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * The journal of a server process: one JSON line for each connection, each request received and each piece of work done.
 * Lines are written synchronously before the server goes on, so what it did can be counted after a SIGKILL, and read
 * while it is frozen. It survives restarts: a later process of the same server adds to it.
 */
export type JournalEntry =
  | { readonly kind: 'connection'; readonly pid: number; readonly atMs: number }
  | ({ readonly kind: 'received'; readonly pid: number; readonly atMs: number } & ReceivedRequest)
  | { readonly kind: 'processed'; readonly pid: number; readonly atMs: number; readonly id: string };

/** A request as it came in, whether or not it was processed or answered. */
export interface ReceivedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** `X-Request-Id`, or `null`: an id in the body is not known yet. */
  readonly id: string | null;
  /** `Idempotency-Key`, or `null`. */
  readonly key: string | null;
  /** `Range`, or `null`. */
  readonly range: string | null;
  /** `Cookie`, or `null`; absent where a server does not look at it. */
  readonly cookie?: string | null;
}

/** Leaves out the fields that the writer adds, for each kind by itself. */
type Unstamped<Entry> = Entry extends JournalEntry ? Omit<Entry, 'pid' | 'atMs'> : never;

/** The writing end, in the server process. */
export interface JournalWriter {
  write(entry: Unstamped<JournalEntry>): void;
  close(): void;
}

export function openJournal(file: string): JournalWriter {
  const descriptor = openSync(file, 'a');
  return {
    write(entry) {
      writeSync(descriptor, `${JSON.stringify({ ...entry, pid: process.pid, atMs: Date.now() })}\n`);
    },
    close() {
      closeSync(descriptor);
    },
  };
}

/** The reading end. A last line without its end was cut by a kill, before its work was answered: it does not count. */
export function readJournal(file: string): JournalEntry[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalEntry);
}
