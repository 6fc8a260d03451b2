/** What a soak tells its processes, and what it starts them with. */

/** A part of the product that is left out, to see whether the checker finds it. */
export type Break = 'no-dedupe' | 'no-fence' | 'no-persist' | 'no-commit';

export const BREAKS: readonly Break[] = ['no-dedupe', 'no-fence', 'no-persist', 'no-commit'];

export interface ServerExtra {
  readonly database: string;
  readonly log: string;
  readonly ttlMs: number;
  readonly replayCount: number;
  readonly broken?: Break;
  /** How many clients there are. */
  readonly clients: number;
  /** Pushes a second, by each server. */
  readonly pushRate: number;
}

export interface ClientsExtra {
  /** Where the logs and the stores of the clients are. */
  readonly directory: string;
  readonly names: readonly string[];
  readonly hosts: readonly string[];
  /** Messages a second, by each client. */
  readonly sendRate: number;
  readonly broken?: Break;
}

export type ServerOrder =
  /** Send the clients away; answered when nobody is left. */
  | { readonly kind: 'drain'; readonly deadlineMs: number }
  /** No more pushes. */
  | { readonly kind: 'quiet' };

export type ClientsOrder =
  /** No more messages. */
  | { readonly kind: 'quiet' }
  /** How many sends wait for their end. */
  | { readonly kind: 'pending' }
  /** Close all channels in the orderly way. */
  | { readonly kind: 'close' };
