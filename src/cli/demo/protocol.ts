/** What a server program is started with, as JSON in its first argument. */
export interface Launch {
  readonly name: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Path of the SQLite file that all servers share. */
  readonly database: string;
}

/** What a server is told from outside; each is answered with `done` once it is in effect. */
export type Command =
  | { readonly kind: 'serve' }
  /** Answer 503 to everything, without doing any work. */
  | { readonly kind: 'fail' }
  /** Ask clients to leave within the window, finish what is under way, then end. */
  | { readonly kind: 'drain'; readonly windowS: number }
  /** Stop this very process by SIGSTOP. */
  | { readonly kind: 'freeze' };

export type Report = { readonly kind: 'listening'; readonly port: number } | { readonly kind: 'done' };
