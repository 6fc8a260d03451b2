import { expect } from 'vitest';
import { nextClientTickMs, stepClient } from '../../../src/session/clientMachine.ts';
import { CLIENT_POLICY, type ClientPolicy } from '../../../src/session/clientPolicy.ts';
import {
  type ClientEffect,
  type ClientEvent,
  type ClientState,
  clientState,
  type SavedSession,
  savedOf,
} from '../../../src/session/clientState.ts';
import type { FrameFromServer, FrameToServer, WelcomeFrame } from '../../../src/session/frames.ts';
import { payloadOf } from '../../../src/session/payload.ts';

type Of<K extends ClientEffect['kind']> = Extract<ClientEffect, { kind: K }>;

/** A client by itself: the test is its network, its disk and its clock. */
export class Play {
  nowMs = 50_000;
  draw = 0.5;
  /** A disk that is slow says `saved` only when it is asked to. */
  slowDisk = false;
  state: ClientState;
  /** Of the last event. */
  effects: ClientEffect[] = [];
  readonly policy: ClientPolicy;

  constructor(policy: Partial<ClientPolicy> = {}, stored: SavedSession | null = null, awayMs = 0) {
    this.policy = { ...CLIENT_POLICY, ...policy };
    this.state = clientState(stored, this.policy, this.nowMs, awayMs);
  }

  do(event: ClientEvent): this {
    const { state, effects } = stepClient(this.state, event, this.policy, {
      nowMs: this.nowMs,
      random: () => this.draw,
    });
    // A state is plain JSON at any time.
    expect(JSON.parse(JSON.stringify(state))).toEqual({ ...state });
    this.state = state;
    this.effects = [...effects];
    if (!this.slowDisk && effects.some(({ kind }) => kind === 'save')) {
      const before = this.effects;
      this.do({ kind: 'saved' });
      this.effects = [...before, ...this.effects];
    }
    return this;
  }

  /** Lets time pass, tick by tick as the machine asks for them. */
  pass(ms: number): this {
    const endMs = this.nowMs + ms;
    const all: ClientEffect[] = [];
    for (let ticks = 0; ticks < 1_000; ticks++) {
      const dueMs = Math.max(this.nowMs, nextClientTickMs(this.state, this.policy));
      if (dueMs > endMs) break;
      this.nowMs = dueMs;
      this.do({ kind: 'tick' });
      all.push(...this.effects);
      if (ticks === 999) throw new Error('the machine ticks for ever');
    }
    this.nowMs = endMs;
    this.effects = all;
    return this;
  }

  /** The effects of one kind among the last. */
  got<K extends ClientEffect['kind']>(kind: K): Of<K>[] {
    return this.effects.filter((effect): effect is Of<K> => effect.kind === kind);
  }

  /** What was sent of late. */
  sent(): FrameToServer[] {
    return this.got('transmit').map(({ frame }) => frame);
  }

  frame(link: number, frame: FrameFromServer, bytes = 50): this {
    return this.do({ kind: 'frame', link, frame, bytes });
  }

  welcome(link: number, changes: Partial<WelcomeFrame> = {}): this {
    const names = { sid: 's', token: `t${link}`, epoch: link, stream: 'r', result: 'new' } as const;
    const numbers = { rx: 0, replayFrom: 1, lost: { s2c: null, c2s: null } };
    const promised = { ttlMs: 120_000, maxBytes: 100_000, window: [256, 1_048_576], heartbeatMs: 4_000 } as const;
    return this.frame(link, { kind: 'welcome', ...names, ...numbers, ...promised, retryWindowMs: 1_000, ...changes });
  }

  /** Starts, and is open on connection 1. */
  open(changes: Partial<WelcomeFrame> = {}): this {
    this.do({ kind: 'start' }).do({ kind: 'opened', link: 1, host: 'https://a' });
    return this.welcome(1, changes);
  }

  /** Waits until the machine connects again, and lets it resume. */
  resume(changes: Partial<WelcomeFrame> = {}): this {
    if (this.state.attempts.length === 0) this.pass(this.state.connectAtMs - this.nowMs);
    const link = this.state.lastId;
    this.do({ kind: 'opened', link, host: 'https://b' });
    return this.welcome(link, { result: 'resumed', ...changes });
  }

  /** The transport of the open connection breaks. */
  cut(): this {
    return this.do({ kind: 'closed', link: this.state.link?.id ?? 0, code: 1006 });
  }

  send(id: number, more: { key?: string; ttlMs?: number; data?: unknown } = {}): this {
    const payload = payloadOf(more.data ?? { id });
    if (payload === null) throw new Error('no payload');
    return this.do({ kind: 'send', id, payload, key: more.key, ttlMs: more.ttlMs });
  }

  /** A message of the server that the application takes at once. */
  message(link: number, seq: number, bytes = 50): this {
    this.frame(link, { kind: 'message', seq, ack: 0, data: seq }, bytes);
    const before = this.effects;
    this.do({ kind: 'handed', stream: this.state.stream, rx: seq });
    this.effects = [...before, ...this.effects];
    return this;
  }

  saved(): SavedSession {
    return JSON.parse(JSON.stringify(savedOf(this.state, this.nowMs)));
  }
}
