import type { ClientState, Refusal, Turn } from './clientState.ts';
import { EMPTY_OUTBOX, type Entry, entriesOf, lowest, type Outbox, upTo, without, withoutFirst } from './outbox.ts';

/** The server has accepted everything up to a number. */
export function settle(outbox: Outbox, rx: number, turn: Turn): Outbox {
  if (lowest(outbox) > rx) return outbox;
  const accepted = upTo(outbox, rx);
  for (const { id } of accepted) turn.out.push({ kind: 'accepted', id });
  const bytes = accepted.reduce((sum, entry) => sum + entry.bytes, 0);
  return withoutFirst(outbox, accepted.length, bytes);
}

/** Gives messages up that were surely not accepted. */
export function discard(state: ClientState, gone: readonly Entry[], why: Refusal): ClientState {
  if (gone.length === 0) return state;
  const version = state.version + 1;
  const givenUp = [
    ...state.givenUp,
    ...gone.map(({ id, doubt }) => ({ id, why: doubt ? ('doubt' as const) : why, version })),
  ];
  return { ...state, outbox: without(state.outbox, gone), version, gaveUpAt: version, givenUp };
}

/** The session is over, and with it what it had to say. */
export function forget(state: ClientState, turn: Turn): ClientState {
  const { outbox } = state;
  for (const { id } of upTo(outbox, outbox.sent)) turn.out.push({ kind: 'unknown', id, resent: false });
  const unsent = entriesOf(outbox).filter(({ seq }) => seq > outbox.sent);
  const none = { sid: '', token: '', stream: '', epoch: 0, rx: 0, handed: 0, outbox: EMPTY_OUTBOX };
  return { ...discard(state, unsent, 'stopped'), ...none, version: state.version + 1 };
}
