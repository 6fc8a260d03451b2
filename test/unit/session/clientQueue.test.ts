import { describe, expect, test } from 'vitest';
import type { OutboxLimits } from '../../../src/session/outbox.ts';
import { Play } from './play.ts';

const outbox = (whenFull: OutboxLimits['whenFull'], count = 2): { outbox: OutboxLimits } => ({
  outbox: { count, bytes: 1_000, whenFull },
});

describe('a message', () => {
  test('is kept through any number of connections, and goes out again on each until it is accepted', () => {
    const play = new Play().open().send(1);
    for (let round = 0; round < 3; round++) {
      expect(play.cut().resume().sent().slice(1)).toMatchObject([
        { kind: 'message', seq: 1, data: { text: '{"id":1}' } },
      ]);
    }
    expect(play.frame(4, { kind: 'ack', ack: 1 }).got('accepted')).toEqual([{ kind: 'accepted', id: 1 }]);
  });

  test('is not sent before it is stored', () => {
    const play = new Play().open();
    play.slowDisk = true;
    expect(play.send(1).sent()).toEqual([]);
    expect(play.do({ kind: 'saved' }).sent()).toMatchObject([{ seq: 1 }]);
  });

  test('that is stale is not sent, and its number is given up', () => {
    const play = new Play().do({ kind: 'start' }).send(1, { ttlMs: 100 }).send(2);
    play.pass(100);
    expect(play.got('refused')).toEqual([{ kind: 'refused', id: 1, why: 'expired' }]);
    play.do({ kind: 'opened', link: 1, host: 'https://a' });
    expect(play.sent()).toMatchObject([{ txLow: 2, txHigh: 2 }]);
    // A new session counts from 1.
    expect(play.welcome(1).sent().slice(1)).toMatchObject([{ seq: 1, data: { text: '{"id":2}' } }]);
  });

  test('that was on the way when it became stale is not called stale before that is sure', () => {
    const play = new Play().open().send(1, { ttlMs: 100 }).send(2).cut();
    expect(play.pass(400).got('refused')).toEqual([]);
    play.resume();
    expect(play.sent().slice(1)).toMatchObject([{ kind: 'lost', to: 1 }, { seq: 2 }]);
    expect(play.got('refused')).toEqual([{ kind: 'refused', id: 1, why: 'expired' }]);
  });

  test('keeps aging while the process is away', () => {
    const stored = new Play().send(1, { ttlMs: 1_000 }).saved();
    expect(new Play({}, stored, 400).state.outbox.list[0]?.expiresAtMs).toBe(50_600);
  });

  test('that no frame can hold is refused at once, and at a smaller server later', () => {
    const big = { data: 'x'.repeat(60_000) };
    expect(new Play({ maxBytes: 50_000 }).send(1, big).got('refused')).toEqual([
      { kind: 'refused', id: 1, why: 'too-large' },
    ]);
    const play = new Play().send(1, big).send(2).open({ maxBytes: 50_000 });
    expect(play.got('refused')).toEqual([{ kind: 'refused', id: 1, why: 'too-large' }]);
    expect(play.sent()).toContainEqual({ kind: 'lost', to: 1 });
    expect(play.sent().at(-1)).toMatchObject({ seq: 2 });
  });

  test('with a key that no frame can hold is refused', () => {
    expect(new Play().send(1, { key: 'two words' }).got('refused')).toEqual([
      { kind: 'refused', id: 1, why: 'bad-key' },
    ]);
  });
});

describe('a full outbox', () => {
  test('lets the caller wait until there is room', () => {
    const play = new Play(outbox('wait')).open().send(1).send(2).send(3);
    expect(play.got('wait')).toEqual([{ kind: 'wait', id: 3 }]);
    expect(play.frame(1, { kind: 'ack', ack: 1 }).got('room')).toHaveLength(1);
    expect(play.send(3).sent()).toMatchObject([{ seq: 3 }]);
  });

  test('refuses', () => {
    const play = new Play(outbox('reject')).send(1).send(2).send(3);
    expect(play.got('refused')).toEqual([{ kind: 'refused', id: 3, why: 'full' }]);
  });

  test('drops the oldest that was surely not sent', () => {
    const play = new Play(outbox('drop-oldest')).send(1).send(2).send(3);
    expect(play.got('refused')).toEqual([{ kind: 'refused', id: 1, why: 'dropped' }]);
    expect(play.open().sent().at(-1)).toMatchObject({ seq: 2, data: { text: '{"id":3}' } });
    expect(play.send(4).got('refused')).toEqual([{ kind: 'refused', id: 4, why: 'full' }]);
  });

  test('weighs bytes, too', () => {
    const play = new Play(outbox('reject', 100)).send(1, { data: 'x'.repeat(900) }).send(2, { data: 'x'.repeat(200) });
    expect(play.got('refused')).toEqual([{ kind: 'refused', id: 2, why: 'full' }]);
  });

  test('tells what it dropped only when that is stored: a crash before brings it back', () => {
    const play = new Play(outbox('drop-oldest', 1)).send(1);
    play.slowDisk = true;
    expect(play.send(2).got('refused')).toEqual([]);
    expect(play.do({ kind: 'saved' }).got('refused')).toEqual([{ kind: 'refused', id: 1, why: 'dropped' }]);
  });

  test('sends no more than the window of the server', () => {
    const play = new Play()
      .open({ window: [2, 1_000] })
      .send(1)
      .send(2)
      .send(3);
    expect(play.sent()).toEqual([]);
    expect(play.frame(1, { kind: 'ack', ack: 1 }).sent()).toMatchObject([{ seq: 3 }]);
  });
});

describe('an acknowledgement', () => {
  test('means that the application has got the message and that this is stored', () => {
    const play = new Play().open();
    play.slowDisk = true;
    play.frame(1, { kind: 'message', seq: 1, ack: 0, data: 0 });
    expect(play.pass(1_000).sent()).toEqual([]);
    play.do({ kind: 'handed', stream: 'r', rx: 1 });
    expect(play.pass(1_000).sent()).toEqual([]);
    play.do({ kind: 'saved' });
    expect(play.pass(250).sent()).toEqual([{ kind: 'ack', ack: 1 }]);
  });

  test('waits 250 ms, or for 32 messages, or for 64 KB', () => {
    const play = new Play().open().message(1, 1);
    expect(play.pass(249).sent()).toEqual([]);
    expect(play.pass(1).sent()).toEqual([{ kind: 'ack', ack: 1 }]);
    for (let seq = 2; seq < 33; seq++) expect(play.message(1, seq).sent()).toEqual([]);
    expect(play.message(1, 33).sent()).toEqual([{ kind: 'ack', ack: 33 }]);
    expect(play.message(1, 34, 65_536).sent()).toEqual([{ kind: 'ack', ack: 34 }]);
  });

  test('goes at once before the page is frozen, and with any message', () => {
    expect(new Play().open().message(1, 1).do({ kind: 'flush' }).sent()).toEqual([{ kind: 'ack', ack: 1 }]);
    const play = new Play().open().message(1, 1).send(1);
    expect(play.sent()).toMatchObject([{ seq: 1, ack: 1 }]);
    expect(play.pass(1_000).sent()).toEqual([]);
  });
});

test('a message that was never in a session is not of unknown fate after a reload', () => {
  const stored = new Play().do({ kind: 'start' }).send(1).saved();
  const play = new Play({}, stored).do({ kind: 'start' }).do({ kind: 'opened', link: 1, host: 'https://a' }).welcome(1);
  expect(play.got('unknown')).toEqual([]);
  expect(play.sent().at(-1)).toMatchObject({ seq: 1 });
});
