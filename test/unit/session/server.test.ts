import { describe, expect, test } from 'vitest';
import { CLOSE, type FrameFromClient, type FrameToClient } from '../../../src/session/frames.ts';
import { payloadOf } from '../../../src/session/payload.ts';
import { nextServerTickMs, serverState, stepServer } from '../../../src/session/serverMachine.ts';
import { SERVER_POLICY, type ServerPolicy } from '../../../src/session/serverPolicy.ts';
import type {
  ServerEffect,
  ServerEvent,
  ServerState,
  StoreRequest,
  StoreResult,
} from '../../../src/session/serverState.ts';
import { acknowledge, append, attach, isExpired, type SessionRecord } from '../../../src/session/sessionRecord.ts';
import { judgeToken, rotate } from '../../../src/session/token.ts';

const HELLO = {
  kind: 'hello',
  v: 1,
  sid: '',
  token: '',
  stream: '',
  rx: 0,
  txLow: 1,
  txHigh: 0,
  host: 'h',
  cause: 'start',
} as const;
const FRESH = { sid: 's', stream: 'r', token: 't', hash: '#t' };

/** A connection at a server whose store answers when the test says so. */
class Desk {
  nowMs = 0;
  state: ServerState;
  effects: ServerEffect[] = [];
  policy: ServerPolicy;

  constructor(policy: Partial<ServerPolicy> = {}) {
    this.policy = { ...SERVER_POLICY, ...policy };
    this.state = serverState(this.policy, this.nowMs);
  }

  do(event: ServerEvent): this {
    const { state, effects } = stepServer(this.state, event, this.policy, { nowMs: this.nowMs });
    this.state = state;
    this.effects = [...effects];
    return this;
  }

  frame(frame: FrameFromClient, bytes = 50): this {
    return this.do({ kind: 'frame', frame, bytes });
  }

  answer(result: StoreResult): this {
    return this.do({ kind: 'stored', result });
  }

  /** Open, with a log up to `tx`; the client has used the connection. */
  open(changes: Partial<SessionRecord> = {}): this {
    this.frame(HELLO).do({ kind: 'authenticated', subject: 'ann', hash: '#', fresh: FRESH });
    const tokens = { known: '#t', pending: [], retired: [] };
    const counters = { epoch: 3, rx: 0, tx: 0, floor: 0, held: 0, expiresAtMs: 1e9 };
    const record = { sid: 's', subject: 'ann', tokens, stream: 'r', ...counters, ...changes };
    return this.answer({ kind: 'attached', record, result: 'resumed', lost: { s2c: null, c2s: null } });
  }

  message(seq: number, data: unknown = seq): this {
    return this.frame({ kind: 'message', seq, ack: 0, data });
  }

  asked(): StoreRequest[] {
    return this.effects.flatMap((effect) => (effect.kind === 'store' ? [effect.request] : []));
  }

  sent(): FrameToClient[] {
    return this.effects.flatMap((effect) => (effect.kind === 'transmit' ? [effect.frame] : []));
  }

  pass(ms: number): this {
    const endMs = this.nowMs + ms;
    let ticks = 0;
    for (let dueMs = 0; dueMs <= endMs; dueMs = nextServerTickMs(this.state)) {
      if (++ticks > 100) throw new Error('the machine ticks for ever');
      this.nowMs = Math.max(dueMs, this.nowMs);
      this.do({ kind: 'tick' });
      if (this.effects.length > 0) return this;
    }
    this.nowMs = endMs;
    return this;
  }
}

const payload = payloadOf('x') ?? expect.unreachable('no payload');
const closed = (desk: Desk): number | undefined =>
  desk.effects.flatMap((effect) => (effect.kind === 'drop' ? [effect.code] : []))[0];

describe('a server', () => {
  test('acknowledges what the store has accepted, and nothing before', () => {
    const desk = new Desk().open().message(1);
    expect(desk.sent()).toEqual([]);
    expect(desk.answer({ kind: 'accepted', rx: 1, gaps: [] }).sent()).toEqual([{ kind: 'ack', ack: 1 }]);
  });

  test('has the store accept in batches, one at a time, for its own epoch', () => {
    const desk = new Desk().open().message(1);
    expect(desk.asked()).toMatchObject([
      { op: 'accept', epoch: 3, stream: 'r', items: [{ seq: 1 }] },
      { op: 'acknowledge' },
    ]);
    expect(desk.message(2).message(3).asked()).toEqual([]);
    desk.answer({ kind: 'accepted', rx: 1, gaps: [] });
    expect(desk.asked()).toMatchObject([{ op: 'accept', items: [{ seq: 2 }, { seq: 3 }] }]);
    expect(desk.message(3).asked()).toEqual([]);
  });

  test('lets the old token live until the client has used the connection', () => {
    const desk = new Desk().open();
    expect(desk.asked()).toEqual([]);
    expect(new Desk().open().do({ kind: 'closed' }).asked()).toEqual([]);
    expect(desk.frame({ kind: 'ack', ack: 0 }).asked()).toMatchObject([{ op: 'acknowledge', rx: 0 }]);
  });

  test('sends no more than its window until the client acknowledges', () => {
    const desk = new Desk({ window: [2, 1_000] }).open({ tx: 3 });
    expect(desk.asked()).toMatchObject([{ op: 'read', after: 0, count: 2, bytes: 1_000 }]);
    const entries = [1, 2].map((seq) => ({ seq, payload }));
    expect(desk.answer({ kind: 'read', entries, floor: 0, tx: 3 }).sent()).toHaveLength(2);
    expect(desk.asked()).toEqual([]);
    expect(desk.frame({ kind: 'ack', ack: 1 }).asked()).toMatchObject([
      { op: 'read', after: 2, count: 1 },
      { op: 'acknowledge' },
    ]);
  });

  test('sends what its own application says without reading it back', () => {
    const desk = new Desk().open().do({ kind: 'send', id: 7, payload });
    expect(desk.asked()).toMatchObject([{ op: 'append', id: 7 }]);
    desk.answer({ kind: 'appended', id: 7, stream: 'r', seq: 1, payload });
    expect(desk.effects[0]).toEqual({ kind: 'appended', id: 7, seq: 1 });
    expect(desk.sent()).toMatchObject([{ kind: 'message', seq: 1 }]);
    expect(desk.asked()).toEqual([]);
  });

  test('has lost its session where what its application says goes into another log', () => {
    const desk = new Desk().open().do({ kind: 'send', id: 7, payload });
    desk.answer({ kind: 'appended', id: 7, stream: 'another', seq: 1, payload });
    expect(desk.effects[0]).toEqual({ kind: 'appended', id: 7, seq: 1 });
    expect(desk.sent()).toEqual([{ kind: 'close', code: 4409 }]);
  });

  test('reads what others have said', () => {
    expect(new Desk().open().do({ kind: 'grown', tx: 1 }).asked()).toMatchObject([{ op: 'read', after: 0 }]);
  });

  test('tells a client that is too slow for its log what it has missed', () => {
    const desk = new Desk().open({ tx: 5 });
    desk.answer({ kind: 'read', entries: [{ seq: 4, payload }], floor: 3, tx: 5 });
    expect(desk.sent()).toMatchObject([
      { kind: 'lost', to: 3 },
      { kind: 'message', seq: 4 },
    ]);
    const all = new Desk().open({ tx: 5 }).answer({ kind: 'read', entries: [], floor: 5, tx: 5 });
    expect(all.sent()).toEqual([{ kind: 'lost', to: 5 }]);
  });

  test('answers for an append even when the connection is gone', () => {
    const desk = new Desk().open().do({ kind: 'closed' });
    expect(desk.answer({ kind: 'appended', id: 1, stream: 'r', seq: 1, payload }).effects).toEqual([
      { kind: 'appended', id: 1, seq: 1 },
    ]);
    expect(desk.answer({ kind: 'failed', op: 'append', id: 2 }).effects).toEqual([{ kind: 'unknown', id: 2 }]);
    expect(desk.do({ kind: 'send', id: 3, payload }).effects).toEqual([{ kind: 'unknown', id: 3 }]);
  });

  test('does not put into the log what no frame can hold', () => {
    const large = payloadOf('x'.repeat(2_000)) ?? expect.unreachable('no payload');
    expect(new Desk({ maxBytes: 2_000 }).open().do({ kind: 'send', id: 1, payload: large }).effects).toEqual([
      { kind: 'tooLarge', id: 1 },
    ]);
  });

  test('keeps an idle session alive, and gives it its whole window when the connection ends', () => {
    const desk = new Desk({ ttlMs: 8_000 }).open().frame({ kind: 'ack', ack: 0 });
    desk.answer({ kind: 'acknowledged', tx: 0 });
    expect(desk.pass(2_000).asked()).toMatchObject([{ op: 'acknowledge', ttlMs: 8_000 }]);
    // A store that is slow is not asked again, and the machine does not turn meanwhile.
    expect(nextServerTickMs(desk.state)).toBe(4_000);
    expect(desk.do({ kind: 'closed' }).asked()).toMatchObject([{ op: 'acknowledge', ttlMs: 8_000 }]);
  });

  test('sees an alarm in a token that was used before', () => {
    const desk = new Desk().frame({ ...HELLO, sid: 's', token: 'old' });
    expect(desk.effects).toEqual([{ kind: 'authenticate', auth: undefined, token: 'old' }]);
    desk
      .do({ kind: 'authenticated', subject: 'ann', hash: '#old', fresh: FRESH })
      .answer({ kind: 'refused', why: 'reused' });
    expect(desk.effects[0]).toEqual({ kind: 'alarm', why: 'reused', sid: 's' });
    expect(closed(desk)).toBe(CLOSE.tokenRefused);
  });

  test('takes a fresh credential of the same subject, and of no other', () => {
    const desk = () => new Desk().open().frame({ kind: 'auth', auth: 'a' });
    expect(desk().effects[0]).toEqual({ kind: 'authenticate', auth: 'a', token: null });
    expect(closed(desk().do({ kind: 'authenticated', subject: 'ann', hash: '', fresh: FRESH }))).toBeUndefined();
    expect(closed(desk().do({ kind: 'authenticated', subject: 'eve', hash: '', fresh: FRESH }))).toBe(
      CLOSE.tokenRefused,
    );
  });

  test('says where to go, and that it will go', () => {
    const desk = new Desk().do({ kind: 'close', code: CLOSE.away, to: 'https://b', windowMs: 5 });
    expect(desk.sent()).toEqual([{ kind: 'moved', windowMs: 5, to: 'https://b' }]);
    const drain = { kind: 'drain', deadlineMs: 10, jitterMs: 5 } as const;
    expect(new Desk().open().do(drain).sent()).toEqual([drain]);
  });

  test('is not made to give its clients up by having been frozen itself', () => {
    const desk = new Desk().open();
    desk.nowMs = 60_000;
    expect(desk.do({ kind: 'tick' }).effects).toEqual([]);
    expect(closed(desk.pass(4_000).pass(4_000))).toBe(CLOSE.silent);
  });
});

describe('a connection is closed with', () => {
  const full = () => {
    const desk = new Desk({ window: [2, 1_000] }).open();
    for (let seq = 1; seq <= 6; seq++) desk.message(seq);
    return desk;
  };
  const mute = () => {
    const desk = new Desk().open({ tx: 1 }).answer({ kind: 'read', entries: [{ seq: 1, payload }], floor: 0, tx: 1 });
    for (let beat = 0; beat < 20 && desk.state.kind === 'open'; beat++) {
      desk.frame({ kind: 'pong' }).pass(4_000);
      if (desk.state.kind === 'open') desk.answer({ kind: 'acknowledged', tx: 1 });
    }
    return desk;
  };
  test.each<[string, number, () => Desk]>([
    ['silent: no hello', CLOSE.silent, () => new Desk().pass(5_000)],
    ['silent: nothing heard', CLOSE.silent, () => new Desk().open().pass(4_000).pass(4_000)],
    ['badFrame: a flood of hellos', CLOSE.badFrame, () => new Desk().frame(HELLO).frame(HELLO)],
    ['badFrame: a hello within the session', CLOSE.badFrame, () => new Desk().open().frame(HELLO)],
    ['badFrame: something before hello', CLOSE.badFrame, () => new Desk().message(1)],
    ['badSequence: a jump', CLOSE.badSequence, () => new Desk().open().message(2)],
    [
      'badSequence: an acknowledgement of nothing',
      CLOSE.badSequence,
      () => new Desk().open().frame({ kind: 'ack', ack: 1 }),
    ],
    ['overrun: more than the window', CLOSE.overrun, full],
    ['overrun: a client that never acknowledges', CLOSE.overrun, mute],
    ['superseded: a newer epoch', CLOSE.superseded, () => new Desk().open().do({ kind: 'superseded', epoch: 4 })],
    [
      'superseded: fenced by the store',
      CLOSE.superseded,
      () => new Desk().open().message(1).answer({ kind: 'fenced' }),
    ],
    [
      'busy: a store that can not attach',
      CLOSE.busy,
      () => new Desk().frame(HELLO).answer({ kind: 'failed', op: 'attach' }),
    ],
    [
      'busy: a store that can not accept',
      CLOSE.busy,
      () => new Desk().open().message(1).answer({ kind: 'failed', op: 'accept' }),
    ],
    ['ended: the application ends the session', CLOSE.ended, () => new Desk().open().do({ kind: 'end' })],
    [
      'tooLarge: what the decoder says',
      CLOSE.tooLarge,
      () => new Desk().open().do({ kind: 'broken', code: CLOSE.tooLarge }),
    ],
  ])('%s', (_, code, play) => {
    const desk = play();
    expect(closed(desk)).toBe(code);
    expect(desk.sent().at(-1)).toMatchObject({ kind: 'close', code });
    expect(desk.state).toEqual({ kind: 'closed' });
    expect(nextServerTickMs(desk.state)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('nothing, by news of an older epoch or a store that missed an acknowledgement', () => {
    expect(closed(new Desk().open().do({ kind: 'superseded', epoch: 3 }))).toBeUndefined();
    expect(
      closed(new Desk().open().frame({ kind: 'ack', ack: 0 }).answer({ kind: 'failed', op: 'acknowledge' })),
    ).toBeUndefined();
  });
});

describe('the record of a session', () => {
  const request = {
    op: 'attach',
    sid: '',
    stream: '',
    rx: 0,
    txLow: 1,
    subject: 'ann',
    hash: '',
    fresh: FRESH,
    ttlMs: 100,
  } as const;
  const born = attach(null, request, 0).record ?? expect.unreachable('no record');

  test('is kept for its time, and not longer', () => {
    expect(isExpired(born, 99)).toBe(false);
    expect(isExpired(born, 100)).toBe(true);
    expect(attach(born, { ...request, sid: 's', stream: 'r', hash: '#t' }, 100).result).toMatchObject({
      result: 'new',
      record: { epoch: 1 },
    });
  });

  test('keeps a log of a bounded length and weight, and what goes is the oldest', () => {
    const limits = { count: 3, bytes: 10 };
    const weigh = (from: number, to: number) => 2 * (to - from + 1);
    const grown = [2, 2, 2, 2].reduce((record, bytes) => append(record, bytes, limits, weigh), born);
    expect(grown).toMatchObject({ tx: 4, floor: 1, held: 6 });
    expect(append(grown, 9, limits, weigh)).toMatchObject({ tx: 5, floor: 4, held: 9 });
    expect(append(grown, 11, limits, weigh)).toMatchObject({ tx: 5, floor: 5, held: 0 });
  });

  test('lets go of what the client has, and of no more than there is', () => {
    const weigh = (from: number, to: number) => 2 * (to - from + 1);
    const grown = { ...born, tx: 5, floor: 1, held: 8 };
    const heard = (rx: number) => acknowledge(grown, rx, 100, 50, weigh);
    expect(heard(0)).toMatchObject({ floor: 1, held: 8, expiresAtMs: 150 });
    expect(heard(3)).toMatchObject({ floor: 3, held: 4 });
    expect(heard(9)).toMatchObject({ floor: 5, held: 0 });
  });

  test('remembers a bounded number of tokens', () => {
    let tokens = born.tokens;
    for (let round = 0; round < 50; round++) {
      tokens = rotate(tokens, round % 3 === 0 ? (tokens.pending.at(-1) ?? '#t') : tokens.known, `#${round}`);
    }
    expect(tokens.pending.length + tokens.retired.length).toBeLessThanOrEqual(20);
    expect(judgeToken(tokens, tokens.retired[0] ?? '')).toBe('reused');
    expect(judgeToken(tokens, '#never')).toBe('unknown');
  });
});

describe('a window that has become another', () => {
  const grown = () => {
    const desk = new Desk().open();
    desk.policy = { ...desk.policy, retryWindowMs: 9_000 };
    return desk;
  };

  test('is told with the next answer, once', () => {
    const desk = grown();
    expect(desk.frame({ kind: 'ping' }).sent()).toEqual([{ kind: 'pong', retryWindowMs: 9_000 }]);
    expect(desk.frame({ kind: 'ping' }).sent()).toEqual([{ kind: 'pong' }]);
    expect(desk.pass(4_000).sent()).toEqual([{ kind: 'ping' }]);
  });

  test('is told with the next question', () => {
    expect(grown().pass(4_000).sent()).toEqual([{ kind: 'ping', retryWindowMs: 9_000 }]);
  });

  test('is told within a quarter of a session’s life to those who talk all the time', () => {
    const desk = grown();
    const told: unknown[] = [];
    for (let second = 0; second < 35; second++) {
      desk.pass(1_000);
      told.push(...desk.sent());
      desk.answer({ kind: 'acknowledged', tx: 0 }).frame({ kind: 'ack', ack: 0 });
    }
    expect(told).toEqual([{ kind: 'ping', retryWindowMs: 9_000 }]);
  });
});
