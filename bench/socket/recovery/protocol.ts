/** What the conductor says to a process of clients, and what comes back; see `client.ts`. */
export type Order =
  /** Opens the conversations of one round. Answered, when all of them are open, by the names of the users. */
  | { readonly act: 'open'; readonly round: string; readonly hosts: readonly [string, string] }
  /** The talkative begin to talk. */
  | { readonly act: 'talk' }
  /** When did each hear the host of this name first? */
  | { readonly act: 'heard'; readonly host: string }
  | { readonly act: 'hush' }
  /** Closes all, and tells all. */
  | { readonly act: 'close' };

/** What a process of clients is started with. */
export interface ClientsOptions {
  readonly peer: string;
  /** How many say nothing and hear nothing before the fault. */
  readonly idle: number;
  /** How many say a message every {@link TALK_MS}. */
  readonly talking: number;
  /** The idle ones open their conversations over this time, so that their heartbeats are not in step. */
  readonly spreadMs: number;
}

export const TALK_MS = 20;

/** On the clock of `monotonicMs`; null: not yet. */
export interface Heard {
  readonly idle: readonly (number | null)[];
  readonly talking: readonly (number | null)[];
}

/** What one conversation came to, by the client's own log. */
export interface Log {
  /** Messages that the library took, in order. */
  readonly said: readonly string[];
  /** Those among them, and others, of which it told that they would not arrive. */
  readonly refused: readonly string[];
  /** What was heard of the other host's numbers, each as often as it came. */
  readonly numbers: readonly number[];
}

export interface Logs {
  readonly idle: readonly Log[];
  readonly talking: readonly Log[];
  /** Errors that nobody could catch. */
  readonly uncaught: readonly string[];
}
