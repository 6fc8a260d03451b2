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
  readonly steps: readonly Step[];
}

/** Something that happens at a moment of virtual time. `client` and `server` count from 0; copies come after the clients they are of. */
export type Step = { readonly atMs: number } & (Work | ClientFault | NetworkFault | ServerFault);

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
  /** The session is over, and another begins. */
  | { readonly do: 'end'; readonly client: number }
  | { readonly do: 'drain'; readonly server: number; readonly deadlineMs: number; readonly jitterMs: number };

type ClientFault =
  /** The process dies, and comes back from its disk. It errs by `clockErrorMs` in how long it was away. */
  | { readonly do: 'crash'; readonly client: number; readonly downMs: number; readonly clockErrorMs: number }
  /** The process is frozen; its clock stands still meanwhile, or has jumped. */
  | { readonly do: 'suspend'; readonly client: number; readonly forMs: number; readonly clockStops: boolean }
  /** The clock goes so many times as fast as it should. */
  | { readonly do: 'drift'; readonly client: number; readonly rate: number }
  | { readonly do: 'slowDisk' | 'slowApp'; readonly client: number; readonly forMs: number; readonly extraMs: number }
  /** The stored session gets a second owner. */
  | { readonly do: 'copy'; readonly client: number }
  /** A thief shows a token that was on the wire before, as its owner or as somebody else. */
  | { readonly do: 'replay'; readonly nth: number; readonly as: 'owner' | 'other' };

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
  /** The store does not answer what it is asked: it has done it, or not. */
  | { readonly do: 'storeFails'; readonly forMs: number; readonly done: boolean }
  | { readonly do: 'slowStore'; readonly forMs: number; readonly extraMs: number }
  /** The store loses the client's session. Keys are kept. */
  | { readonly do: 'storeLoses'; readonly client: number };
