/**
 * What a test and a server process say to each other. The faulty server speaks it, and so may any other server program
 * (a WebSocket server, an example) that is started by path: it takes a {@link Launch} as JSON in its first argument,
 * calls `answerParent` (server/control.ts), and reports its port.
 */

/** How a server behaves from now on. Every mode but `ok` is a fault or a planned absence. */
export type Mode =
  | { readonly kind: 'ok' }
  /** An answer with this status instead of the real one. Default 503. The work is not done. */
  | ({ readonly kind: 'status'; readonly status?: number; readonly headers?: Headers } & Scope)
  /** 500 with a page of HTML, as an application that broke halfway sends it. The work is done. */
  | ({ readonly kind: 'errorPage' } & Scope)
  /** 503 (or 421) with `Switchover-Role: standby`, and `Switchover-Active` where given. The work is not done. */
  | ({ readonly kind: 'standby'; readonly active?: string; readonly status?: 421 | 503 } & Scope)
  /**
   * Answers as always, with `Switchover-Role: draining`; readiness says 503. With `endAfterMs` the process then stops
   * listening, ends what is under way (5 s at most) and exits.
   */
  | ({ readonly kind: 'draining'; readonly retryWindowS?: number; readonly endAfterMs?: number } & Scope)
  /** The connection is reset (RST) after the request was read and before a byte of the answer. The work is done. */
  | ({ readonly kind: 'resetBeforeHeaders' } & Scope)
  /**
   * Headers and `afterBytes` of the body, then a reset, or (`how: 'end'`) an early end of the connection.
   * `afterBytes`: default half of a body of known length, else its first chunk. The work is done.
   */
  | ({ readonly kind: 'resetMidBody'; readonly afterBytes?: number; readonly how?: 'reset' | 'end' } & Scope)
  /** Headers and `afterBytes` (default as above) of the body, then silence on an open connection. The work is done. */
  | ({ readonly kind: 'stalledBody'; readonly afterBytes?: number } & Scope)
  /** The work is done at once, its answer begins `delayMs` later. */
  | ({ readonly kind: 'slowHeaders'; readonly delayMs: number } & Scope)
  /** The work is done, and its answer comes whole, in pieces of `chunkBytes` (default 1,024) each `everyMs`. */
  | ({ readonly kind: 'slowBody'; readonly everyMs: number; readonly chunkBytes?: number } & Scope)
  /** Accepts, reads all, does the work, never answers. */
  | ({ readonly kind: 'mute' } & Scope)
  /** The port is closed and open connections are reset, until the next mode. Nothing is received. */
  | { readonly kind: 'refused' };

/** Which requests a mode is for. The others are answered as in `ok`. */
export interface Scope {
  /** It hits this many requests, then the mode is `ok` again. Default: no end. Probes count only if they are hit. */
  readonly times?: number;
  /** Whether requests under `/healthz/` are hit as well (`hit`, the default) or find a healthy server (`spared`). */
  readonly probes?: 'hit' | 'spared';
  /**
   * Only these requests are hit: those for pages (`navigations`), all others (`rest`), or those for some paths, without
   * their query. Default: all.
   */
  readonly only?: 'navigations' | 'rest' | readonly string[];
  /** Whether the work of `/work` is done before the fault shows. Default: as each mode says. */
  readonly work?: 'done' | 'skipped';
}

/** Header values by name. */
export type Headers = Readonly<Record<string, string>>;

/** Files, and answers that no file gives. */
export interface Site {
  /** Read at each request. `/about` is `about.html`; any other path without an ending is `any.html`, if that is there. */
  readonly folder: string;
  /** By path, without a query: what differs from the file's own answer. */
  readonly answers?: Readonly<Record<string, SiteAnswer>>;
}

/** Default of each part: as the file gives it. */
export interface SiteAnswer {
  readonly status?: number;
  readonly headers?: Headers;
  readonly body?: string;
}

/** What a server says of itself, and how its routes answer. May be changed while it runs. */
export interface Settings {
  /** `Switchover-Role` on every answer. Default: not sent, as by a server that knows nothing of Switchover. */
  readonly role?: 'active' | 'standby' | 'draining';
  /** `Switchover-Epoch`, such as `main;7`. Default: not sent. */
  readonly epoch?: string;
  /** `Switchover-Active`: the origin of the active host. Default: not sent. */
  readonly active?: string;
  /** Other headers on every answer. */
  readonly headers?: Headers;
  /** Named health checks of `/healthz/ready`; one `false` makes the server unready. Default: `{ ping: true }`. */
  readonly checks?: Readonly<Record<string, boolean>>;
  /** Bytes of padding after a health answer, for a client that must bound what it reads. Default 0. */
  readonly healthPadBytes?: number;
  /** Part of the bytes and the ETag of `/file`: another version is another file. Default ''. */
  readonly fileVersion?: string;
  /** Ending of the ETag alone, for servers that do not share their ETags. Default ''. */
  readonly etagSuffix?: string;
  /**
   * How `Range` is answered: `honoured`; `ignored` (200 and all of it); `shifted` (a 206 that begins one byte late);
   * `unchecked` (`If-Range` is not looked at). Default `honoured`.
   */
  readonly ranges?: 'honoured' | 'ignored' | 'shifted' | 'unchecked';
  /** Whether pages of other origins may read the answers. Default true. */
  readonly cors?: boolean;
  /** Served at all paths that the server has not got itself. Default: those are 404. */
  readonly site?: Site;
}

/** What a server process is started with, as JSON in its first argument. */
export interface Launch {
  /** Its name in its answers and its journal. */
  readonly name: string;
  /** The address it listens on. */
  readonly host: string;
  /** 0 means any free one. */
  readonly port: number;
  /** The file it writes what it receives and does to, line by line; see journal.ts. */
  readonly journal: string;
  /** PEM texts; with them it speaks HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly mode?: Mode;
  readonly settings?: Settings;
  /** For a server program of another kind: whatever it wants. */
  readonly extra?: unknown;
}

/** From the test to the server. Each is answered by a {@link Reply} once it has taken effect. */
export type Command =
  | { readonly kind: 'mode'; readonly mode: Mode }
  | { readonly kind: 'configure'; readonly settings: Settings }
  /** Nothing: shows that the server's event loop turns. */
  | { readonly kind: 'ping' }
  /** Stop listening, end what is under way, exit. */
  | { readonly kind: 'end' }
  /** For a server program of another kind. */
  | { readonly kind: 'custom'; readonly value: unknown };

/** A command on its way, with the number that its reply carries. */
export interface Envelope {
  readonly id: number;
  readonly command: Command;
}

/** From the server to the test. */
export type Report =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'done'; readonly id: number; readonly value?: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
