import type { ClientEffect, SavedSession } from '../../session/clientState.ts';

/** What a client's application knows of one stream: all numbers up to `upTo` came, but for the gaps that it was told of. */
interface Seen {
  readonly upTo: number;
  /** It was told that nothing else will come. */
  readonly lost: boolean;
}

/** What a client's application has stored, by stream. */
export type App = Readonly<Record<string, Seen>>;

/** What a client's machine tells its application in order, and what that takes its time for. */
export type News = Extract<ClientEffect, { kind: 'deliver' | 'gap' }>;

/** What is on a client's disk, written as one piece. */
export interface Disk {
  readonly session: SavedSession;
  readonly app: App;
  /** On the clock that no fault touches. */
  readonly atMs: number;
}

export const seenOf = (app: App, stream: string): Seen => app[stream] ?? { upTo: 0, lost: false };
