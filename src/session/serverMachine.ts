import { HEADER_BYTES } from './codec.ts';
import { CLOSE, type FrameFromClient } from './frames.ts';
import { payloadBytes } from './payload.ts';
import {
  alive,
  ask,
  beat,
  type Draft,
  draftOf,
  gone,
  hand,
  held,
  onAck,
  onResult,
  onTick,
  proven,
  shut,
  type Turn,
  take,
  tell,
  transmit,
  work,
} from './serverFlow.ts';
import type { ServerPolicy } from './serverPolicy.ts';
import type {
  ArrivedFrame,
  HostsNews,
  ServerEffect,
  ServerEvent,
  ServerState,
  StoreRequest,
  StoreResult,
} from './serverState.ts';
import { NEVER, type SessionEnv } from './sessionEnv.ts';
import type { AttachResult } from './sessionRecord.ts';

/** A connection whose client has said nothing yet. */
export function serverState(policy: ServerPolicy, nowMs: number): ServerState {
  return { kind: 'waiting', deadAtMs: nowMs + policy.helloMs };
}

/** One step of a connection at its server. The effects are to be run in their order. */
export function stepServer(
  state: ServerState,
  event: ServerEvent,
  policy: ServerPolicy,
  env: Pick<SessionEnv, 'nowMs'>,
): { readonly state: ServerState; readonly effects: readonly ServerEffect[] } {
  const turn: Turn = { nowMs: env.nowMs, policy, out: [] };
  if (state.kind === 'closed') return { state: lateNews(state, event, turn), effects: turn.out };
  const next = apply(state.kind === 'open' ? draftOf(state) : state, event, turn);
  if (next.kind === 'open') work(next, turn);
  return { state: next, effects: turn.out };
}

/** When the connection wants its next `tick`; {@link NEVER}, if never. */
export function nextServerTickMs(state: ServerState): number {
  if (state.kind === 'closed') return NEVER;
  if (state.kind !== 'open') return state.deadAtMs;
  // Where the store is being told already, its answer is what comes next.
  const touchAtMs = state.telling === 'idle' ? state.touchAtMs : NEVER;
  return Math.min(state.deadAtMs, state.pingAtMs, touchAtMs, state.patienceAtMs);
}

type Early = Exclude<ServerState, { kind: 'closed' | 'open' }>;
type Alive = Early | Draft;
type Next = Alive | { readonly kind: 'closed' };

function apply(state: Alive, event: ServerEvent, turn: Turn): Next {
  switch (event.kind) {
    case 'frame':
      return onFrame(state, event.frame, event.bytes, turn);
    case 'frames':
      return onFrames(state, event.frames, turn);
    case 'broken':
      return shut(event.code, turn);
    case 'authenticated':
      return onAuthenticated(state, event, turn);
    case 'stored':
      return onStored(state, event.result, event.news, turn);
    case 'close': {
      const { code, windowMs, to } = event;
      if (code !== CLOSE.away) return shut(code, turn, windowMs);
      transmit({ kind: 'moved', windowMs: windowMs ?? 0, ...(to === undefined ? {} : { to }) }, turn);
      return gone(code, turn);
    }
    case 'closed':
      return leave(state, turn);
    case 'tick':
      if (state.kind === 'open') return onTick(state, turn);
      return state.deadAtMs <= turn.nowMs ? shut(CLOSE.silent, turn) : state;
    default:
      return state.kind === 'open' ? applyOpen(state, event, turn) : state;
  }
}

type OpenEvent = Extract<ServerEvent, { kind: 'send' | 'grown' | 'superseded' | 'drain' | 'end' | 'renew' }>;

function applyOpen(state: Draft, event: OpenEvent, turn: Turn): Next {
  switch (event.kind) {
    case 'send':
      if (payloadBytes(event.payload) > turn.policy.maxBytes - HEADER_BYTES)
        turn.out.push({ kind: 'tooLarge', id: event.id });
      else ask({ op: 'append', sid: state.sid, id: event.id, payload: event.payload }, turn);
      return state;
    case 'grown':
      state.tx = Math.max(state.tx, event.tx);
      return state;
    case 'superseded':
      return event.epoch > state.epoch ? shut(CLOSE.superseded, turn) : state;
    case 'end':
      ask({ op: 'end', ...held(state) }, turn);
      return shut(CLOSE.ended, turn);
    case 'drain':
    case 'renew':
      transmit(event, turn);
      return state;
  }
}

/** The connection is gone, but what was asked of the store for the application is answered. */
function lateNews(state: ServerState, event: ServerEvent, turn: Turn): ServerState {
  if (event.kind === 'stored') tellAppend(event.result, turn);
  else if (event.kind === 'send') turn.out.push({ kind: 'unknown', id: event.id });
  return state;
}

function tellAppend(result: StoreResult, { out }: Turn): void {
  if (result.kind === 'appended') out.push({ kind: 'appended', id: result.id, seq: result.seq });
  else if (result.kind === 'failed' && result.id !== undefined) out.push({ kind: 'unknown', id: result.id });
}

/** The session lives on for its whole window from now. */
function leave(state: Alive, turn: Turn): Next {
  if (state.kind === 'open') tell(state, turn);
  turn.out.push({ kind: 'closed' });
  return { kind: 'closed' };
}

function onFrames(before: Alive, frames: readonly ArrivedFrame[], turn: Turn): Next {
  let state: Next = before;
  for (const { frame, bytes } of frames) {
    if (state.kind === 'closed') break;
    const said = turn.out.length;
    const next = onFrame(state, frame, bytes, turn);
    if (next.kind === 'closed' && state.kind === 'open') handBefore(said, state, turn);
    state = next;
  }
  return state;
}

/** What came before the frame that ends the connection has come: it goes to the store first. */
function handBefore(at: number, state: Draft, turn: Turn): void {
  const last = turn.out.splice(at);
  hand(state, turn);
  turn.out.push(...last);
}

function onFrame(state: Alive, frame: FrameFromClient, bytes: number, turn: Turn): Next {
  if (state.kind === 'open') return onOpenFrame(state, frame, bytes, turn);
  if (state.kind !== 'waiting' || frame.kind !== 'hello') {
    return frame.kind === 'close' ? gone(CLOSE.done, turn) : shut(CLOSE.badFrame, turn);
  }
  turn.out.push({ kind: 'authenticate', auth: frame.auth, token: frame.token });
  return { kind: 'attaching', deadAtMs: state.deadAtMs, hello: frame, token: '', subject: '' };
}

function onAuthenticated(state: Alive, event: Extract<ServerEvent, { kind: 'authenticated' }>, turn: Turn): Next {
  const { subject, hash, fresh } = event;
  // A fresh credential within a session: it is for the same subject, or for nothing.
  if (state.kind === 'open') return subject === state.subject ? state : shut(CLOSE.tokenRefused, turn);
  if (state.kind !== 'attaching' || state.token !== '') return state;
  const { sid, stream, rx, txLow } = state.hello;
  const names = { sid: fresh.sid, stream: fresh.stream, hash: fresh.hash };
  ask({ op: 'attach', sid, stream, rx, txLow, subject, hash, fresh: names, ttlMs: turn.policy.ttlMs }, turn);
  return { ...state, token: fresh.token, subject };
}

function onStored(state: Alive, result: StoreResult, news: HostsNews | undefined, turn: Turn): Next {
  tellAppend(result, turn);
  if (result.kind === 'refused') {
    if (state.kind !== 'attaching') return state;
    turn.out.push({ kind: 'alarm', why: result.why, sid: state.hello.sid });
    return shut(CLOSE.tokenRefused, turn);
  }
  if (result.kind === 'attached') return state.kind === 'attaching' ? open(state, result, news ?? {}, turn) : state;
  if (result.kind === 'fenced') return shut(CLOSE.superseded, turn);
  if (result.kind === 'failed') return onFailure(state, result.op, turn);
  // An append asks for no right. Its number means nothing here, where the store was set back or has begun another log.
  const isForeign = state.kind === 'open' && result.kind === 'appended' && result.stream !== state.stream;
  if (isForeign) return shut(CLOSE.superseded, turn);
  if (state.kind === 'open') onResult(state, result, turn);
  return state;
}

/** Whether the store has done it or not: the next attach will tell, so the client is sent for one. */
function onFailure(state: Alive, op: StoreRequest['op'], turn: Turn): Next {
  if (op === 'append' || op === 'end') return state;
  // The next touch tells it again.
  if (op !== 'acknowledge') return shut(CLOSE.busy, turn, turn.policy.retryWindowMs);
  if (state.kind === 'open') state.telling = 'idle';
  return state;
}

function open(
  { hello, token, subject }: Extract<ServerState, { kind: 'attaching' }>,
  { record, result, lost }: Extract<AttachResult, { kind: 'attached' }>,
  news: HostsNews,
  turn: Turn,
): Draft {
  const { ttlMs, maxBytes, window, heartbeatMs, retryWindowMs } = turn.policy;
  const { sid, epoch, stream, rx, tx, floor } = record;
  const at = result === 'new' ? floor : Math.max(floor, hello.rx);
  const promised = { ttlMs, maxBytes, window, heartbeatMs, retryWindowMs };
  transmit(
    { kind: 'welcome', sid, token, epoch, stream, result, rx, replayFrom: at + 1, lost, ...promised, ...news },
    turn,
  );
  turn.out.push({ kind: 'opened', sid, subject, result });
  // A range comes again in its place, from the client.
  if (lost.c2s === 'unknown') turn.out.push({ kind: 'gap', range: null });
  const { nowMs } = turn;
  const upward = { rx, asked: rx, queue: [], queuedBytes: 0 };
  const downward = { tx, sent: at, acked: at, flying: [], flyingBytes: 0, reading: false };
  const telling = { stored: -1, telling: 'unproven', touchAtMs: nowMs + ttlMs / 4 } as const;
  const times = { windowMs: retryWindowMs, pingAtMs: 0, deadAtMs: 0, patienceAtMs: NEVER };
  const state: Draft = { kind: 'open', sid, epoch, stream, subject, ...upward, ...downward, ...telling, ...times };
  alive(state, turn);
  return state;
}

function onOpenFrame(state: Draft, frame: FrameFromClient, bytes: number, turn: Turn): Next {
  alive(state, turn);
  proven(state);
  if ('ack' in frame && frame.ack > state.sent) return shut(CLOSE.badSequence, turn);
  if ('ack' in frame) onAck(state, frame.ack, turn);
  switch (frame.kind) {
    case 'message': {
      const { seq, key = null, data } = frame;
      return take(state, { kind: 'message', seq, key, data }, bytes, turn);
    }
    case 'lost':
      return take(state, { kind: 'lost', seq: frame.to }, 0, turn);
    case 'ping':
      beat('pong', state, turn);
      return state;
    case 'auth':
      turn.out.push({ kind: 'authenticate', auth: frame.auth, token: null });
      return state;
    case 'close':
      if (frame.code === CLOSE.done) ask({ op: 'end', ...held(state) }, turn);
      return gone(CLOSE.done, turn);
    case 'hello':
      return shut(CLOSE.badFrame, turn);
    default:
      return state;
  }
}
