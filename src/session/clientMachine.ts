import { capped, connect, ended, giveUp, greet, heard, leave, probe, stop } from './clientLinks.ts';
import type { ClientPolicy } from './clientPolicy.ts';
import { acknowledge, onAck, onSaved, onSend, pump, save, transmit, withLink } from './clientSending.ts';
import { discard, forget } from './clientSettling.ts';
import type { ClientEffect, ClientEvent, ClientState, Link, Turn } from './clientState.ts';
import { skipTo, welcomed } from './clientWelcome.ts';
import { CLOSE, type FrameFromServer } from './frames.ts';
import { dated, entriesOf, type Outbox, stale } from './outbox.ts';
import { NEVER, type SessionEnv } from './sessionEnv.ts';

/** One step of a client. The effects are to be run in their order. */
export function stepClient(
  state: ClientState,
  event: ClientEvent,
  policy: ClientPolicy,
  env: SessionEnv,
): { readonly state: ClientState; readonly effects: readonly ClientEffect[] } {
  const turn: Turn = { ...env, policy, out: [] };
  const went = apply(state, event, turn);
  const next = went === state ? state : save(pump(relieve(state, went, turn), turn), turn);
  return { state: next, effects: turn.out };
}

/** When the client wants its next `tick`; {@link NEVER}, if never. */
export function nextClientTickMs(state: ClientState, policy: ClientPolicy): number {
  const { link, attempts, outbox } = state;
  let nextMs = Math.min(state.connectAtMs, outbox.staleAtMs);
  if (link !== null) {
    const calmAtMs = state.round > 0 ? link.sinceMs + policy.minUptimeMs : NEVER;
    nextMs = Math.min(nextMs, link.deadAtMs, link.ackAtMs, calmAtMs, link.kind === 'live' ? link.pingAtMs : NEVER);
  }
  for (const { deadlineMs } of attempts) nextMs = Math.min(nextMs, deadlineMs);
  return nextMs;
}

function apply(state: ClientState, event: ClientEvent, turn: Turn): ClientState {
  switch (event.kind) {
    case 'start': {
      const idle = state.link === null && state.attempts.length === 0 && state.connectAtMs === NEVER;
      return idle ? connect({ ...state, stopped: 0, refusals: 0 }, turn) : state;
    }
    case 'opened':
      return greet(state, event.link, event.host, event.auth, turn);
    case 'frame':
      return onFrame(state, event.link, event.frame, event.bytes, turn);
    case 'closed':
      return ended(state, event.link, event.code, turn);
    case 'broken':
      return isKnown(state, event.link) ? giveUp(state, event.link, event.code, turn) : state;
    case 'send':
      return onSend(state, event, turn);
    case 'cancel':
      return cancel(state, event.id);
    case 'handed':
    case 'told':
      return got(state, event);
    case 'full':
      return refill({ ...state, full: event.full }, turn);
    case 'saved':
      return onSaved(state, turn, event.mark);
    case 'wake':
      return probe(state, turn);
    case 'move':
      return move(state, turn);
    case 'flush':
      return withLink(state, (link) => acknowledge(link, state, turn));
    case 'renewed':
      return renewed(state, event.auth, turn);
    case 'tick':
      return onTick(state, turn);
    case 'stop':
      return onStop(state, event.end, turn);
  }
}

function move(state: ClientState, turn: Turn): ClientState {
  const isBusy = state.link === null || state.attempts.length > 0 || state.move !== null;
  return isBusy ? state : connect({ ...state, move: 'asked', cause: 'asked' }, turn);
}

/** The application has got messages, or heard of a loss. */
function got(state: ClientState, event: Extract<ClientEvent, { kind: 'handed' | 'told' }>): ClientState {
  const { stream, untold, handed, version } = state;
  if (event.kind === 'told') {
    if (!untold.includes(event.stream)) return state;
    return { ...state, untold: untold.filter((one) => one !== event.stream), version: version + 1 };
  }
  const isNews = event.stream === stream && event.rx > handed && event.rx <= state.rx;
  return isNews ? { ...state, handed: event.rx, version: version + 1 } : state;
}

function renewed(state: ClientState, auth: string, turn: Turn): ClientState {
  if (state.link?.kind === 'live') transmit(state.link, { kind: 'auth', auth }, turn);
  return state;
}

function cancel(state: ClientState, id: number): ClientState {
  const { outbox } = state;
  const unsent = entriesOf(outbox).filter((entry) => entry.id === id && entry.seq > outbox.sent);
  return discard(state, unsent, 'cancelled');
}

const isKnown = (state: ClientState, id: number): boolean =>
  state.link?.id === id || state.attempts.some((attempt) => attempt.id === id);

function onFrame(state: ClientState, id: number, frame: FrameFromServer, bytes: number, turn: Turn): ClientState {
  const attempt = state.attempts.find((other) => other.id === id);
  const open = state.link?.id === id;
  // Late news of a connection that was left.
  if (!open && attempt === undefined) return state;
  if (frame.kind === 'close' || frame.kind === 'moved') {
    const code = frame.kind === 'close' ? frame.code : CLOSE.away;
    turn.out.push({ kind: 'drop', link: id, code: CLOSE.done });
    const left = frame.kind === 'moved' ? { ...state, to: frame.to ?? null } : state;
    return ended(left, id, code, turn, frame.windowMs);
  }
  if (open) return onOpenFrame(state, frame, bytes, turn);
  if (attempt?.kind === 'greeting' && frame.kind === 'welcome') return welcomed(state, attempt, frame, turn);
  return giveUp(state, id, CLOSE.badFrame, turn);
}

function onOpenFrame(before: ClientState, frame: FrameFromServer, bytes: number, turn: Turn): ClientState {
  const settled = 'ack' in frame ? onAck(before, frame.ack, turn) : before;
  const { link } = settled;
  if (link === null) return settled;
  const windowMs = 'retryWindowMs' in frame ? capped(frame.retryWindowMs ?? 0, turn) : settled.windowMs;
  const state = { ...settled, link: heard(link, turn), windowMs };
  switch (frame.kind) {
    case 'message': {
      if (frame.seq <= state.rx) return seenAgain(state, state.link, frame.seq, turn);
      if (state.full) return passedOver(state, state.link);
      if (frame.seq > state.rx + 1) return giveUp(state, link.id, CLOSE.badSequence, turn);
      turn.out.push({ kind: 'deliver', stream: state.stream, seq: frame.seq, data: frame.data, bytes });
      const owedBytes = link.owedBytes + bytes;
      return { ...state, rx: frame.seq, link: { ...state.link, owedBytes, seen: frame.seq } };
    }
    case 'lost':
      if (state.full && frame.to > state.rx) return passedOver(state, state.link);
      return skipTo(seenAgain(state, state.link, frame.to, turn), frame.to, turn);
    case 'ping':
      if (link.kind === 'live') transmit(link, { kind: 'pong' }, turn);
      return state;
    case 'drain':
      return state.move === null ? leave(state, state.link, frame, turn) : state;
    case 'renew':
      turn.out.push({ kind: 'renew', withinMs: frame.withinMs });
      return state;
    case 'welcome':
      return giveUp(state, link.id, CLOSE.badFrame, turn);
    default:
      return state;
  }
}

/** What we have already: it was not acknowledged on this connection, and its server waits for that. */
function seenAgain(state: ClientState, link: Link, seq: number, { nowMs, policy }: Turn): ClientState {
  const ackAtMs = Math.min(link.ackAtMs, nowMs + policy.ackMs);
  return { ...state, link: { ...link, seen: Math.max(link.seen, seq), ackAtMs } };
}

const passedOver = (state: ClientState, link: Link): ClientState => ({ ...state, link: { ...link, missed: true } });

/**
 * The application can take more again. What was not taken meanwhile comes again at the next connection, or is reported as lost: the
 * server knows how far we have got. Nobody else's clients come now, so there is nothing to spread.
 */
function refill(state: ClientState, turn: Turn): ClientState {
  const { link, attempts } = state;
  if (state.full || link === null || !link.missed) return state;
  turn.out.push({ kind: 'drop', link: link.id, code: CLOSE.overrun });
  const left: ClientState = { ...state, link: null, move: null, cause: 'lost' };
  return attempts.length > 0 ? left : connect(left, turn);
}

function onTick(before: ClientState, turn: Turn): ClientState {
  const { nowMs, policy } = turn;
  const lateMs = nowMs - nextClientTickMs(before, policy);
  if (lateMs < 0) return before;
  // The device slept. Whatever is due by now may have been answered: the answers are read first.
  const awake = lateMs > policy.lateMs ? probe(before, turn) : before;
  const state = expire(awake, nowMs);
  const { link } = state;
  if (link !== null && link.deadAtMs <= nowMs) return giveUp(state, link.id, CLOSE.silent, turn);
  const calm = link !== null && link.sinceMs + policy.minUptimeMs <= nowMs ? { ...state, round: 0 } : state;
  const beaten = withLink(calm, (open) => {
    const told = open.ackAtMs <= nowMs ? acknowledge(open, calm, turn) : open;
    if (told.kind !== 'live' || told.pingAtMs > nowMs) return told;
    transmit(told, { kind: 'ping' }, turn);
    return { ...told, pingAtMs: nowMs + told.heartbeatMs };
  });
  return beaten.connectAtMs <= nowMs ? connect(beaten, turn) : hurry(beaten, turn);
}

function expire(state: ClientState, nowMs: number): ClientState {
  if (state.outbox.staleAtMs > nowMs) return state;
  const left = discard(state, stale(state.outbox, nowMs), 'expired');
  return { ...left, outbox: dated(left.outbox) };
}

/** A host that is slow to welcome gets one rival; then both have had their time. */
function hurry(state: ClientState, turn: Turn): ClientState {
  const last = state.attempts.at(-1);
  if (last === undefined || last.deadlineMs > turn.nowMs) return state;
  if (!last.last) return connect(state, turn);
  return state.attempts.reduce((left, { id }) => giveUp(left, id, CLOSE.silent, turn), state);
}

function relieve(before: ClientState, state: ClientState, turn: Turn): ClientState {
  if (!state.crowded || !isLess(state.outbox, before.outbox)) return state;
  turn.out.push({ kind: 'room' });
  return { ...state, crowded: false };
}

/** By number or by weight: there are messages that weigh nothing. */
const isLess = (one: Outbox, other: Outbox): boolean =>
  one.bytes < other.bytes || one.end - one.head < other.end - other.head;

function onStop(state: ClientState, end: boolean, turn: Turn): ClientState {
  if (state.stopped > 0) return state;
  const { link } = state;
  if (link?.kind === 'live') {
    acknowledge(link, state, turn);
    if (end) transmit(link, { kind: 'close', code: CLOSE.done }, turn);
  }
  return stop(end ? forget(state, turn) : state, CLOSE.done, turn);
}
