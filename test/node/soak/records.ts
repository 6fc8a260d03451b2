/**
 * What the processes of a soak write down, each in a file of its own. The checker knows nothing else, but for the
 * database's own rows.
 *
 * Any line may be the last one before a SIGKILL, so the order of act and line decides what a missing line can mean:
 *
 * - A line that *allows* something is written before the act: `sent` before `send`, `push` before a push. So no message can
 *   be in the database that nobody is seen to have sent.
 * - A line that *claims* something is written after the act: `accepted`, `stored`, `step`. So a missing one claims less.
 * - `delivered` and `gap` are the act itself: they are what the client's application does with what it gets.
 */
export type ClientLine = Stamped & ClientRecord;
export type ServerLine = Stamped & ServerRecord;

/** Microseconds of the machine's monotonic clock, which all its processes share. */
interface Stamped {
  readonly us: number;
}

export type ClientRecord =
  /** A life begins. */
  | { readonly kind: 'start'; readonly life: number }
  | {
      readonly kind: 'opened';
      readonly sid: string;
      readonly stream: string;
      readonly epoch: number;
      readonly result: 'resumed' | 'partial' | 'new';
    }
  /** A server has told the client that its token is not good. */
  | { readonly kind: 'tokenRefused' }
  | { readonly kind: 'sent'; readonly n: number; readonly keyed: boolean; readonly perishable: boolean }
  | { readonly kind: 'accepted'; readonly n: number }
  /** Surely not accepted. */
  | { readonly kind: 'refused'; readonly n: number; readonly why: string }
  /** Nobody knows; `resent` where it is sent again and another line will follow. */
  | { readonly kind: 'unknown'; readonly n: number; readonly resent: boolean }
  /** The client's store has said that it keeps all messages of this life up to this one that are not settled. */
  | { readonly kind: 'stored'; readonly n: number }
  /** The client says that its store fails: until it works again, the session is in memory alone. */
  | { readonly kind: 'storage'; readonly works: boolean }
  | { readonly kind: 'delivered'; readonly id: string }
  /** Came again, and was dropped: the application's own record has it. */
  | { readonly kind: 'repeated'; readonly id: string }
  /** The range is null where the session itself was lost. */
  | {
      readonly kind: 'gap';
      readonly direction: 's2c' | 'c2s';
      readonly stream: string;
      readonly range: readonly [from: number, to: number] | null;
    }
  | Trouble
  /** A life ends in the orderly way. */
  | { readonly kind: 'stopped' };

export type ServerRecord =
  | { readonly kind: 'start' }
  | AttachStep
  | HeldStep
  | { readonly kind: 'gap'; readonly sid: string; readonly from: number; readonly to: number }
  | { readonly kind: 'push'; readonly id: string }
  | { readonly kind: 'pushed'; readonly id: string }
  | Trouble
  | { readonly kind: 'stopped' };

/** `warning`: told by the product, which goes on. `failed`: it has given up, or its process has crashed. */
export interface Trouble {
  readonly kind: 'warning' | 'failed';
  readonly what: string;
}

/** The store has answered an attach. */
export interface AttachStep {
  readonly kind: 'attach';
  readonly subject: string;
  /** As the client said it; empty where it knew of no session. */
  readonly asked: string;
  readonly startUs: number;
  readonly result: 'resumed' | 'partial' | 'new' | 'refused' | 'failed';
  /** Of the session that was attached; empty where none was. */
  readonly sid: string;
  readonly stream: string;
  readonly epoch: number;
}

/** The store has answered a step that only the session's newest connection may do. */
export interface HeldStep {
  readonly kind: 'step';
  readonly op: 'read' | 'accept' | 'acknowledge' | 'end';
  readonly sid: string;
  readonly epoch: number;
  readonly startUs: number;
  readonly result: 'done' | 'fenced' | 'failed';
  /** Numbers that the client gave up, as an `accept` found them. */
  readonly gaps?: readonly (readonly [number, number])[];
}

/** A row that the servers' application wrote, in the transaction that accepted the message. */
export interface EffectRow {
  readonly client: string;
  readonly n: number;
  readonly sid: string;
  readonly stream: string;
  readonly seq: number;
  readonly epoch: number;
}

/** A message to a client, as a trigger of the database saw it come into the log. */
export interface AppendedRow {
  readonly sid: string;
  readonly stream: string;
  readonly seq: number;
  readonly to: string;
  readonly id: string;
}

/** All that a soak leaves behind. */
export interface Evidence {
  readonly clients: ReadonlyMap<string, readonly ClientLine[]>;
  readonly servers: ReadonlyMap<string, readonly ServerLine[]>;
  /** In the order in which they were written. */
  readonly effects: readonly EffectRow[];
  readonly appended: readonly AppendedRow[];
  /** What the servers ran with. */
  readonly ttlMs: number;
  readonly replayCount: number;
}

/** What a client says. `n` rises from message to message, over all its lives. */
export interface Said {
  readonly client: string;
  readonly n: number;
}

/** What a server says: its answer to a message, or a push of its own. */
export interface Told {
  readonly to: string;
  readonly id: string;
}

export const answerId = ({ client, n }: Said): string => `re:${client}:${n}`;
