import type { ClientState } from '../../session/clientState.ts';
import { entriesOf } from '../../session/outbox.ts';
import type { ServerState } from '../../session/serverState.ts';
import type { SessionRecord } from '../../session/sessionRecord.ts';
import { PENDING_KEPT, RETIRED_KEPT } from '../../session/token.ts';
import { broken } from './brokenPromise.ts';
import { CLIENT, SERVER } from './parties.ts';

/** What holds after every step of a client. */
export function checkClient(state: ClientState): void {
  const { outbox, attempts, link } = state;
  const entries = entriesOf(outbox);
  let bytes = 0;
  let last = 0;
  for (const entry of entries) {
    bytes += entry.bytes;
    if (entry.seq <= last) broken('an outbox is out of order');
    last = entry.seq;
  }
  if (bytes !== outbox.bytes) broken('an outbox is miscounted');
  if (entries.length > CLIENT.outbox.count || bytes > CLIENT.outbox.bytes) broken('an outbox is over its limits');
  if (last > outbox.tx || outbox.sent > outbox.tx) broken('an outbox has numbers that it has not given');
  // Each that is given up makes room for one other before the disk says so.
  if (state.givenUp.length > 2 * CLIENT.outbox.count) broken('what was given up piles up');
  if (attempts.length + (link === null ? 0 : 1) > 3) broken('a client has too many connections');
  if (attempts.filter(({ kind }) => kind === 'greeting').length > 1) broken('a client says two hellos at a time');
  const early = state.sid !== '' && state.saved.version >= state.welcomedAt && state.saved.rx > state.rx;
  if (state.handed > state.rx || early) broken('a client got more than it received');
}

/** What holds after every step of a server. */
export function checkServer(state: ServerState): void {
  if (state.kind !== 'open') return;
  const { flying, flyingBytes, queue } = state;
  if (flying.length > SERVER.window[0] + 1) broken(`${flying.length} messages are on the way`);
  const lone = flying.length <= 1 ? Infinity : SERVER.window[1] + SERVER.maxBytes;
  if (flyingBytes > lone) broken(`${flyingBytes} bytes are on the way`);
  if (queue.length > 2 * SERVER.window[0]) broken("a server's queue is over its limit");
  if (state.acked > state.sent || state.rx > state.asked) broken("a server's counters crossed");
}

/** What holds after every step of the store. */
export function checkRecord(record: SessionRecord, logged: number): void {
  const { rx, tx, floor, held, tokens } = record;
  if (logged > SERVER.replay.count || held > SERVER.replay.bytes) broken('a log is over its limits');
  if (logged !== tx - floor) broken(`a log has ${logged} messages from ${floor + 1} to ${tx}`);
  if (floor > tx || rx < 0 || held < 0) broken("a record's counters crossed");
  if (tokens.pending.length > PENDING_KEPT || tokens.retired.length > RETIRED_KEPT) broken('tokens pile up');
}
