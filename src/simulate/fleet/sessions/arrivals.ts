import type { Connections } from './connections.ts';
import { busy, moved } from './hostTurns.ts';
import { WHAT } from './packets.ts';

/** Something reaches a client. */
export function arrive(
  connections: Connections,
  what: number | undefined,
  client: number,
  link: number,
  windowMs: number,
): void {
  if (what === WHAT.up) connections.up(client, link);
  else if (what === WHAT.failed) connections.failed(client, link);
  else if (what === WHAT.welcome) connections.welcome(client, link, windowMs);
  else if (what === WHAT.busy) connections.turnedAway(client, link, busy(windowMs));
  else if (what === WHAT.moved) connections.turnedAway(client, link, moved(windowMs));
  else if (what === WHAT.pong) connections.heard(client, link, windowMs);
  else if (what === WHAT.reset) connections.reset(client, link);
}
