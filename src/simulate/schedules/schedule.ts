import type { OutboxLimits } from '../../session/outbox.ts';

/**
 * One life of a few clients and their servers, and all that happens to them, as data. A schedule and the code give the same run each time.
 *
 * What a step names may be gone by then (a copy that was never made, a line that has closed): it does nothing. So any part of a
 * schedule is a schedule.
 */
export interface Schedule {
  /** Of what is drawn while it runs: how long frames take, what machines draw. Each line, disk and machine has a stream of its own. */
  readonly seed: number;
  readonly clients: number;
  /** What the clients' outboxes do that have no room left. */
  readonly whenFull: OutboxLimits['whenFull'];
  readonly steps: readonly Step[];
}

/** Something that happens at a moment of virtual time. `client` and `server` count from 0; copies come after the clients they are of. */
export type Step = { readonly atMs: number } & (
  | Work
  | Credentials
  | ClientFault
  | NetworkFault
  | ServerFault
  | StoreFault
);

/** What the applications do. */
type Work =
  | {
      readonly do: 'send';
      readonly client: number;
      readonly count: number;
      readonly keyed: boolean;
      /** Null: never stale. */
      readonly ttlMs: number | null;
    }
  /** The server's application speaks: through the session's own connection, or from a server that has not got it. */
  | { readonly do: 'say'; readonly client: number; readonly count: number; readonly from: 'own' | 'elsewhere' }
  /** The client takes back what it has sent last. */
  | { readonly do: 'cancel'; readonly client: number }
  | { readonly do: 'wake' | 'move' | 'flush'; readonly client: number }
  /** The session is over, and another begins: the client has done with it, or the server's application has. */
  | { readonly do: 'end'; readonly client: number }
  | { readonly do: 'dismiss'; readonly client: number }
  | { readonly do: 'drain'; readonly server: number; readonly deadlineMs: number; readonly jitterMs: number };

/** Who may come, and who comes instead. */
type Credentials =
  /** The server asks for a fresh credential, and gets one: the client's own, or somebody else's. */
  | { readonly do: 'renew'; readonly client: number; readonly withinMs: number; readonly as: 'owner' | 'other' }
  /** The credentials that the client has had so far are good no longer. */
  | { readonly do: 'expire'; readonly client: number }
  /** A thief shows a token that was on the wire before, as its owner or as somebody else. */
  | { readonly do: 'replay'; readonly nth: number; readonly as: 'owner' | 'other' }
  /** A thief who has the client's credential, too, shows its newest token, and goes on as the client, or not. */
  | { readonly do: 'steal'; readonly client: number; readonly uses: boolean };

type ClientFault =
  /**
   * The process dies, and comes back from its disk. It errs by `clockErrorMs` in how long it was away. `torn`: what it was just writing
   * is neither old nor new; `unreadable`: the disk does not answer, so the next process has nothing, and stores nothing.
   */
  | {
      readonly do: 'crash';
      readonly client: number;
      readonly downMs: number;
      readonly clockErrorMs: number;
      readonly disk: 'sound' | 'torn' | 'unreadable';
    }
  /** The process is frozen; its clock stands still meanwhile, or has jumped. */
  | { readonly do: 'suspend'; readonly client: number; readonly forMs: number; readonly clockStops: boolean }
  /** The clock goes so many times as fast as it should. */
  | { readonly do: 'drift'; readonly client: number; readonly rate: number }
  /** The clock is set: ahead or back. */
  | { readonly do: 'jump'; readonly client: number; readonly byMs: number }
  | { readonly do: 'slowDisk' | 'slowApp'; readonly client: number; readonly forMs: number; readonly extraMs: number }
  /** The disk takes nothing, so the process goes on in memory; or the application fails at what it is told. */
  | { readonly do: 'diskFails' | 'appFails'; readonly client: number; readonly forMs: number }
  /** The tab is cloned: the stored session gets a second owner, or (as it should be) the clone finds that it has one, and begins another. */
  | { readonly do: 'copy' | 'fork'; readonly client: number };

type NetworkFault =
  /** The client's newest line breaks. Who is not in `heard` finds out by itself: a half-closed line. */
  | { readonly do: 'cut'; readonly client: number; readonly heard: 'both' | 'client' | 'server' | 'none' }
  /** Frames to or from a server vanish, and with them whatever comes after them on their lines. */
  | { readonly do: 'blackHole'; readonly server: number; readonly forMs: number; readonly side: 'up' | 'down' | 'both' }
  | { readonly do: 'delay'; readonly server: number; readonly forMs: number; readonly extraMs: number };

type ServerFault =
  /** The process dies. Where no `reset` tells of it, its lines hang in the air. */
  | { readonly do: 'crashServer'; readonly server: number; readonly downMs: number; readonly reset: boolean }
  | { readonly do: 'freezeServer'; readonly server: number; readonly forMs: number }
  | { readonly do: 'driftServer'; readonly server: number; readonly rate: number }
  | { readonly do: 'jumpServer'; readonly server: number; readonly byMs: number }
  /** The application's handler of messages fails: at the first of those that came together, or at a later one. */
  | { readonly do: 'handlerFails'; readonly server: number; readonly forMs: number };

type StoreFault =
  /** The store does not answer what it is asked: it has done it, or not. */
  | { readonly do: 'storeFails'; readonly forMs: number; readonly done: boolean }
  | { readonly do: 'slowStore'; readonly forMs: number; readonly extraMs: number }
  | { readonly do: 'jumpStore'; readonly byMs: number }
  /** The store loses the client's session. Keys are kept. */
  | { readonly do: 'storeLoses'; readonly client: number }
  /** Everything in the store, and what the application made of it, is put aside; and put back. */
  | { readonly do: 'backup' | 'restore' };
