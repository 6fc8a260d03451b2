import { expect } from 'vitest';
import { decodeFromClient, decodeFromServer, encode } from '../../../src/session/codec.ts';
import type { FrameToServer, Range } from '../../../src/session/frames.ts';
import { payloadOf } from '../../../src/session/payload.ts';
import { nextServerTickMs, serverState, stepServer } from '../../../src/session/serverMachine.ts';
import { SERVER_POLICY } from '../../../src/session/serverPolicy.ts';
import type { ServerEffect, ServerEvent, ServerState } from '../../../src/session/serverState.ts';
import { PlainStore } from '../../../src/simulate/schedules/plainStore.ts';

/** One step of a scene in docs/protocol-vectors.json, as docs/protocol.md explains it. */
export interface Step {
  readonly on?: number;
  readonly client?: Record<string, unknown>;
  readonly text?: string;
  readonly subject?: string;
  readonly server?: Record<string, unknown>;
  readonly closes?: number;
  readonly cut?: boolean;
  readonly open?: boolean;
  readonly passMs?: number;
  readonly store?: 'fails' | 'works' | 'forgets';
  readonly app?: 'got' | 'gaps' | 'send';
  readonly data?: unknown;
  readonly ranges?: readonly Range[];
  readonly sid?: string;
}

interface Line {
  state: ServerState;
  subject: string;
  readonly frames: unknown[];
  closed: number;
}

/** Plays a scene against this library's server over a store in memory. */
export class Script {
  private nowMs = 0;
  private readonly store: PlainStore;
  private failing = false;
  private readonly lines = new Map<number, Line>();
  private readonly names = new Map<string, string>();
  private readonly gaps: (Range | null)[] = [];
  private made = 0;

  constructor(replay = 100) {
    this.store = new PlainStore({ count: replay, bytes: 1_000_000 });
  }

  play(step: Step): void {
    if (step.passMs !== undefined) this.pass(step.passMs);
    else if (step.store === 'forgets') this.store.sessions.clear();
    else if (step.store !== undefined) this.failing = step.store === 'fails';
    else if (step.app === 'send') this.say(step);
    else if (step.app === 'got') expect(this.store.effects.map(({ data }) => data)).toEqual(step.data);
    else if (step.app === 'gaps') expect(this.gaps).toEqual(step.ranges);
    else this.onLine(step, this.line(step.on ?? 0, step.subject));
  }

  /** Nothing was said that the scene does not know of. */
  end(): void {
    for (const { frames } of this.lines.values()) expect(frames).toEqual([]);
  }

  private onLine(step: Step, line: Line): void {
    if (step.cut) {
      // What the client has not read by then is lost.
      line.frames.length = 0;
      this.feed(line, { kind: 'closed' });
    } else if (step.client !== undefined) {
      const frame = this.filled(step.client);
      const out = 'data' in frame ? { ...frame, data: payloadOf(frame['data']) } : frame;
      this.arrive(line, encode(out as unknown as FrameToServer));
    } else if (step.text !== undefined) this.arrive(line, step.text);
    else if (step.server !== undefined) this.expectFrame(line.frames.shift(), step.server);
    else if (step.closes !== undefined) expect([line.frames, line.closed]).toEqual([[], step.closes]);
  }

  private line(on: number, subject = 'ann'): Line {
    const line = this.lines.get(on) ?? {
      state: serverState(SERVER_POLICY, this.nowMs),
      subject,
      frames: [],
      closed: 0,
    };
    this.lines.set(on, line);
    return line;
  }

  private arrive(line: Line, wire: string | Uint8Array): void {
    const decoded = decodeFromClient(wire, SERVER_POLICY.maxBytes);
    if (decoded.kind === 'refused') this.feed(line, { kind: 'broken', code: decoded.code });
    else this.feed(line, { kind: 'frame', frame: decoded.frame, bytes: wire.length });
  }

  private feed(line: Line, event: ServerEvent): void {
    const { state, effects } = stepServer(line.state, event, SERVER_POLICY, { nowMs: this.nowMs });
    line.state = state;
    for (const effect of effects) this.run(line, effect);
  }

  private run(line: Line, effect: ServerEffect): void {
    if (effect.kind === 'transmit') {
      const decoded = decodeFromServer(encode(effect.frame), SERVER_POLICY.maxBytes);
      line.frames.push(decoded.kind === 'frame' ? decoded.frame : decoded);
    } else if (effect.kind === 'drop') line.closed = effect.code;
    else if (effect.kind === 'gap') this.gaps.push(effect.range);
    else if (effect.kind === 'store') {
      const { request } = effect;
      const result = this.failing ? ({ kind: 'failed', op: request.op } as const) : this.store.run(request, this.nowMs);
      this.feed(line, { kind: 'stored', result });
    } else if (effect.kind === 'authenticate') {
      const n = ++this.made;
      const fresh = { sid: `sid-${n}`, stream: `stream-${n}`, token: `token-${n}`, hash: `#token-${n}` };
      this.feed(line, { kind: 'authenticated', subject: line.subject, hash: `#${effect.token}`, fresh });
    }
  }

  private say({ sid = '', data }: Step): void {
    const name = this.names.get(sid) ?? '';
    const open = [...this.lines.values()].find(({ state }) => state.kind === 'open' && state.sid === name);
    const payload = payloadOf(data) ?? expect.unreachable('no payload');
    if (open !== undefined) this.feed(open, { kind: 'send', id: 1, payload });
    else this.store.run({ op: 'append', sid: name, id: 1, payload }, this.nowMs);
  }

  private pass(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let ticks = 0; ; ticks++) {
      if (ticks > 1_000) throw new Error('a server ticks for ever');
      this.nowMs = Math.min(endMs, ...[...this.lines.values()].map(({ state }) => nextServerTickMs(state)));
      for (const line of this.lines.values()) {
        if (nextServerTickMs(line.state) <= this.nowMs) this.feed(line, { kind: 'tick' });
      }
      if (this.nowMs >= endMs) return;
    }
  }

  /** Puts in what the server has chosen for a name with a `$`. */
  private filled(frame: Record<string, unknown>): Record<string, unknown> {
    const entries = Object.entries(frame).map(([key, value]) => [key, this.names.get(String(value)) ?? value]);
    return Object.fromEntries(entries);
  }

  /** All that the scene says of the frame is so; a name with a `$` stands for what comes first in its place. */
  private expectFrame(frame: unknown, expected: Record<string, unknown>): void {
    const got = Object(frame);
    for (const [key, value] of Object.entries(expected)) {
      if (typeof value === 'string' && value.startsWith('$') && !this.names.has(value)) this.names.set(value, got[key]);
    }
    expect(frame).toMatchObject(this.filled(expected));
  }
}
