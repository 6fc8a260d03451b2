import { giveUp, greet } from './clientLinks.ts';
import type { ClientEffect, ClientEvent, ClientState, Link, Mark, Refusal, Turn } from './clientState.ts';
import { discard, settle } from './clientWelcome.ts';
import { HEADER_BYTES, isKey } from './codec.ts';
import { CLOSE } from './frames.ts';
import { lowest, put } from './outbox.ts';
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
  const { link } = state;
  if (link !== null && ack > link.sent) return giveUp(state, link.id, CLOSE.badSequence, turn);
  const outbox = settle(state.outbox, ack, turn);
  return outbox === state.outbox ? state : { ...state, outbox, version: state.version + 1 };
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
export function onSaved(state: ClientState, turn: Turn): ClientState {
  if (state.saving === null) return state;
  const { version } = state.saving;
  const givenUp = state.givenUp.filter((one) => one.version > version);
  for (const { id, why } of state.givenUp.slice(0, state.givenUp.length - givenUp.length)) {
    turn.out.push(why === 'doubt' ? { kind: 'unknown', id, resent: false } : { kind: 'refused', id, why });
  }
  const told = { ...state, saved: state.saving, saving: null, givenUp };
  const held = told.attempts.find(({ kind }) => kind === 'held');
  const saved = held === undefined ? told : greet(told, held.id, held.host, held.auth, turn);
  return withLink(saved, (link) => {
    if (link.kind === 'welcomed' && saved.saved.version >= saved.welcomedAt) {
      return acknowledge({ ...link, kind: 'live', acked: -1 }, saved, turn);
    }
    if (link.kind !== 'live' || saved.saved.rx <= link.acked) return link;
    const { policy } = turn;
    const full = saved.saved.rx - link.acked >= policy.ackCount || link.owedBytes >= policy.ackBytes;
    return full
      ? acknowledge(link, saved, turn)
      : { ...link, ackAtMs: Math.min(link.ackAtMs, turn.nowMs + policy.ackMs) };
  });
}

export function acknowledge(link: Link, { saved }: ClientState, turn: Turn): Link {
  if (link.kind !== 'live' || saved.rx <= link.acked) return link;
  transmit(link, { kind: 'ack', ack: saved.rx }, turn);
  return { ...link, acked: saved.rx, ackAtMs: NEVER, owedBytes: 0 };
}

/** Sends what is stored and not sent yet, as far as the window goes; tells which numbers were given up. */
export function pump(state: ClientState, turn: Turn): ClientState {
  const { link, outbox, saved } = state;
  if (link?.kind !== 'live' || link.sent >= saved.tx) return state;
  const told = state.gaveUpAt <= saved.version;
  let { sent } = link;
  let flying = 0;
  let bytes = 0;
  for (const entry of outbox.entries) {
    flying++;
    bytes += entry.bytes;
    if (entry.seq <= link.sent) continue;
    const first = flying === 1;
    const outside = flying > link.window[0] || (bytes > link.window[1] && !first);
    if (outside || entry.seq > saved.tx || (entry.seq > sent + 1 && !told)) return sending(state, link, sent, turn);
    if (entry.seq > sent + 1) transmit(link, { kind: 'lost', to: entry.seq - 1 }, turn);
    const { seq, key, text, binary } = entry;
    transmit(
      link,
      { kind: 'message', seq, ack: saved.rx, ...(key === null ? {} : { key }), data: { text, binary } },
      turn,
    );
    sent = seq;
  }
  if (told && sent < saved.tx) {
    sent = saved.tx;
    transmit(link, { kind: 'lost', to: sent }, turn);
  }
  return sending(state, link, sent, turn);
}

function sending(state: ClientState, link: Link, sent: number, turn: Turn): ClientState {
  if (sent === link.sent) return state;
  const { nowMs, policy } = turn;
  // Each message acknowledges; and from the first that is not acknowledged, silence is short.
  const quiet = lowest(state.outbox) > link.sent;
  const deadAtMs = quiet ? Math.min(link.deadAtMs, nowMs + policy.unackedMs) : link.deadAtMs;
  const pingAtMs = quiet ? Math.min(link.pingAtMs, nowMs + policy.unackedMs / 2) : link.pingAtMs;
  const told = { acked: state.saved.rx, ackAtMs: NEVER, owedBytes: 0 };
  return { ...state, link: { ...link, ...told, sent, deadAtMs, pingAtMs }, outbox: { ...state.outbox, sent } };
}

/** One save at a time: what changes meanwhile is stored by the next. */
export function save(state: ClientState, turn: Turn): ClientState {
  if (state.saving !== null || state.version === state.saved.version) return state;
  const { version, handed, outbox } = state;
  const saving: Mark = { version, rx: handed, txLow: lowest(outbox), tx: outbox.tx };
  turn.out.push({ kind: 'save' });
  return { ...state, saving };
}
