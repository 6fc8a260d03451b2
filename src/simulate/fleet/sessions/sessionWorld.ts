import type { AttemptEnd } from '../../../policy/outcome.ts';
import type { ClientEvent, ClientState } from '../../../session/clientState.ts';
import type { FleetWorld } from '../fleetWorld.ts';
import type { SessionOptions } from '../scenario.ts';
import type { SessionHost } from './sessionHost.ts';
import type { SessionRecord } from './sessionRecord.ts';

/** The host of a client that has no connection. */
export const NOWHERE = 255;

/** What the parts of a session fleet see of it. */
export interface SessionWorld extends FleetWorld {
  readonly hosts: readonly SessionHost[];
  readonly seen: SessionRecord;
  readonly options: SessionOptions;
  machineOf(client: number): ClientState;
  /** Feeds an event to a client's session machine, after those that wait already. */
  tell(client: number, event: ClientEvent): void;
  /** Books the end of an attempt at a host with the client's pool. */
  book(client: number, host: number, end: AttemptEnd, startedMs: number): void;
  /** Tells it that an attempt was given up, which says nothing of the host. */
  abandon(client: number, host: number, startedMs: number): void;
  /** Something will reach a client at a moment. */
  deliver(what: number, client: number, link: number, atMs: number, windowMs?: number): void;
}
