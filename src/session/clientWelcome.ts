import { capped, dropAll, giveUp, heard } from './clientLinks.ts';
import { discard, settle } from './clientSettling.ts';
import type { Attempt, ClientState, Link, Turn } from './clientState.ts';
import { HEADER_BYTES } from './codec.ts';
import { CLOSE, type WelcomeFrame } from './frames.ts';
import { dated, entriesOf, type Outbox, renumber, stale } from './outbox.ts';
import { NEVER } from './sessionEnv.ts';

/** A connection is open: the session goes on there, or begins anew, and the connection before it is let go. */
export function welcomed(state: ClientState, attempt: Attempt, welcome: WelcomeFrame, turn: Turn): ClientState {
  const same = welcome.sid === state.sid && welcome.stream === state.stream;
  if (welcome.result !== 'new' && !same) return giveUp(state, attempt.id, CLOSE.badFrame, turn);
  // An older epoch than our own: a server of the past.
  if (same && welcome.epoch <= state.epoch) return giveUp(state, attempt.id, CLOSE.superseded, turn);
  dropAll(state, turn, attempt.id);
  if (state.link !== null) turn.out.push({ kind: 'drop', link: state.link.id, code: CLOSE.done });
  const told = hasLost(state, welcome) ? welcome : { ...welcome, result: 'resumed' as const };
  turn.out.push({ kind: 'opened', link: attempt.id, host: attempt.host, welcome: told });
  const went = same && welcome.result !== 'new' ? resumed(state, welcome, turn) : begun(state, welcome, turn);
  const { sid, token, stream, epoch } = welcome;
  const windowMs = capped(welcome.retryWindowMs, turn);
  const link = linkOf(attempt, welcome, turn);
  const fits = worthSending({ ...went, maxBytes: welcome.maxBytes }, turn.nowMs);
  const calm = { attempts: [], connectAtMs: NEVER, move: null, to: null, windowMs, refusals: 0 };
  const version = fits.version + 1;
  return { ...fits, ...calm, sid, token, stream, epoch, link, version, gaveUpAt: version, welcomedAt: version };
}

/** False for a loss that is none: what came and was acknowledged on the old connection while the hello was on its way. */
function hasLost({ rx }: ClientState, { result, lost: { s2c, c2s } }: WelcomeFrame): boolean {
  return result !== 'partial' || c2s !== null || !Array.isArray(s2c) || s2c[1] > rx;
}

function linkOf({ id, host }: Attempt, welcome: WelcomeFrame, turn: Turn): Link {
  const { heartbeatMs, window } = welcome;
  const times = { sinceMs: turn.nowMs, pingAtMs: 0, deadAtMs: 0, ackAtMs: NEVER };
  const numbers = {
    seen: welcome.replayFrom - 1,
    draw: turn.random(),
    flying: 0,
    flyingBytes: 0,
    acked: 0,
    owedBytes: 0,
    missed: false,
  };
  return heard({ kind: 'welcomed', id, host, heartbeatMs, window, ...times, ...numbers }, turn);
}

/** The numbers go on. Whatever the server has not accepted until now it will not: the epoch keeps the old connection out. */
function resumed(state: ClientState, welcome: WelcomeFrame, turn: Turn): ClientState {
  const { c2s } = welcome.lost;
  if (c2s !== null && c2s !== 'unknown') {
    turn.out.push({ kind: 'gap', direction: 'c2s', stream: state.stream, from: c2s[0], to: c2s[1] });
  }
  const skipped = skipTo(state, welcome.replayFrom - 1, turn);
  // More than we have sent: we are a copy, or our own store was set back, and those numbers stand for other messages there.
  if (welcome.rx > state.outbox.sent) return { ...skipped, outbox: forsake(state.outbox, welcome.rx, turn) };
  const outbox = settle(state.outbox, welcome.rx, turn);
  return { ...skipped, outbox: dated({ ...outbox, sent: welcome.rx }) };
}

/** A new log: what was on the way in the old one is lost, as far as anyone can tell. */
function begun(state: ClientState, welcome: WelcomeFrame, turn: Turn): ClientState {
  const { stream, rx } = state;
  if (stream !== '') turn.out.push({ kind: 'gap', direction: 's2c', stream, from: rx + 1, to: null });
  const untold = stream === '' ? state.untold : [...state.untold, stream];
  const outbox = forsake(state.outbox, welcome.rx, turn);
  // A log that others have used before us begins later than at 1; the application has to hear of that, as of any gap, before it is stored.
  const fresh = skipTo({ ...state, stream: welcome.stream, rx: 0 }, welcome.replayFrom - 1, turn);
  return { ...fresh, handed: 0, untold, outbox };
}

function forsake(outbox: Outbox, base: number, turn: Turn): Outbox {
  const fresh = renumber(outbox, base);
  for (const { id, key } of fresh.unknown) turn.out.push({ kind: 'unknown', id, resent: key !== null });
  return fresh.outbox;
}

/** Messages from the server up to a number will not come. */
export function skipTo(state: ClientState, to: number, turn: Turn): ClientState {
  if (to <= state.rx) return state;
  turn.out.push({ kind: 'gap', direction: 's2c', stream: state.stream, from: state.rx + 1, to });
  return { ...state, rx: to };
}

/** What has become stale meanwhile is not sent again; and what this server will never take would close each connection anew. */
function worthSending(state: ClientState, nowMs: number): ClientState {
  const fresh = discard(state, stale(state.outbox, nowMs), 'expired');
  const most = state.maxBytes - HEADER_BYTES;
  return discard(
    fresh,
    entriesOf(fresh.outbox).filter(({ bytes }) => bytes > most),
    'too-large',
  );
}
