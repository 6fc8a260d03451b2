import { describe, expect, test } from 'vitest';
import { CLOSE } from '../../../src/session/frames.ts';
import { Play } from './play.ts';

const ids = (effects: readonly { readonly id: number }[]): number[] => effects.map(({ id }) => id);

describe('a connection', () => {
  test('is open at welcome and not before', () => {
    const play = new Play().do({ kind: 'start' }).do({ kind: 'opened', link: 1, host: 'https://a' });
    expect(play.sent().map(({ kind }) => kind)).toEqual(['hello']);
    expect(play.state.link).toBeNull();
    expect(play.welcome(1).got('opened')).toHaveLength(1);
  });

  test('to a host that accepts and stays mute gets a rival after 2 s, which greets once it is up', () => {
    const play = new Play().do({ kind: 'start' }).do({ kind: 'opened', link: 1, host: 'https://a' });
    expect(play.pass(1_999).effects).toEqual([]);
    expect(play.pass(1).got('connect')).toEqual([{ kind: 'connect', link: 2, to: null, avoid: ['https://a'] }]);
    play.do({ kind: 'opened', link: 2, host: 'https://b' });
    expect(play.got('drop')).toEqual([{ kind: 'drop', link: 1, code: CLOSE.done }]);
    expect(play.sent()).toMatchObject([{ kind: 'hello', host: 'https://b' }]);
    expect(play.welcome(1, { sid: 'late' }).state.sid).toBe('');
    expect(play.welcome(2).state.link?.host).toBe('https://b');
  });

  test('that none of two hosts welcomes is tried again, with more patience', () => {
    const play = new Play().do({ kind: 'start' }).pass(2_000).pass(2_000);
    expect(play.got('drop')).toHaveLength(2);
    expect(play.pass(500).got('connect')).toHaveLength(1);
    expect(play.pass(3_999).effects).toEqual([]);
    expect(play.pass(1).got('connect')).toHaveLength(1);
  });

  test('that was left has no say any more', () => {
    const play = new Play().open().send(1).do({ kind: 'closed', link: 1, code: 1006 }).pass(1_000);
    const { state } = play.do({ kind: 'opened', link: 2, host: 'https://b' }).welcome(2, { result: 'resumed' });
    play.frame(1, { kind: 'ack', ack: 1 }).frame(1, { kind: 'message', seq: 1, ack: 0, data: 0 });
    play.do({ kind: 'closed', link: 1, code: 1006 }).do({ kind: 'broken', link: 1, code: CLOSE.badFrame });
    expect(play.state).toBe(state);
  });

  test('found dead is detached before it is closed, and no answer of it counts', () => {
    const play = new Play().open().pass(8_000);
    expect(play.got('drop')).toEqual([{ kind: 'drop', link: 1, code: CLOSE.silent }]);
    expect(play.frame(1, { kind: 'pong' }).state.link).toBeNull();
  });

  test.each([
    [0, 8_000],
    [0.5, 7_500],
    [0.999, 7_001],
  ])('is asked after 4 s of silence and, with a draw of %d, given up after %d ms', (draw, deadMs) => {
    const play = new Play();
    play.draw = draw;
    play.open();
    expect(play.pass(4_000).sent()).toEqual([{ kind: 'ping' }]);
    expect(
      play
        .frame(1, { kind: 'pong' })
        .pass(deadMs - 1)
        .got('drop'),
    ).toEqual([]);
    expect(play.pass(1).got('drop')).toHaveLength(1);
  });

  test.each([
    [0, 2_800],
    [0.5, 2_450],
    [0.99, 2_107],
  ])(
    'that owes an acknowledgement is asked after 1.4 s and, with a draw of %d, given up after %d ms',
    (draw, deadMs) => {
      const play = new Play();
      play.draw = draw;
      play.open().send(1);
      expect(play.pass(1_400).sent()).toEqual([{ kind: 'ping' }]);
      play.frame(1, { kind: 'pong' });
      expect(play.pass(deadMs - 1).got('drop')).toEqual([]);
      expect(play.pass(1).got('drop')).toHaveLength(1);
    },
  );

  test('that fell silent has been waited for: the next begins at once, or after what is left of a longer window', () => {
    expect(new Play().open().pass(7_500).got('connect')).toHaveLength(1);
    const play = new Play().open({ retryWindowMs: 9_000 }).pass(7_500);
    expect(play.state.connectAtMs - play.nowMs).toBe(4_000);
  });

  test('is replaced after a draw from the window that was told last, in its welcome or in a beat', () => {
    const play = new Play().open({ retryWindowMs: 2_000 });
    play.frame(1, { kind: 'pong' }).frame(1, { kind: 'ping', retryWindowMs: 60_000 }).frame(1, { kind: 'pong' });
    play.do({ kind: 'closed', link: 1, code: 1006 });
    expect(play.state.connectAtMs - play.nowMs).toBe(30_000);
  });

  test('is asked at once on waking, and has 2 s to answer', () => {
    const play = new Play().open().do({ kind: 'wake' });
    expect(play.pass(0).sent()).toEqual([{ kind: 'ping' }]);
    expect(play.pass(1_999).got('drop')).toEqual([]);
    expect(play.pass(1).got('drop')).toHaveLength(1);
  });

  test('is not given up for what the device slept through', () => {
    const play = new Play().open();
    play.nowMs += 3_600_000;
    expect(play.do({ kind: 'tick' }).got('drop')).toEqual([]);
    expect(play.sent()).toEqual([{ kind: 'ping' }]);
    expect(play.frame(1, { kind: 'pong' }).pass(3_000).got('drop')).toEqual([]);
  });

  test('whose handshake ended while the device slept is not thrown away', () => {
    const play = new Play().do({ kind: 'start' });
    play.nowMs += 3_600_000;
    expect(play.do({ kind: 'tick' }).effects).toEqual([]);
    play.do({ kind: 'opened', link: 1, host: 'https://a' }).welcome(1);
    expect(play.state.link?.id).toBe(1);
  });

  test('on which a probe failed is followed by others, time and again', () => {
    const play = new Play().open();
    for (let round = 2; round < 6; round++) {
      expect(play.do({ kind: 'wake' }).pass(2_000).got('drop')).toHaveLength(1);
      expect(play.resume().state.link?.id).toBe(round);
    }
  });

  test('is closed by what can not be: a jump, an acknowledgement of nothing, a second welcome', () => {
    const jump = new Play().open().frame(1, { kind: 'message', seq: 2, ack: 0, data: 0 });
    expect(jump.got('drop')).toEqual([{ kind: 'drop', link: 1, code: CLOSE.badSequence }]);
    expect(new Play().open().frame(1, { kind: 'ack', ack: 1 }).got('drop')[0]?.code).toBe(CLOSE.badSequence);
    expect(new Play().open().welcome(1).got('drop')[0]?.code).toBe(CLOSE.badFrame);
  });
});

describe('the next connection', () => {
  const lost = (play: Play) => play.do({ kind: 'closed', link: play.state.lastId, code: 1006 });

  test('waits a draw from the window of the server, drawn anew each time', () => {
    const play = new Play().open({ retryWindowMs: 10_000 }).pass(5_000);
    play.draw = 0.25;
    expect(lost(play).state.connectAtMs - play.nowMs).toBe(2_500);
    play
      .pass(2_500)
      .do({ kind: 'opened', link: 2, host: 'https://b' })
      .welcome(2, { result: 'resumed', retryWindowMs: 10_000 });
    play.pass(3_000).frame(2, { kind: 'ping' }).pass(3_000);
    play.draw = 0.75;
    expect(lost(play).state.connectAtMs - play.nowMs).toBe(7_500);
  });

  test('comes at once where the window is 0, and still backs off when that fails', () => {
    const play = new Play().open({ retryWindowMs: 0 }).pass(5_000);
    expect(lost(play).pass(0).got('connect')).toHaveLength(1);
    expect(lost(play).state.connectAtMs).toBeGreaterThan(play.nowMs);
  });

  test('waits longer with each failure, and a welcome alone resets nothing', () => {
    const play = new Play().open();
    const waits = Array.from({ length: 9 }, () => {
      const waitMs = lost(play).state.connectAtMs - play.nowMs;
      play.pass(waitMs);
      const link = play.state.lastId;
      play.do({ kind: 'opened', link, host: 'https://a' }).welcome(link, { result: 'resumed' });
      return waitMs;
    });
    expect(waits).toEqual([500, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
    play.pass(3_000).frame(play.state.lastId, { kind: 'pong' }).pass(2_000);
    expect(lost(play).state.connectAtMs - play.nowMs).toBe(500);
  });

  test('comes sooner on waking, but within the window that the server gave', () => {
    const play = new Play().open().frame(1, { kind: 'close', code: CLOSE.busy, windowMs: 60_000 });
    expect(play.state.connectAtMs - play.nowMs).toBe(30_000);
    play.draw = 0.1;
    expect(play.do({ kind: 'wake' }).state.connectAtMs - play.nowMs).toBe(6_000);
  });

  test('waits for an hour at the most, whatever window a server gives', () => {
    const play = new Play().open({ retryWindowMs: 2 ** 31 - 1 }).do({ kind: 'closed', link: 1, code: 1006 });
    expect(play.state.connectAtMs - play.nowMs).toBe(1_800_000);
    play.do({ kind: 'stop', end: false }).do({ kind: 'start' });
    play.do({ kind: 'opened', link: play.state.lastId, host: 'https://a' });
    play.frame(play.state.lastId, { kind: 'close', code: CLOSE.busy, windowMs: 2 ** 31 - 1 });
    expect(play.state.connectAtMs - play.nowMs).toBeLessThanOrEqual(3_600_000);
  });

  test('comes after an outage that ends as 1000, too', () => {
    expect(new Play().open().do({ kind: 'closed', link: 1, code: 1000 }).pass(1_000).got('connect')).toHaveLength(1);
  });

  test('does not come after the server has ended the session', () => {
    const play = new Play().open().frame(1, { kind: 'close', code: CLOSE.ended });
    expect(play.got('stopped')).toEqual([{ kind: 'stopped', code: CLOSE.ended }]);
    expect(play.pass(100_000).effects).toEqual([]);
    expect(play.do({ kind: 'start' }).got('connect')).toHaveLength(1);
  });

  test('brings a fresh credential once; refused twice, it is for the application to say', () => {
    const play = new Play().do({ kind: 'start' }).do({ kind: 'opened', link: 1, host: 'https://a', auth: 'stale' });
    expect(play.sent()).toMatchObject([{ auth: 'stale' }]);
    play.frame(1, { kind: 'close', code: CLOSE.unauthenticated }).pass(500);
    expect(play.do({ kind: 'opened', link: 2, host: 'https://a', auth: 'fresh' }).sent()).toMatchObject([
      { auth: 'fresh' },
    ]);
    play.frame(2, { kind: 'close', code: CLOSE.unauthenticated });
    expect(play.got('stopped')).toEqual([{ kind: 'stopped', code: CLOSE.unauthenticated }]);
    expect(play.do({ kind: 'start' }).got('connect')).toHaveLength(1);
  });

  test('goes where the server says that the session is', () => {
    const play = new Play().open().frame(1, { kind: 'moved', windowMs: 100, to: 'https://b' });
    expect(play.pass(50).got('connect')).toEqual([{ kind: 'connect', link: 2, to: 'https://b', avoid: [] }]);
  });
});

describe('a move', () => {
  const draining = () =>
    new Play().open().frame(1, { kind: 'drain', deadlineMs: 10_000, jitterMs: 1_000, to: 'https://b' });

  test('off a server that drains begins within the jitter, and leaves when the next has welcomed', () => {
    const play = draining();
    expect(play.pass(499).effects).toEqual([]);
    expect(play.pass(1).got('connect')).toEqual([{ kind: 'connect', link: 2, to: 'https://b', avoid: ['https://a'] }]);
    play.do({ kind: 'opened', link: 2, host: 'https://b' });
    expect(play.state.link?.id).toBe(1);
    expect(play.message(1, 1).got('deliver')).toHaveLength(1);
    play.welcome(2, { result: 'resumed' });
    expect(play.got('drop')).toEqual([{ kind: 'drop', link: 1, code: CLOSE.done }]);
    expect(play.message(2, 1).got('deliver')).toEqual([]);
    expect(play.message(2, 2).got('deliver')).toHaveLength(1);
  });

  test('off servers that drain as soon as they have welcomed does not become a loop', () => {
    const play = new Play();
    play.draw = 0.999;
    play.open();
    let moves = 0;
    for (const endMs = play.nowMs + 60_000; play.nowMs < endMs && moves < 1_000; moves++) {
      const { id } = play.state.link ?? expect.unreachable('no link');
      play.frame(id, { kind: 'drain', deadlineMs: 10_000, jitterMs: 0 });
      while (play.state.attempts.length === 0) play.pass(10);
      play.do({ kind: 'opened', link: play.state.lastId, host: `https://${moves % 2}` });
      play.welcome(play.state.lastId, { result: 'resumed' });
    }
    expect(moves).toBeLessThan(30);
  });

  test('off a server that drains is tried again until it works', () => {
    const play = draining().pass(500).do({ kind: 'closed', link: 2, code: 1006 });
    expect(play.pass(1_000).got('connect')).toHaveLength(1);
  });

  test('that was asked for and is turned away leaves the window of the old connection as it was', () => {
    const play = new Play().open({ retryWindowMs: 60_000 }).do({ kind: 'move' });
    play.do({ kind: 'opened', link: 2, host: 'https://b' });
    play.frame(2, { kind: 'close', code: CLOSE.busy, windowMs: 2_000 });
    expect(play.state).toMatchObject({ move: null, windowMs: 60_000, link: { id: 1 } });
  });

  test('that was asked for and fails is over: the old connection is good', () => {
    const play = new Play().open().do({ kind: 'move' });
    expect(play.got('connect')).toHaveLength(1);
    play.do({ kind: 'closed', link: 2, code: 1006 });
    expect(play.pass(2_000).got('connect')).toEqual([]);
    expect(play.state.link?.id).toBe(1);
    expect(play.do({ kind: 'move' }).got('connect')).toHaveLength(1);
  });

  test('whose new connection has the session before the client hears of it is no loss', () => {
    const play = draining().pass(500).do({ kind: 'opened', link: 2, host: 'https://b' });
    play.message(1, 1).frame(1, { kind: 'close', code: CLOSE.superseded });
    expect([play.state.link, play.state.cause]).toEqual([null, 'drain']);
    // The message was acknowledged to the old server after the new one had been told of the number before.
    play.welcome(2, { result: 'partial', replayFrom: 2, lost: { s2c: [1, 1], c2s: null } });
    expect(play.got('gap')).toEqual([]);
    expect(play.got('opened')[0]?.welcome.result).toBe('resumed');
  });

  test('acknowledges to the new server only what that has sent, though the old one was ahead of it', () => {
    const play = draining().pass(500).do({ kind: 'opened', link: 2, host: 'https://b' });
    play.message(1, 1).message(1, 2);
    expect(play.welcome(2, { result: 'resumed', replayFrom: 1 }).sent()).toEqual([{ kind: 'ack', ack: 0 }]);
    expect(play.frame(2, { kind: 'message', seq: 1, ack: 0, data: 1 }).got('deliver')).toEqual([]);
    expect(play.send(7).sent()).toMatchObject([{ kind: 'message', ack: 1 }]);
    play.frame(2, { kind: 'message', seq: 2, ack: 1, data: 2 });
    expect(play.pass(250).sent()).toEqual([{ kind: 'ack', ack: 2 }]);
    expect(play.pass(1_000).sent()).toEqual([]);
  });

  test('goes on alone when the old connection breaks meanwhile', () => {
    const play = draining().pass(500).do({ kind: 'opened', link: 2, host: 'https://b' });
    play.do({ kind: 'closed', link: 1, code: 1006 });
    expect(play.pass(1_000).got('connect')).toEqual([]);
    expect(play.welcome(2, { result: 'resumed' }).state.link?.id).toBe(2);
  });
});

describe('an application that has enough to do', () => {
  const message = (seq: number, ack = 0) => ({ kind: 'message', seq, ack, data: seq }) as const;
  const full = () => new Play().open().message(1, 1).frame(1, message(2)).do({ kind: 'full', full: true });

  test('is brought nothing more, while what it sends goes on', () => {
    const play = full().frame(1, message(3)).frame(1, message(4)).frame(1, { kind: 'lost', to: 9 });
    expect([...play.got('deliver'), ...play.got('gap')]).toEqual([]);
    expect(play.state).toMatchObject({ rx: 2, link: { id: 1 } });
    expect(play.send(7).sent()).toMatchObject([{ kind: 'message', seq: 1, ack: 1 }]);
    expect(play.frame(1, message(10, 1)).got('accepted')).toEqual([{ kind: 'accepted', id: 7 }]);
    expect(play.frame(1, message(2)).state.rx).toBe(2);
  });

  test('is brought the rest by another connection, which begins at once, as soon as it can take it', () => {
    const play = full().frame(1, message(3)).do({ kind: 'handed', stream: 'r', rx: 2 });
    play.do({ kind: 'full', full: false });
    expect(play.effects.filter(({ kind }) => kind === 'drop' || kind === 'connect')).toEqual([
      { kind: 'drop', link: 1, code: CLOSE.overrun },
      { kind: 'connect', link: 2, to: null, avoid: [] },
    ]);
    play.do({ kind: 'opened', link: 2, host: 'https://a' });
    expect(play.sent()).toMatchObject([{ kind: 'hello', rx: 2, cause: 'lost' }]);
    play.welcome(2, { result: 'resumed', replayFrom: 3 });
    expect(play.message(2, 3).got('deliver')).toHaveLength(1);
  });

  test('stays where it is if nothing more has come', () => {
    const play = full().do({ kind: 'full', full: false });
    expect(play.effects).toEqual([]);
    expect(play.frame(1, message(3)).got('deliver')).toHaveLength(1);
  });

  test('hears exactly what it has missed for good, though it is full again', () => {
    const play = full()
      .frame(1, message(3))
      .cut()
      .resume({ result: 'partial', replayFrom: 6, lost: { s2c: [2, 5], c2s: null } });
    expect(play.got('gap')).toMatchObject([{ from: 3, to: 5 }]);
    expect(play.frame(2, message(6)).got('deliver')).toEqual([]);
  });

  test('goes on with the move that is under way', () => {
    const play = full().frame(1, message(3)).do({ kind: 'move' }).do({ kind: 'full', full: false });
    expect(play.got('drop')).toHaveLength(1);
    expect(play.got('connect')).toEqual([]);
    play.do({ kind: 'opened', link: 2, host: 'https://b' }).welcome(2, { result: 'resumed' });
    expect(play.state).toMatchObject({ link: { id: 2, missed: false }, move: null });
    const drained = full().frame(1, { kind: 'drain', deadlineMs: 10_000, jitterMs: 1_000, to: 'https://b' });
    drained.frame(1, message(3)).do({ kind: 'full', full: false });
    expect(drained.got('connect')).toMatchObject([{ to: 'https://b' }]);
    // No second one at the moment that had been drawn for it.
    expect(drained.pass(1_500).got('connect')).toEqual([]);
  });
});

describe('a session', () => {
  test('resumes from 0 as from any other number', () => {
    const play = new Play().open().do({ kind: 'closed', link: 1, code: 1006 }).pass(1_000);
    play.do({ kind: 'opened', link: 2, host: 'https://b' });
    expect(play.sent()).toMatchObject([
      { kind: 'hello', sid: 's', token: 't1', stream: 'r', rx: 0, txLow: 1, txHigh: 0 },
    ]);
    expect(play.welcome(2, { result: 'resumed' }).got('gap')).toEqual([]);
  });

  test('does not use a token before it is stored: neither for a first frame nor for a hello', () => {
    const play = new Play();
    play.slowDisk = true;
    play.open().send(1);
    expect(play.do({ kind: 'wake' }).pass(7_000).sent()).toEqual([]);
    expect(play.got('drop')).toHaveLength(1);
    play.do({ kind: 'opened', link: 2, host: 'https://b' });
    expect(play.sent()).toEqual([]);
    expect(play.do({ kind: 'saved' }).sent()).toMatchObject([{ kind: 'hello', token: 't1' }]);
  });

  test('proves with its first frame that it has the token', () => {
    expect(new Play().open().sent()).toEqual([{ kind: 'ack', ack: 0 }]);
  });

  test('is told apart from one of another name, and from an older self', () => {
    const again = () =>
      new Play()
        .open({ epoch: 5 })
        .do({ kind: 'closed', link: 1, code: 1006 })
        .pass(1_000)
        .do({ kind: 'opened', link: 2, host: 'https://b' });
    expect(again().welcome(2, { result: 'resumed', sid: 'other' }).got('drop')[0]?.code).toBe(CLOSE.badFrame);
    expect(again().welcome(2, { result: 'resumed', epoch: 5 }).got('drop')[0]?.code).toBe(CLOSE.superseded);
  });

  test('that is lost is reported, and what it may have had is unknown and goes again only with a key', () => {
    const play = new Play().open().message(1, 1).send(1).send(2, { key: 'k' });
    play
      .do({ kind: 'closed', link: 1, code: 1006 })
      .send(3)
      .pass(1_000)
      .do({ kind: 'opened', link: 2, host: 'https://b' });
    play.welcome(2, { sid: 's2', stream: 'r2' });
    expect(play.got('gap')).toEqual([{ kind: 'gap', direction: 's2c', stream: 'r', from: 2, to: null }]);
    expect(play.got('unknown')).toEqual([
      { kind: 'unknown', id: 1, resent: false },
      { kind: 'unknown', id: 2, resent: true },
    ]);
    expect(play.sent()).toMatchObject([
      { kind: 'ack' },
      { seq: 1, key: 'k', data: { text: '{"id":2}' } },
      { seq: 2, data: { text: '{"id":3}' } },
    ]);
    expect(ids(play.frame(2, { kind: 'ack', ack: 2 }).got('accepted'))).toEqual([2, 3]);
  });

  test('whose token somebody else has used begins anew', () => {
    const play = new Play().open().send(1).do({ kind: 'closed', link: 1, code: 1006 }).pass(1_000);
    play
      .do({ kind: 'opened', link: 2, host: 'https://b' })
      .frame(2, { kind: 'close', code: CLOSE.tokenRefused })
      .pass(1_000);
    play.do({ kind: 'opened', link: 3, host: 'https://b' });
    expect(play.sent()).toMatchObject([{ sid: '', token: '', stream: '' }]);
    expect(play.welcome(3, { sid: 's2', stream: 'r2' }).got('unknown')).toHaveLength(1);
  });

  test('resumes after a reload with what was stored, and what it sent before is settled by the welcome', () => {
    const before = new Play().open().message(1, 1).send(1).send(2);
    const play = new Play({}, before.saved()).do({ kind: 'start' }).do({ kind: 'opened', link: 1, host: 'https://a' });
    expect(play.sent()).toMatchObject([{ sid: 's', token: 't1', rx: 1, txLow: 1, txHigh: 2 }]);
    play.welcome(1, { result: 'resumed', epoch: 2, rx: 1, replayFrom: 2 });
    expect(ids(play.got('accepted'))).toEqual([1]);
    expect(play.sent().slice(1)).toMatchObject([{ seq: 2 }]);
  });

  test('whose stored state is older than what the server has does not fall over', () => {
    const before = new Play().open().send(1).saved();
    const play = new Play({}, before).do({ kind: 'start' }).do({ kind: 'opened', link: 1, host: 'https://a' });
    play.welcome(1, { result: 'resumed', epoch: 2, rx: 7 });
    expect(play.got('unknown')).toEqual([{ kind: 'unknown', id: 1, resent: false }]);
    expect(play.send(2).sent()).toMatchObject([{ seq: 8 }]);
  });

  test('tells the exact range that the server could not keep', () => {
    const play = new Play().open().message(1, 1).do({ kind: 'closed', link: 1, code: 1006 }).pass(1_000);
    play.do({ kind: 'opened', link: 2, host: 'https://b' });
    play.welcome(2, { result: 'partial', replayFrom: 4, lost: { s2c: [2, 3], c2s: null } });
    expect(play.got('gap')).toEqual([{ kind: 'gap', direction: 's2c', stream: 'r', from: 2, to: 3 }]);
    expect(play.frame(2, { kind: 'lost', to: 5 }).got('gap')).toMatchObject([{ from: 4, to: 5 }]);
    expect(play.frame(2, { kind: 'lost', to: 5 }).got('gap')).toEqual([]);
    expect(play.message(2, 6).got('deliver')).toHaveLength(1);
  });

  test('that begins in a log which has overflowed already counts the gap as had once the application has it', () => {
    const play = new Play().open({ replayFrom: 3 });
    expect(play.got('gap')).toEqual([{ kind: 'gap', direction: 's2c', stream: 'r', from: 1, to: 2 }]);
    expect(play.saved().rx).toBe(0);
    expect(play.do({ kind: 'handed', stream: 'r', rx: 2 }).saved().rx).toBe(2);
    expect(play.pass(250).sent()).toEqual([{ kind: 'ack', ack: 2 }]);
  });

  test('that the application ends is over everywhere', () => {
    const play = new Play().open().send(1).do({ kind: 'stop', end: true });
    expect(play.sent()).toEqual([{ kind: 'close', code: CLOSE.done }]);
    expect(play.got('unknown')).toHaveLength(1);
    expect(play.saved()).toMatchObject({ sid: '', outbox: { entries: [] } });
    expect(play.send(2).got('refused')).toEqual([{ kind: 'refused', id: 2, why: 'stopped' }]);
  });
});
