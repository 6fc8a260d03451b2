import type { Rig } from '../../test/rig/rig.ts';

/** Where a host is to run. */
export interface Place {
  readonly name: string;
  readonly port: number;
  readonly namespace?: { readonly address: string; readonly prefix: readonly string[] };
}

/** One of the two hosts of a conversation, in processes of its own. */
export interface Host {
  /** Origin, as a client is given it. */
  readonly url: string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** The same host anew, without what it remembered. */
  restart(): Promise<void>;
  /**
   * Says `<its name> <n>`, n = 1, 2, …, every {@link FEED_MS}, from now until {@link hush}, to all of `users` that it can reach:
   * most servers reach those who are connected to them.
   */
  speak(users: readonly string[]): Promise<void>;
  /** Is silent again, and tells the last number. */
  hush(): Promise<number>;
  /** How often it processed each message, by its own journal. Also after its death and while it is frozen. */
  processed(): Map<string, number>;
}

export const FEED_MS = 20;

/** One user's end of a conversation. */
export interface Conversation {
  /** Says a message. Rejects or throws where the library tells its user that it will not arrive. */
  send(id: string): unknown;
  close(): unknown;
}

export interface ConversationSettings {
  /** Names the user: unique in a run. */
  readonly user: string;
  /** The first is wanted. */
  readonly hosts: readonly [string, string];
  /** Takes what the servers say: `<host> <words>`. */
  onMessage(text: string): void;
}

/** A library, and what its users write so that it has a second host. */
export interface Peer {
  readonly name: string;
  /** What was written for it, and what it does by itself. */
  readonly how: string;
  /** True for what is built here. */
  readonly ours?: boolean;
  /** Why it can't be shown on this machine, where it can't. */
  unavailable?(): string | undefined;
  /** Starts the hosts, the first at `places[0]`. They end with the rig. */
  hosts(rig: Rig, places: readonly [Place, Place]): Promise<readonly [Host, Host]>;
  /** Resolves when the conversation is open. */
  converse(settings: ConversationSettings): Promise<Conversation>;
}
