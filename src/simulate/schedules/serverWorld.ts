import type { FrameToClient } from '../../session/frames.ts';
import type { ServerEvent, StoreRequest, StoreResult } from '../../session/serverState.ts';
import type { Agenda } from './agenda.ts';
import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { Line } from './line.ts';
import type { Parts } from './parts.ts';
import type { Weather } from './weather.ts';
import type { Witness } from './witness.ts';

/** What a server's process needs of the world. */
export interface ServerWorld {
  readonly agenda: Agenda;
  readonly weather: Weather;
  readonly parts: Parts;
  readonly witness: Witness;
  /** Has the store do something, now. */
  ask(request: StoreRequest): StoreResult;
  readonly credentials: Credentials;
  toClient(line: Line, frame: FrameToClient): void;
  /** The server's end of a line has closed, and the client is to hear of it. */
  closed(line: Line): void;
  /** Values that nobody has drawn before. */
  fresh(): { readonly sid: string; readonly stream: string; readonly token: string; readonly hash: string };
  /** What the store did for one connection others hear of. */
  announce(request: StoreRequest, result: StoreResult): void;
}

/** Who hears what the store has answered. */
export interface Asker {
  feed(event: ServerEvent): void;
}

/** What a server's process is to its connections and its desk. */
export interface ServerProcess {
  readonly at: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly life: number;
  readonly running: boolean;
  readonly isDraining: boolean;
  readonly desk: { ask(asker: Asker, request: StoreRequest): void };
  hangUp(line: Line): void;
  whenAwake(task: () => void): void;
}
