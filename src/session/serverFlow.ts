import { CLOSE, type FrameToClient } from './frames.ts';
import { payloadBytes } from './payload.ts';
import type { ServerPolicy } from './serverPolicy.ts';
import type { LogEntry, OpenState, ServerEffect, ServerState, StoreRequest, StoreResult } from './serverState.ts';
import { NEVER } from './sessionEnv.ts';
import type { Incoming } from './sessionRecord.ts';

/** One step under way. */
export interface Turn {
  readonly nowMs: number;
  readonly policy: ServerPolicy;
  readonly out: ServerEffect[];
}

export const transmit = (frame: FrameToClient, { out }: Turn) => out.push({ kind: 'transmit', frame });
export const ask = (request: StoreRequest, { out }: Turn) => out.push({ kind: 'store', request });
export const held = ({ sid, epoch, stream }: OpenState) => ({ sid, epoch, stream });

/** Says why, and closes. */
export function shut(code: number, turn: Turn, windowMs?: number): ServerState {
  transmit({ kind: 'close', code, ...(windowMs === undefined ? {} : { windowMs }) }, turn);
  return gone(code, turn);
}

export function gone(code: number, { out }: Turn): ServerState {
  out.push({ kind: 'drop', code }, { kind: 'closed' });
  return { kind: 'closed' };
}

/** Something was heard. */
export function alive(state: OpenState, { nowMs, policy }: Turn): OpenState {
  return { ...state, pingAtMs: nowMs + policy.heartbeatMs, deadAtMs: nowMs + 2 * policy.heartbeatMs };
}

/** The client has used the connection, so it has the token: from now on the store may hear of it. */
export function proven(state: OpenState): OpenState {
  return state.telling === 'unproven' ? { ...state, telling: 'idle' } : state;
}

/** Tells the store what the client has got, and that the session lives. */
export function tell(state: OpenState, turn: Turn): OpenState {
  if (state.telling === 'unproven') return state;
  const { ttlMs } = turn.policy;
  ask({ op: 'acknowledge', ...held(state), rx: state.acked, ttlMs }, turn);
  return { ...state, stored: state.acked, telling: 'asked', touchAtMs: turn.nowMs + ttlMs / 4 };
}

/** The client has got everything up to `ack`. */
export function onAck(state: OpenState, ack: number, turn: Turn): ServerState {
  if (ack > state.sent) return shut(CLOSE.badSequence, turn);
  if (ack <= state.acked) return state;
  const flying = state.flying.filter(([seq]) => seq > ack);
  const patienceAtMs = flying.length > 0 ? turn.nowMs + turn.policy.unackedMs : NEVER;
  return { ...state, acked: ack, flying, patienceAtMs };
}

/** Takes what a client sent into the queue: each number once, and none before its turn. */
export function take(state: OpenState, item: Incoming, bytes: number, turn: Turn): ServerState {
  const last = state.queue.at(-1)?.seq ?? state.asked;
  if (item.seq <= last) return state;
  if (item.kind === 'message' && item.seq > last + 1) return shut(CLOSE.badSequence, turn);
  const { window, maxBytes } = turn.policy;
  const queuedBytes = state.queuedBytes + bytes;
  // A client counts payloads, and may fill its window twice while the store works on what was before.
  const over = state.queue.length >= 2 * window[0] || queuedBytes > 2 * (window[1] + maxBytes);
  return over ? shut(CLOSE.overrun, turn) : { ...state, queue: [...state.queue, item], queuedBytes };
}

type OpenResult = Extract<StoreResult, { kind: 'read' | 'accepted' | 'acknowledged' | 'appended' | 'ended' }>;

/** What the store has done for an open connection. */
export function onResult(state: OpenState, result: OpenResult, turn: Turn): ServerState {
  switch (result.kind) {
    case 'accepted':
      for (const range of result.gaps) turn.out.push({ kind: 'gap', range });
      transmit({ kind: 'ack', ack: result.rx }, turn);
      return { ...state, rx: result.rx, asked: Math.max(state.asked, result.rx) };
    case 'acknowledged':
      return { ...state, telling: 'idle', tx: Math.max(state.tx, result.tx) };
    case 'appended': {
      const { seq, payload } = result;
      const grown = { ...state, tx: Math.max(state.tx, seq) };
      // What the next reading would bring is at hand.
      return seq === state.sent + 1 && !state.reading && hasRoom(state, turn)
        ? send(grown, { seq, payload }, turn)
        : grown;
    }
    case 'read': {
      const read = { ...state, reading: false, tx: Math.max(state.tx, result.tx) };
      const sent = result.entries.reduce((next, entry) => send(next, entry, turn), read);
      return sent.sent < result.floor && result.entries.length === 0 ? skip(sent, result.floor, turn) : sent;
    }
    default:
      return state;
  }
}

function hasRoom({ flying }: OpenState, { policy }: Turn): boolean {
  return flying.length < policy.window[0] && bytesOf(flying) < policy.window[1];
}

const bytesOf = (flying: OpenState['flying']): number => flying.reduce((sum, [, bytes]) => sum + bytes, 0);

function send(state: OpenState, { seq, payload }: LogEntry, turn: Turn): OpenState {
  if (seq <= state.sent) return state;
  const next = seq > state.sent + 1 ? skip(state, seq - 1, turn) : state;
  transmit({ kind: 'message', seq, ack: state.rx, data: payload }, turn);
  return flown(next, seq, payloadBytes(payload), turn);
}

/** The log has overflowed under a client that is too slow for it. */
function skip(state: OpenState, to: number, turn: Turn): OpenState {
  transmit({ kind: 'lost', to }, turn);
  return flown(state, to, 0, turn);
}

function flown(state: OpenState, sent: number, bytes: number, { nowMs, policy }: Turn): OpenState {
  const patienceAtMs = Math.min(state.patienceAtMs, nowMs + policy.unackedMs);
  return { ...state, sent, flying: [...state.flying, [sent, bytes]], patienceAtMs };
}

/** Asks the store for what is next: one request of a kind at a time, so that what waits goes together. */
export function work(state: OpenState, turn: Turn): OpenState {
  let next = state;
  const { queue, rx, asked, sent, tx, reading, flying } = state;
  const last = queue.at(-1)?.seq;
  if (last !== undefined && asked === rx) {
    ask({ op: 'accept', ...held(state), items: queue }, turn);
    next = { ...next, queue: [], queuedBytes: 0, asked: last };
  }
  if (sent < tx && !reading && hasRoom(state, turn)) {
    const [count, bytes] = turn.policy.window;
    const room = { count: count - flying.length, bytes: bytes - bytesOf(flying) };
    ask({ op: 'read', ...held(state), after: sent, ...room }, turn);
    next = { ...next, reading: true };
  }
  return next.telling === 'idle' && next.acked > next.stored ? tell(next, turn) : next;
}

/** What is due by now. */
export function onTick(state: Exclude<ServerState, { kind: 'closed' }>, turn: Turn): ServerState {
  const { nowMs, policy } = turn;
  if (state.kind !== 'open') return state.deadAtMs <= nowMs ? shut(CLOSE.silent, turn) : state;
  // The server itself was frozen: what came meanwhile has not been read yet.
  if (nowMs - Math.min(state.deadAtMs, state.pingAtMs) > policy.heartbeatMs * 2) return alive(state, turn);
  if (state.deadAtMs <= nowMs) return shut(CLOSE.silent, turn);
  if (state.patienceAtMs <= nowMs) return shut(CLOSE.overrun, turn);
  const told = state.touchAtMs <= nowMs && state.telling === 'idle' ? tell(state, turn) : state;
  if (told.pingAtMs > nowMs) return told;
  transmit({ kind: 'ping' }, turn);
  return { ...told, pingAtMs: nowMs + policy.heartbeatMs };
}
