import type { Guard } from './guard.ts';
import type { PartText } from './introduction.ts';
import type { Servers } from './serverProcess.ts';
import type { Timeline } from './timeline.ts';

export interface PlayOptions {
  /** Where what happens is told. */
  readonly timeline: Timeline;
  /** Called when both servers of a part listen. */
  readonly onPart: (text: PartText, servers: Servers) => void;
  /** Ends the play early; it then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** What every part of the play is given. */
export interface Scene extends PlayOptions {
  readonly names: readonly [upper: string, lower: string];
  /** An empty place for files. */
  readonly directory: string;
  readonly guard: Guard;
}
