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

type Closed = Extract<ServerState, { kind: 'closed' }>;

export const transmit = (frame: FrameToClient, { out }: Turn) => out.push({ kind: 'transmit', frame });
export const ask = (request: StoreRequest, { out }: Turn) => out.push({ kind: 'store', request });
export const held = ({ sid, epoch, stream }: OpenState) => ({ sid, epoch, stream });

/** Says why, and closes. */
export function shut(code: number, turn: Turn, windowMs?: number): Closed {
  transmit({ kind: 'close', code, ...(windowMs === undefined ? {} : { windowMs }) }, turn);
  return gone(code, turn);
}

export function gone(code: number, { out }: Turn): Closed {
  out.push({ kind: 'drop', code }, { kind: 'closed' });
  return { kind: 'closed' };
}

/**
 * An open state that a step has for itself until it is over: it changes it, rather than build another for each frame of many. Outside
 * of a step no state ever changes.
 */
export type Draft = { -readonly [Name in keyof OpenState]: OpenState[Name] } & {
  queue: Incoming[];
  flying: (readonly [seq: number, bytes: number])[];
};

export function draftOf(state: OpenState): Draft {
  return { ...state, queue: state.queue.slice(), flying: state.flying.slice() };
}

/** A sign of life, with the window if that is another by now. */
export function beat(kind: 'ping' | 'pong', state: Draft, turn: Turn): void {
  const { retryWindowMs } = turn.policy;
  const isNews = retryWindowMs !== state.windowMs;
  state.windowMs = retryWindowMs;
  transmit(isNews ? { kind, retryWindowMs } : { kind }, turn);
}

/** Something was heard. */
export function alive(state: Draft, { nowMs, policy }: Turn): void {
  state.pingAtMs = nowMs + policy.heartbeatMs;
  state.deadAtMs = nowMs + 2 * policy.heartbeatMs;
}

/** The client has used the connection, so it has the token: from now on the store may hear of it. */
export function proven(state: Draft): void {
  if (state.telling === 'unproven') state.telling = 'idle';
}

/** Tells the store what the client has got, and that the session lives. */
export function tell(state: Draft, turn: Turn): void {
  if (state.telling === 'unproven') return;
  const { ttlMs } = turn.policy;
  ask({ op: 'acknowledge', ...held(state), rx: state.acked, ttlMs }, turn);
  state.stored = state.acked;
  state.telling = 'asked';
  state.touchAtMs = turn.nowMs + ttlMs / 4;
}

/** The client has got everything up to `ack`, which was sent to it. */
export function onAck(state: Draft, ack: number, turn: Turn): void {
  if (ack <= state.acked) return;
  state.acked = ack;
  let landed = 0;
  for (const [seq, bytes] of state.flying) {
    if (seq > ack) break;
    state.flyingBytes -= bytes;
    landed++;
  }
  state.flying.splice(0, landed);
  state.patienceAtMs = state.flying.length > 0 ? turn.nowMs + turn.policy.unackedMs : NEVER;
}

/** Takes what a client sent into the queue: each number once, and none before its turn. */
export function take(state: Draft, item: Incoming, bytes: number, turn: Turn): Draft | Closed {
  const { queue } = state;
  const last = queue.at(-1)?.seq ?? state.asked;
  if (item.seq <= last) return state;
  if (item.kind === 'message' && item.seq > last + 1) return shut(CLOSE.badSequence, turn);
  const { window, maxBytes } = turn.policy;
  state.queuedBytes += bytes;
  // A client counts payloads, and may fill its window twice while the store works on what was before.
  const over = queue.length >= 2 * window[0] || state.queuedBytes > 2 * (window[1] + maxBytes);
  if (over) return shut(CLOSE.overrun, turn);
  queue.push(item);
  return state;
}

type OpenResult = Extract<StoreResult, { kind: 'read' | 'accepted' | 'acknowledged' | 'appended' | 'ended' }>;

/** What the store has done for an open connection. */
export function onResult(state: Draft, result: OpenResult, turn: Turn): void {
  switch (result.kind) {
    case 'accepted':
      for (const range of result.gaps) turn.out.push({ kind: 'gap', range });
      transmit({ kind: 'ack', ack: result.rx }, turn);
      state.rx = result.rx;
      state.asked = Math.max(state.asked, result.rx);
      break;
    case 'acknowledged':
      state.telling = 'idle';
      state.tx = Math.max(state.tx, result.tx);
      break;
    case 'appended':
      state.tx = Math.max(state.tx, result.seq);
      // What the next reading would bring is at hand.
      if (result.seq === state.sent + 1 && !state.reading && hasRoom(state, turn)) send(state, result, turn);
      break;
    case 'read':
      state.reading = false;
      state.tx = Math.max(state.tx, result.tx);
      for (const entry of result.entries) send(state, entry, turn);
      if (state.sent < result.floor && result.entries.length === 0) skip(state, result.floor, turn);
  }
}

function hasRoom({ flying, flyingBytes }: OpenState, { policy }: Turn): boolean {
  return flying.length < policy.window[0] && flyingBytes < policy.window[1];
}

function send(state: Draft, { seq, payload }: LogEntry, turn: Turn): void {
  if (seq <= state.sent) return;
  if (seq > state.sent + 1) skip(state, seq - 1, turn);
  transmit({ kind: 'message', seq, ack: state.rx, data: payload }, turn);
  flown(state, seq, payloadBytes(payload), turn);
}

/** The log has overflowed under a client that is too slow for it. */
function skip(state: Draft, to: number, turn: Turn): void {
  transmit({ kind: 'lost', to }, turn);
  flown(state, to, 0, turn);
}

function flown(state: Draft, sent: number, bytes: number, { nowMs, policy }: Turn): void {
  state.sent = sent;
  state.flying.push([sent, bytes]);
  state.flyingBytes += bytes;
  state.patienceAtMs = Math.min(state.patienceAtMs, nowMs + policy.unackedMs);
}

/** Hands what waits to the store, unless it is at work on what was before. */
export function hand(state: Draft, turn: Turn): void {
  const last = state.queue.at(-1)?.seq;
  if (last === undefined || state.asked !== state.rx) return;
  ask({ op: 'accept', ...held(state), items: state.queue }, turn);
  state.queue = [];
  state.queuedBytes = 0;
  state.asked = last;
}

/** Asks the store for what is next: one request of a kind at a time, so that what waits goes together. */
export function work(state: Draft, turn: Turn): void {
  hand(state, turn);
  const { sent, tx, flying } = state;
  if (sent < tx && !state.reading && hasRoom(state, turn)) {
    const [count, bytes] = turn.policy.window;
    const room = { count: count - flying.length, bytes: bytes - state.flyingBytes };
    ask({ op: 'read', ...held(state), after: sent, ...room }, turn);
    state.reading = true;
  }
  if (state.telling === 'idle' && state.acked > state.stored) tell(state, turn);
}

/** What is due by now, on a connection that is open. */
export function onTick(state: Draft, turn: Turn): Draft | Closed {
  const { nowMs, policy } = turn;
  // The server itself was frozen: what came meanwhile has not been read yet.
  if (nowMs - Math.min(state.deadAtMs, state.pingAtMs) > policy.heartbeatMs * 2) {
    alive(state, turn);
    return state;
  }
  const asked = state.pingAtMs >= state.deadAtMs;
  if (asked && state.deadAtMs <= nowMs) return shut(CLOSE.silent, turn);
  if (state.patienceAtMs <= nowMs) return shut(CLOSE.overrun, turn);
  const isTouch = state.touchAtMs <= nowMs && state.telling === 'idle';
  if (isTouch) tell(state, turn);
  if (asked || state.pingAtMs > nowMs) {
    // Who talks all the time asks for no sign of life, and is asked for none.
    if (isTouch && policy.retryWindowMs !== state.windowMs) beat('ping', state, turn);
    return state;
  }
  beat('ping', state, turn);
  // A server that is late with its question waits the longer for the answer.
  state.deadAtMs = nowMs + policy.heartbeatMs;
  state.pingAtMs = state.deadAtMs;
  return state;
}
