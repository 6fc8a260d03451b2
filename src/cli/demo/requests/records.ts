import type { ActRecord } from '../records.ts';
import type { WorkKind } from './work.ts';

/** How a request ended, as the app behind the client sees it. */
export type RequestEnd =
  | { readonly kind: 'answered'; readonly server: string }
  /** Only an unsafe POST: it may have been done, so it was handed back instead of being sent again. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'lost'; readonly why: string };

export interface RequestRecord {
  readonly id: string;
  readonly work: WorkKind;
  /** Index of the act during which it ended: a fault's act has what the fault caught under way. */
  readonly act: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly end: RequestEnd;
}

/** One sending of a request to one server, seen below the library. */
export interface AttemptRecord {
  readonly id: string;
  readonly origin: string;
  readonly startedMs: number;
  readonly endedMs: number;
  /** An answer came, and it was not a server's fault. */
  readonly well: boolean;
}

/** All that happened to the requests: what the client saw, and what the servers counted. */
export interface RequestPlay {
  readonly acts: readonly ActRecord[];
  readonly requests: readonly RequestRecord[];
  readonly attempts: readonly AttemptRecord[];
  /** Times that the servers did each request's work, by its id. */
  readonly processed: ReadonlyMap<string, number>;
}
