import { afterEach, describe, expect, test } from 'vitest';
import { HELLO, type Line, resume, Stage } from './stage.ts';

/** Each bad thing happens beside a session that talks on: it must not notice. */
let stage: Stage;
let bystander: Awaited<ReturnType<Stage['open']>>;

async function begin(options: ConstructorParameters<typeof Stage>[0] = {}): Promise<void> {
  stage = new Stage(options);
  bystander = await stage.open({ auth: 'bystander' });
}

afterEach(async () => {
  stage.store.mode = 'works';
  bystander.line.say({ kind: 'message', seq: 1, ack: 0, data: 'still here' });
  await stage.settle();
  expect(bystander.line.next('ack')).toEqual({ kind: 'ack', ack: 1 });
  expect(stage.got).toContain('still here');
  expect(bystander.line.code).toBe(0);
  await stage.open();
});

/** What the line ends with: the last frame, and the transport's own code. */
const end = (line: Line) => [line.frames.at(-1)?.['code'], line.code];

describe('a client that sends', () => {
  test.each([
    ['a frame that is no JSON', 'hello', 4400],
    ['nothing', '', 4400],
    ['a frame that is too large', JSON.stringify({ kind: 'message', seq: 1, ack: 0, data: 'x'.repeat(2_000) }), 4413],
    ['bytes that are too many', new Uint8Array(2_000), 4413],
    ['bytes that are no frame', new Uint8Array(20), 4400],
    ['a frame of another version', { ...HELLO, v: 2 }, 4406],
    ['a frame out of order', { kind: 'ack', ack: 0 }, 4400],
    ["a server's frame", { kind: 'drain', deadlineMs: 1, jitterMs: 1 }, 4400],
  ])('%s first is refused', async (_, frame, code) => {
    await begin({ maxBytes: 1_024 });
    const line = stage.line().say(frame);
    await stage.settle();
    expect(end(line)).toEqual([code, code]);
    expect(stage.heard('session')).toHaveLength(1);
  });

  test.each([
    ['a frame that is no JSON', '{"kind":"message"', 4400],
    ['a frame that is too large', JSON.stringify({ kind: 'message', seq: 1, ack: 0, data: 'x'.repeat(2_000) }), 4413],
    ['a second hello', HELLO, 4400],
    ['a sequence jump', { kind: 'message', seq: 3, ack: 0, data: 1 }, 4422],
    ['an acknowledgement of what was never sent', { kind: 'ack', ack: 1 }, 4422],
  ])('%s in a session is refused; the session stays, and what came before it counts', async (_, frame, code) => {
    await begin({ maxBytes: 1_024 });
    const { line, welcome } = await stage.open();
    line
      .say({ kind: 'message', seq: 1, ack: 0, data: 'before' })
      .say(frame)
      .say({ kind: 'message', seq: 2, ack: 0, data: 'after' });
    await stage.settle();
    expect(end(line)).toEqual([code, code]);
    line.gone();
    const again = await stage.open(resume(welcome));
    expect(again.welcome).toMatchObject({ result: 'resumed', rx: 1 });
    expect(stage.got).toEqual(['before']);
  });
});

describe('a token', () => {
  test('that was replaced is refused, with an alarm', async () => {
    await begin();
    const first = await stage.open();
    const second = await stage.open(resume(first.welcome));
    const thief = stage.line().say(resume(first.welcome));
    await stage.settle();
    expect(end(thief)).toEqual([4403, 4403]);
    expect(stage.heard('alarm')).toEqual([[{ why: 'reused', sid: first.sid, subject: 'ann' }]]);
    expect(second.line.code).toBe(0);
  });

  test.each([
    ['that never was', { token: 'x' }, 'ann', 'unknown'],
    ["of another subject's session", {}, 'eve', 'subject'],
  ])('%s is refused, with an alarm, and the session goes on', async (_, changes, subject, why) => {
    await begin();
    const owner = await stage.open();
    const thief = stage.line(subject).say({ ...resume(owner.welcome), ...changes });
    await stage.settle();
    expect(end(thief)).toEqual([4403, 4403]);
    expect(stage.heard('alarm')).toEqual([[{ why, sid: owner.sid, subject }]]);
    owner.line.say({ kind: 'message', seq: 1, ack: 0, data: 'mine' });
    await stage.settle();
    expect(owner.line.next('ack')).toEqual({ kind: 'ack', ack: 1 });
  });

  test('is nowhere in what the store is given, nor in an event', async () => {
    await begin();
    const requests: unknown[] = [];
    const { run } = stage.store;
    stage.store.run = (request) => {
      requests.push(request);
      return run.call(stage.store, request);
    };
    const { welcome } = await stage.open();
    await stage.open(resume(welcome));
    const kept = JSON.stringify([requests, stage.told]);
    expect(kept).toContain('"op":"attach"');
    expect(kept).not.toContain(String(welcome['token']));
  });

  test('and all names are new each time, of 128 bits and more', async () => {
    await begin();
    const { welcome } = await stage.open();
    const other = await stage.open();
    for (const name of ['sid', 'stream', 'token']) {
      expect(String(welcome[name]).length * 6).toBeGreaterThanOrEqual(128);
      expect(welcome[name]).not.toBe(other.welcome[name]);
    }
  });
});

test('a connection of an old epoch is closed, and what it sends late has no effect', async () => {
  await begin();
  const old = await stage.open();
  const heir = await stage.open(resume(old.welcome));
  expect(end(old.line)).toEqual([4409, 4409]);
  old.line.say({ kind: 'message', seq: 1, ack: 0, data: 'late' });
  await stage.settle();
  expect(stage.got).toEqual([]);
  expect(heir.line.code).toBe(0);
});

test('a client that never acknowledges is given up after a minute, though it is alive', async () => {
  await begin({ heartbeatMs: 120_000, unackedMs: 60_000 });
  const { line, sid } = await stage.open();
  expect(stage.sessions.send(sid, 'hi')).toBe(true);
  await stage.settle(59_999);
  expect(line.kinds).toEqual(['message']);
  await stage.settle(1);
  expect(end(line)).toEqual([4429, 4429]);
});

test('a client that sends more than twice its window while the store is at work is closed', async () => {
  await begin({ window: [2, 10_000] });
  const { line } = await stage.open();
  let open = () => {};
  stage.store.gate = new Promise((resolve) => {
    open = resolve;
  });
  line.say({ kind: 'message', seq: 1, ack: 0, data: 1 });
  await stage.settle();
  for (let seq = 2; seq <= 6; seq++) line.say({ kind: 'message', seq, ack: 0, data: seq });
  await stage.settle();
  expect(end(line)).toEqual([4429, 4429]);
  stage.store.gate = null;
  open();
  await stage.settle();
});

describe.each(['fails', 'throws', 'rejects'] as const)('a store that %s', (mode) => {
  test('while a client says hello: busy, with a window', async () => {
    await begin();
    stage.store.mode = mode;
    const line = stage.line().say(HELLO);
    await stage.settle();
    expect(line.frames).toEqual([{ kind: 'close', code: 1013, windowMs: 1_000 }]);
    expect(line.code).toBe(1013);
  });

  test('while it accepts: busy; the message counts once, when it comes again', async () => {
    await begin();
    const { line, welcome } = await stage.open();
    stage.store.mode = mode;
    stage.store.ops = ['accept'];
    line.say({ kind: 'message', seq: 1, ack: 0, data: 'once' });
    await stage.settle();
    expect(line.frames).toEqual([{ kind: 'close', code: 1013, windowMs: 1_000 }]);
    stage.store.mode = 'works';
    line.gone();
    const again = await stage.open(resume(welcome));
    expect(again.welcome).toMatchObject({ result: 'resumed', rx: 0 });
    again.line.say({ kind: 'message', seq: 1, ack: 0, data: 'once' });
    await stage.settle();
    expect(stage.got).toEqual(['once']);
  });

  test('while it appends: the sender learns it, nobody else', async () => {
    await begin();
    const { line, sid } = await stage.open();
    stage.store.mode = mode;
    const sent = stage.sessions.send(sid, 'lost?');
    if (mode === 'fails') expect(sent).toBe(false);
    else await expect(sent).rejects.toMatchObject({ code: 'STORE_FAILED' });
    // Who does not wait for it is not brought down by it.
    void stage.sessions.send(sid, 'lost, too?');
    await stage.settle();
    expect(line.code).toBe(0);
    stage.store.mode = 'works';
    expect(stage.sessions.send(sid, 'there')).toBe(true);
    expect(line.next('message')).toMatchObject({ seq: 1, data: 'there' });
  });

  test('while it is told what was acknowledged: it is told again', async () => {
    await begin();
    const { line, welcome, sid } = await stage.open();
    await stage.sessions.send(sid, 'a');
    await stage.settle();
    stage.store.mode = mode;
    line.say({ kind: 'ack', ack: 1 });
    await stage.settle();
    stage.store.mode = 'works';
    line.say({ kind: 'ping' });
    for (let passed = 0; passed < 30; passed += 4) {
      await stage.settle(4_000);
      line.say({ kind: 'ping' });
      bystander.line.say({ kind: 'ping' });
    }
    line.cut();
    // The log is empty: a client that has forgotten the message is told that it is lost.
    const again = await stage.open(resume(welcome));
    expect(again.welcome).toMatchObject({ result: 'partial', lost: { s2c: [1, 1], c2s: null } });
  });
});

test('a store that is full says so to the sender', async () => {
  await begin();
  const full = Object.assign(new Error('full'), { code: 'STORE_FULL' });
  const { run } = stage.store;
  stage.store.run = (request) => (request.op === 'append' ? Promise.reject(full) : run.call(stage.store, request));
  await expect(stage.sessions.send(bystander.sid, 'x')).rejects.toMatchObject({ cause: full });
});

describe('what no frame can carry', () => {
  test.each([
    ['has no form in JSON', () => 1, 'INVALID_MESSAGE'],
    [
      'is a cycle',
      Object.assign([], {
        0: null,
        get 1() {
          return this;
        },
      }),
      'INVALID_MESSAGE',
    ],
    ['is too large', 'x'.repeat(2_000), 'TOO_LARGE'],
  ])('is refused at once: it %s', async (_, data, code) => {
    await begin({ maxBytes: 1_024 });
    expect(() => stage.sessions.send(bystander.sid, data)).toThrow(expect.objectContaining({ code }));
  });
});

test('a listener that throws is a warning; the session is open all the same', async () => {
  await begin();
  stage.sessions.on('session', () => {
    throw new Error('oops');
  });
  stage.sessions.on('warning', () => {
    throw new Error('oops again');
  });
  const { line } = await stage.open();
  expect(line.code).toBe(0);
  expect(stage.heard('warning')).toEqual([[expect.objectContaining({ code: 'HANDLER_FAILED' })]]);
});

test('a transport that throws costs its own connection only', async () => {
  await begin();
  const line = stage.line();
  line.send = () => {
    throw new Error('EPIPE');
  };
  line.say(HELLO);
  await stage.settle();
  expect(line.code).toBe(1013);
  expect(stage.heard('warning')).toHaveLength(1);
  expect(stage.sessions.size).toBe(1);
});

test('a reader that is too slow is dropped before it fills the memory', async () => {
  await begin({ limits: { bufferedBytes: 1_000 } });
  const { line, sid } = await stage.open();
  line.bufferedAmount = 1_001;
  await stage.sessions.send(sid, 'x');
  await stage.settle();
  expect(end(line)).toEqual([4429, 4429]);
});
