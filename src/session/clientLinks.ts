import { forget } from './clientSettling.ts';
import type { ClientState, Link, Turn } from './clientState.ts';
import { CLOSE, type DrainFrame, PROTOCOL_VERSION } from './frames.ts';
import { NEVER } from './sessionEnv.ts';

/** Opens a connection, beside whatever there is. */
export function connect(state: ClientState, turn: Turn): ClientState {
  const id = state.lastId + 1;
  const rivals = [state.link, ...state.attempts].flatMap((other) => (other === null ? [] : [other.host]));
  turn.out.push({ kind: 'connect', link: id, to: state.to, avoid: rivals });
  const older = state.attempts.map((other) => ({ ...other, last: true, deadlineMs: patience(state, turn) }));
  const attempt = {
    kind: 'connecting',
    id,
    host: '',
    auth: undefined,
    last: older.length > 0,
    deadlineMs: patience(state, turn),
  } as const;
  return { ...state, lastId: id, attempts: [...older, attempt], connectAtMs: NEVER, to: null };
}

/** Greets on a connection whose transport is up. One hello at a time: a late one would fence off the session that the other got. */
export function greet(state: ClientState, id: number, host: string, auth: string | undefined, turn: Turn): ClientState {
  const attempt = state.attempts.find((other) => other.id === id);
  if (attempt === undefined || attempt.kind === 'greeting') return state;
  dropAll(state, turn, id);
  const up = { ...attempt, host, auth, deadlineMs: patience(state, turn) };
  const { sid, token, saved, cause } = state;
  if (saved.version < state.welcomedAt) return { ...state, attempts: [{ ...up, kind: 'held' }] };
  const stream = sid && state.stream;
  const numbers = { rx: saved.rx, txLow: saved.txLow, txHigh: saved.tx };
  const credential = auth === undefined ? {} : { auth };
  const frame = {
    kind: 'hello',
    v: PROTOCOL_VERSION,
    sid,
    token,
    stream,
    ...numbers,
    host,
    cause,
    ...credential,
  } as const;
  turn.out.push({ kind: 'transmit', link: id, frame });
  return { ...state, attempts: [{ ...up, kind: 'greeting' }] };
}

function patience({ round }: ClientState, { nowMs, policy }: Turn): number {
  return nowMs + Math.min(policy.welcomeCapMs, policy.welcomeMs * 2 ** Math.min(round, 9));
}

/** Lets go of every attempt but one. */
export function dropAll(state: ClientState, turn: Turn, but = 0): void {
  for (const { id } of state.attempts) if (id !== but) turn.out.push({ kind: 'drop', link: id, code: CLOSE.done });
}

/** A connection has ended, or is given up. What is not known (any more) has no say. */
export function ended(state: ClientState, id: number, code: number, turn: Turn, windowMs?: number): ClientState {
  const { link } = state;
  const attempts = state.attempts.filter((other) => other.id !== id);
  if (link?.id !== id && attempts.length === state.attempts.length) return state;
  const told = windowMs === undefined ? state : { ...state, windowMs: capped(windowMs, turn) };
  // Somebody else has the session, or nobody: the next one is new. What the lost one was is kept for the report.
  const left = code === CLOSE.tokenRefused ? forsaken(told) : told;
  if (link?.id === id) {
    const round = turn.nowMs - link.sinceMs >= turn.policy.minUptimeMs ? 0 : state.round;
    // The connection that we are moving to has taken the session already: its welcome is on the way.
    const overtaken = code === CLOSE.superseded && attempts.some(({ kind }) => kind === 'greeting');
    const cause = overtaken ? state.cause : 'lost';
    return again({ ...left, link: null, move: null, round, cause }, code, turn, code === CLOSE.silent);
  }
  // Who moves because it was asked to can stay, and keeps the window of where it is; a host that drains can't be stayed at.
  const stays = link !== null && state.move === 'asked' && attempts.length === 0;
  return stays ? { ...left, windowMs: state.windowMs, attempts, move: null } : again({ ...left, attempts }, code, turn);
}

/** Whoever has the session may have a copy of the outbox too, and send from it. */
function forsaken(state: ClientState): ClientState {
  return { ...state, sid: '', token: '', outbox: { ...state.outbox, sent: state.outbox.tx } };
}

/** Plans the next connection, or stops for good. */
function again(state: ClientState, code: number, turn: Turn, waited = false): ClientState {
  const refusals = state.refusals + (code === CLOSE.unauthenticated ? 1 : 0);
  if (code === CLOSE.ended) return stop(forget(state, turn), code, turn);
  if (refusals > 1) return stop(state, code, turn);
  if (state.attempts.length > 0) return { ...state, refusals };
  const { policy, nowMs, random } = turn;
  const { round, windowMs } = state;
  const limitMs = round === 0 ? policy.firstWaitMs : backoffMs(state, turn);
  const wholeMs = round === 0 ? (windowMs ?? limitMs) : Math.max(windowMs ?? 0, limitMs);
  const waitMs = random() * (round === 0 && waited ? Math.max(0, wholeMs - policy.firstWaitMs) : wholeMs);
  return { ...state, refusals, connectAtMs: Math.min(state.connectAtMs, nowMs + waitMs), round: round + 1 };
}

/** A server can send its clients away, but not for good. */
export const capped = (windowMs: number, { policy }: Turn): number => Math.min(windowMs, policy.windowCapMs);

const backoffMs = ({ round }: ClientState, { policy }: Turn): number =>
  Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(round, 40));

/**
 * The host will go: another is looked for within its jitter. Hosts that send their clients to and fro are asked ever more rarely, since
 * a connection that has not lasted counts as a failure here, too.
 */
export function leave(state: ClientState, link: Link, frame: DrainFrame, turn: Turn): ClientState {
  const { nowMs, policy, random } = turn;
  const lasted = nowMs - link.sinceMs >= policy.minUptimeMs;
  const leastMs = lasted || state.round === 0 ? 0 : backoffMs(state, turn);
  const connectAtMs = nowMs + random() * Math.max(frame.jitterMs, leastMs);
  const round = lasted ? 0 : state.round + 1;
  return { ...state, move: 'drain', cause: 'drain', to: frame.to ?? null, connectAtMs, round };
}

/** Nothing goes on until the application says so. */
export function stop(state: ClientState, code: number, turn: Turn): ClientState {
  dropAll(state, turn);
  if (state.link !== null) turn.out.push({ kind: 'drop', link: state.link.id, code: CLOSE.done });
  turn.out.push({ kind: 'stopped', code });
  return { ...state, stopped: code, link: null, attempts: [], connectAtMs: NEVER, move: null };
}

/** Gives a connection up, and looks for the next. */
export function giveUp(state: ClientState, id: number, code: number, turn: Turn): ClientState {
  turn.out.push({ kind: 'drop', link: id, code });
  return ended(state, id, code, turn);
}

/**
 * Something was heard: it is alive. While it owes an acknowledgement it has to be heard sooner.
 *
 * The clients of a host that froze heard of it last at the same moment, so each draws how early it finds out. That is its wait for the
 * next connection, or the first second of it: see {@link again}.
 */
export function heard(link: Link, { nowMs, policy }: Turn): Link {
  const { heartbeatMs, flying, draw } = link;
  const mostMs = flying > 0 ? Math.min(policy.unackedMs, 2 * heartbeatMs) : 2 * heartbeatMs;
  const deadAtMs = nowMs + mostMs - draw * Math.min(policy.firstWaitMs, mostMs / 4);
  return { ...link, pingAtMs: nowMs + mostMs / 2, deadAtMs };
}

/** Asks whether a connection is alive, and does not wait long: nothing that was due while the device slept counts. */
export function probe(state: ClientState, turn: Turn): ClientState {
  const { nowMs, policy } = turn;
  const attempts = state.attempts.map((attempt) => ({
    ...attempt,
    deadlineMs: Math.max(attempt.deadlineMs, nowMs + policy.welcomeMs),
  }));
  const soonMs = nowMs + turn.random() * (state.windowMs ?? policy.firstWaitMs);
  const connectAtMs = state.connectAtMs === NEVER ? NEVER : Math.min(state.connectAtMs, soonMs);
  const { link } = state;
  return {
    ...state,
    attempts,
    connectAtMs,
    link: link && { ...link, pingAtMs: nowMs, deadAtMs: nowMs + policy.probeMs },
  };
}
