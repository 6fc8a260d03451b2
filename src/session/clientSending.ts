import { giveUp, greet, heard } from './clientLinks.ts';
import { discard, settle } from './clientSettling.ts';
import {
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  type Link,
  markOf,
  type Refusal,
  type Turn,
} from './clientState.ts';
import { HEADER_BYTES, isKey } from './codec.ts';
import { CLOSE } from './frames.ts';
import { type Entry, put } from './outbox.ts';
import { payloadBytes } from './payload.ts';
import { NEVER } from './sessionEnv.ts';

export function transmit(link: Link, frame: Extract<ClientEffect, { kind: 'transmit' }>['frame'], turn: Turn): void {
  turn.out.push({ kind: 'transmit', link: link.id, frame });
}

export function withLink(state: ClientState, change: (link: Link) => Link): ClientState {
  const link = state.link === null ? null : change(state.link);
  return link === state.link ? state : { ...state, link };
}

export function onAck(state: ClientState, ack: number, turn: Turn): ClientState {
  const { link, outbox: before } = state;
  if (link === null) return state;
  if (ack > before.sent) return giveUp(state, link.id, CLOSE.badSequence, turn);
  const outbox = settle(before, ack, turn);
  if (outbox === before) return state;
  const flying = link.flying - (before.end - before.head - outbox.end + outbox.head);
  const flyingBytes = link.flyingBytes - before.bytes + outbox.bytes;
  return { ...state, link: { ...link, flying, flyingBytes }, outbox, version: state.version + 1 };
}

export function onSend(state: ClientState, event: Extract<ClientEvent, { kind: 'send' }>, turn: Turn): ClientState {
  const { id, payload, key = null, ttlMs } = event;
  const refuse = (why: Refusal) => {
    turn.out.push({ kind: 'refused', id, why });
    return state;
  };
  if (state.stopped > 0) return refuse('stopped');
  if (key !== null && !isKey(key)) return refuse('bad-key');
  const bytes = payloadBytes(payload);
  const limits = turn.policy.outbox;
  if (bytes > Math.min(limits.bytes, state.maxBytes - HEADER_BYTES)) return refuse('too-large');
  const expiresAtMs = ttlMs === undefined ? null : turn.nowMs + ttlMs;
  // What waits for the disk to be told counts too: a disk that hangs must not let it grow.
  if (state.givenUp.length >= limits.count) return refuse('full');
  const taken = put(state.outbox, { id, ...payload, key, expiresAtMs, bytes, doubt: false }, limits);
  if (taken.outbox === null) {
    if (limits.whenFull !== 'wait') return refuse('full');
    turn.out.push({ kind: 'wait', id });
    return { ...state, crowded: true };
  }
  const left = discard(state, taken.dropped, 'dropped');
  return { ...left, outbox: taken.outbox, version: left.version + 1 };
}

/** What is stored may be told: the token by a first frame, messages, and what the application has got. */
export function onSaved(state: ClientState, turn: Turn, mark = state.saving): ClientState {
  if (mark === null || state.saving === null) return state;
  const { version } = mark;
  const givenUp = state.givenUp.filter((one) => one.version > version);
  for (const { id, why } of state.givenUp.slice(0, state.givenUp.length - givenUp.length)) {
    turn.out.push(why === 'doubt' ? { kind: 'unknown', id, resent: false } : { kind: 'refused', id, why });
  }
  const told = { ...state, saved: mark, saving: null, givenUp };
  const held = told.attempts.find(({ kind }) => kind === 'held');
  const saved = held === undefined ? told : greet(told, held.id, held.host, held.auth, turn);
  return withLink(saved, (link) => {
    if (link.kind === 'welcomed' && saved.saved.version >= saved.welcomedAt) {
      return acknowledge({ ...link, kind: 'live', acked: -1 }, saved, turn);
    }
    const got = ackOn(link, saved);
    if (link.kind !== 'live' || got <= link.acked) return link;
    const { policy } = turn;
    const full = got - link.acked >= policy.ackCount || link.owedBytes >= policy.ackBytes;
    return full
      ? acknowledge(link, saved, turn)
      : { ...link, ackAtMs: Math.min(link.ackAtMs, turn.nowMs + policy.ackMs) };
  });
}

export function acknowledge(link: Link, state: ClientState, turn: Turn): Link {
  const ack = ackOn(link, state);
  if (link.kind !== 'live' || ack <= link.acked) return link.ackAtMs === NEVER ? link : { ...link, ackAtMs: NEVER };
  transmit(link, { kind: 'ack', ack }, turn);
  return { ...link, acked: ack, ackAtMs: NEVER, owedBytes: 0 };
}

/** The last connection may have brought more than this one's server has sent so far: to it, that would be an error. */
const ackOn = ({ seen }: Link, { saved }: ClientState): number => Math.min(saved.rx, seen);

/** Sends what is stored and not sent yet, as far as the window goes; tells which numbers were given up. */
export function pump(state: ClientState, turn: Turn): ClientState {
  const { link, outbox, saved } = state;
  if (link?.kind !== 'live' || outbox.sent >= saved.tx) return state;
  const told = state.gaveUpAt <= saved.version;
  let { sent } = outbox;
  let { flying, flyingBytes } = link;
  for (let at = outbox.head + flying; at < outbox.end; at++) {
    const entry = outbox.list[at] as Entry;
    const bytes = flyingBytes + entry.bytes;
    const outside = flying >= link.window[0] || (bytes > link.window[1] && flying > 0);
    if (outside || entry.seq > saved.tx || (entry.seq > sent + 1 && !told)) break;
    if (entry.seq > sent + 1) transmit(link, { kind: 'lost', to: entry.seq - 1 }, turn);
    const { seq, key, text, binary } = entry;
    const data = { text, binary };
    const named = key === null ? {} : { key };
    transmit(link, { kind: 'message', seq, ack: ackOn(link, state), ...named, data }, turn);
    sent = seq;
    flying++;
    flyingBytes = bytes;
  }
  if (told && sent < saved.tx && outbox.head + flying === outbox.end) {
    sent = saved.tx;
    transmit(link, { kind: 'lost', to: sent }, turn);
  }
  return sent === outbox.sent ? state : sending(state, { ...link, flying, flyingBytes }, sent, turn);
}

function sending(state: ClientState, link: Link, sent: number, turn: Turn): ClientState {
  // Each message acknowledges; and from the first that is not acknowledged, silence is short.
  const told = { ...link, acked: ackOn(link, state), ackAtMs: NEVER, owedBytes: 0 };
  const owing = state.link?.flying === 0 ? sooner(told, heard(told, turn)) : told;
  return { ...state, link: owing, outbox: { ...state.outbox, sent } };
}

const sooner = (link: Link, { pingAtMs, deadAtMs }: Link): Link => ({
  ...link,
  pingAtMs: Math.min(link.pingAtMs, pingAtMs),
  deadAtMs: Math.min(link.deadAtMs, deadAtMs),
});

/** One save at a time: what changes meanwhile is stored by the next. */
export function save(state: ClientState, turn: Turn): ClientState {
  if (state.saving !== null || state.version === state.saved.version) return state;
  const saving = { ...state, saving: markOf(state) };
  if (turn.policy.volatile) return pump(onSaved(saving, turn), turn);
  turn.out.push({ kind: 'save' });
  return saving;
}
