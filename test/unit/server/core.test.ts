import { describe, expect, test } from 'vitest';
import { HELLO, type Line, resume, Stage } from './stage.ts';

const text = (seq: number, data: unknown = seq) => ({ kind: 'message', seq, ack: 0, data });

describe('a handler', () => {
  test('gets each message once, in order, with its number, its key and whether it is bytes', async () => {
    const stage = new Stage({ deaf: true });
    const got: unknown[] = [];
    stage.sessions.on('message', (session, message) => void got.push([session.subject, message]));
    const { line } = await stage.open();
    line.say(text(1, { a: 1 })).say({ ...text(2, new Uint8Array([7])), key: 'k' });
    await stage.settle();
    expect(got).toEqual([
      ['ann', { data: { a: 1 }, seq: 1, key: null, binary: false }],
      ['ann', { data: new Uint8Array([7]), seq: 2, key: 'k', binary: true }],
    ]);
    // What has come together is acknowledged together.
    expect(line.frames).toEqual([{ kind: 'ack', ack: 2 }]);
  });

  test('that sends before it throws has sent nothing', async () => {
    const stage = new Stage({ deaf: true });
    let fails = true;
    stage.sessions.on('message', (session) => {
      void session.send('answer');
      if (fails) throw new Error('not today');
    });
    const { line, welcome } = await stage.open();
    line.say(text(1));
    await stage.settle();
    expect(line.frames).toEqual([{ kind: 'close', code: 1013, windowMs: 1_000 }]);
    fails = false;
    line.gone();
    const again = await stage.open(resume(welcome));
    again.line.say(text(1));
    await stage.settle();
    expect(again.line.frames).toEqual([
      { kind: 'ack', ack: 1 },
      { kind: 'message', seq: 1, ack: 1, data: 'answer' },
    ]);
  });

  test('that throws keeps nothing before its message from being accepted', async () => {
    const stage = new Stage({ deaf: true });
    stage.sessions.on('message', (_, { data }) => {
      if (data === 'bad') throw new Error('bad');
    });
    const { line, welcome } = await stage.open();
    line.say(text(1)).say(text(2)).say(text(3, 'bad')).say(text(4));
    await stage.settle();
    expect(line.frames).toEqual([
      { kind: 'ack', ack: 2 },
      { kind: 'close', code: 1013, windowMs: 1_000 },
    ]);
    line.gone();
    expect((await stage.open(resume(welcome))).welcome).toMatchObject({ rx: 2 });
  });

  test('that goes on throwing is told of each time, and the client is asked to wait longer and longer', async () => {
    const stage = new Stage({ deaf: true });
    stage.sessions.on('message', () => Promise.reject(new Error('always')));
    let { welcome } = await stage.open();
    const waits: unknown[] = [];
    for (let tries = 0; tries < 7; tries++) {
      const again = await stage.open(resume(welcome));
      again.line.say(text(1));
      await stage.settle();
      waits.push(again.line.next('close')['windowMs']);
      again.line.gone();
      ({ welcome } = again);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(stage.heard('warning')).toHaveLength(7);
    expect(stage.heard('warning')[0]).toEqual([
      expect.objectContaining({ code: 'HANDLER_FAILED', cause: new Error('always') }),
    ]);
  });

  test('may have a message put aside after so many attempts: it counts as accepted, and the next ones pass', async () => {
    const aside: unknown[] = [];
    const poison = {
      attempts: 2,
      handle: (...[, { data }, , error]: unknown[] & [unknown, { data: unknown }, ...unknown[]]) =>
        void aside.push([data, error]),
    };
    const stage = new Stage({ deaf: true, poison });
    const got: unknown[] = [];
    stage.sessions.on('message', (_, { data }) => {
      if (data === 'bad') throw new Error('bad');
      got.push(data);
    });
    let { welcome } = await stage.open();
    for (let tries = 0; tries < 3; tries++) {
      const again = await stage.open(resume(welcome));
      again.line.say(text(1, 'bad')).say(text(2, 'good'));
      await stage.settle();
      again.line.gone();
      ({ welcome } = again);
    }
    expect(aside).toEqual([['bad', new Error('bad')]]);
    expect(got).toEqual(['good']);
    expect((await stage.open(resume(welcome))).welcome).toMatchObject({ rx: 2 });
  });

  test('that takes its time holds up its own session only', async () => {
    const stage = new Stage({ deaf: true });
    let done = () => {};
    const slow = new Promise<void>((resolve) => {
      done = resolve;
    });
    stage.sessions.on('message', (_, { data }) => (data === 'slow' ? slow : undefined));
    const ann = await stage.open();
    const bob = await stage.open();
    ann.line.say(text(1, 'slow'));
    await stage.settle();
    bob.line.say(text(1, 'quick'));
    ann.line.say(text(2)).say(text(3));
    await stage.settle();
    expect([ann.line.frames, bob.line.frames]).toEqual([[], [{ kind: 'ack', ack: 1 }]]);
    done();
    await stage.settle();
    expect(ann.line.frames.at(-1)).toEqual({ kind: 'ack', ack: 3 });
  });

  test('is called after the one before it is done, and what it returns may be any thenable: it is asked once', async () => {
    const stage = new Stage({ deaf: true });
    const order: string[] = [];
    const ask = (done: () => void) => {
      order.push('asked');
      done();
    };
    // As a query builder is: it begins when it is waited for.
    const lazy = Object.fromEntries([['then', ask]]);
    stage.sessions.on('message', () => lazy as never);
    stage.sessions.on('message', (session) => {
      order.push('second');
      void session.send('from the second');
    });
    const { line } = await stage.open();
    line.say(text(1));
    await stage.settle();
    expect(order).toEqual(['asked', 'second']);
    expect(line.kinds.sort()).toEqual(['ack', 'message']);
  });

  test('is needed: without one no message is accepted', async () => {
    const stage = new Stage({ deaf: true });
    const { line } = await stage.open();
    line.say(text(1));
    await stage.settle();
    expect(line.kinds).toEqual(['close']);
    expect(stage.heard('warning')).toHaveLength(1);
  });
});

describe('two servers over one store', () => {
  test("speak to each other's sessions", async () => {
    const a = new Stage();
    const b = new Stage({}, a);
    const { line, sid } = await a.open();
    expect(b.sessions.send(sid, 'from b')).toBe(true);
    await a.settle();
    expect(line.next('message')).toMatchObject({ seq: 1, data: 'from b' });
    expect(b.sessions.send('nobody', 1)).toBe(false);
    expect(await b.sessions.sessionsOf('ann')).toEqual([sid]);
    expect([a.sessions.size, b.sessions.size]).toEqual([1, 0]);
    expect([a.sessions.get(sid)?.subject, b.sessions.get(sid)]).toEqual(['ann', undefined]);
  });

  test('close the older connection of a session, wherever it is', async () => {
    const a = new Stage();
    const b = new Stage({}, a);
    const old = await a.open();
    await b.open(resume(old.welcome));
    expect([old.line.next('close')['code'], old.line.code]).toEqual([4409, 4409]);
    expect(a.heard('closed')).toEqual([[expect.objectContaining({ sid: old.sid, connected: false }), 4409]]);
  });

  test('lose no message that is sent while its session is being attached', async () => {
    const a = new Stage();
    const b = new Stage({}, a);
    const { line, welcome, sid } = await a.open();
    line.cut();
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    // The attach is done; its answer is slow.
    const { run } = a.store;
    a.store.run = (request) => {
      const answer = run.call(a.store, request);
      return request.op === 'attach' ? gate.then(() => answer) : answer;
    };
    const heir = b.line().say(resume(welcome));
    await b.settle();
    expect(await a.sessions.send(sid, 'meanwhile')).toBe(true);
    await b.settle();
    open();
    await b.settle();
    expect(heir.kinds).toEqual(['welcome', 'message']);
  });
});

describe('authentication', () => {
  test.each([
    ['null', () => null, 4401, 0],
    [
      'an error',
      () => {
        throw new Error('expired');
      },
      4401,
      1,
    ],
    ['a rejection', () => Promise.reject(new Error('expired')), 4401, 1],
    ['no subject', () => ({ subject: '' }), 4401, 1],
    ['that it is unavailable', () => 'unavailable' as const, 1013, 0],
  ])('that answers with %s closes the connection', async (_, authenticate, code, warnings) => {
    const stage = new Stage({ authenticate });
    const line = stage.line().say(HELLO);
    await stage.settle();
    expect([line.next('close')['code'], line.code]).toEqual([code, code]);
    expect(stage.heard('warning')).toHaveLength(warnings);
  });

  test('that never answers is over when the hello is', async () => {
    const stage = new Stage({ authenticate: () => new Promise(() => {}) });
    const line = stage.line().say(HELLO);
    await stage.settle(4_999);
    expect(line.code).toBe(0);
    await stage.settle(1);
    expect(line.code).toBe(4408);
  });

  test('is renewed in band: a fresh credential of the same subject changes the identity', async () => {
    let named = 'first';
    const stage = new Stage({
      authenticate: ({ auth }) => ({ subject: auth === 'eve' ? 'eve' : 'ann', named }) as never,
    });
    const { line, sid } = await stage.open({ auth: 'ann' });
    const session = stage.sessions.get(sid);
    session?.renew(1_000);
    expect(line.next('renew')).toEqual({ kind: 'renew', withinMs: 1_000 });
    named = 'second';
    line.say({ kind: 'auth', auth: 'ann' });
    await stage.settle(2_000);
    expect([session?.identity, line.code]).toEqual([{ subject: 'ann', named: 'second' }, 0]);
    line.say({ kind: 'auth', auth: 'eve' });
    await stage.settle();
    expect(line.code).toBe(4403);
    expect(() => session?.renew(0)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  test('that is asked for and does not come closes the connection; the session stays', async () => {
    const stage = new Stage();
    const { line, welcome, sid } = await stage.open();
    stage.sessions.get(sid)?.renew(1_000);
    await stage.settle(1_000);
    expect(line.code).toBe(4401);
    expect((await stage.open(resume(welcome))).welcome).toMatchObject({ result: 'resumed' });
  });
});

describe('admission', () => {
  const hellos = async (stage: Stage, count: number, hello: object = {}): Promise<Line[]> => {
    const lines = Array.from({ length: count }, () => stage.line().say({ ...HELLO, ...hello }));
    await stage.settle();
    return lines;
  };
  const windows = (lines: readonly Line[]) => lines.map(({ frames }) => frames[0]?.['windowMs']);

  test('over the rate is refused: busy, with a window as long as the queue, and nobody is kept', async () => {
    const stage = new Stage({ admission: { ratePerSecond: 10, burst: 4 } });
    const lines = await hellos(stage, 33);
    const [in_, out] = [lines.filter(({ kinds }) => kinds[0] === 'welcome'), lines.filter(({ code }) => code === 1013)];
    expect([in_.length, out.length]).toEqual([3, 30]);
    expect(windows(out).slice(0, 10)).toEqual(Array(10).fill(1_000));
    expect(windows(out).at(-1)).toBe(3_000);
    // As fast as the server lets them in, the queue grows shorter.
    await stage.settle(2_000);
    expect(windows(await hellos(stage, 4)).at(-1)).toBe(1_100);
  });

  test('keeps a quarter of its bucket for sessions that resume', async () => {
    const stage = new Stage({ admission: { ratePerSecond: 1, burst: 4 } });
    const { line, welcome } = await stage.open();
    line.gone();
    const lines = await hellos(stage, 5);
    expect(lines.filter(({ code }) => code === 1013)).toHaveLength(3);
    expect((await stage.open(resume(welcome))).welcome).toMatchObject({ result: 'resumed' });
  });

  test("lets no window outlast half of a session's life", async () => {
    const stage = new Stage({ admission: { ratePerSecond: 1, burst: 1 }, ttlMs: 10_000 });
    expect(windows(await hellos(stage, 50)).at(-1)).toBe(5_000);
  });

  test('counts connections, too: who comes above the limit is told so, and far above it is dropped', async () => {
    const stage = new Stage({ limits: { connections: 10 } });
    const lines = Array.from({ length: 12 }, () => stage.line());
    expect(lines.map(({ code }) => code)).toEqual([...Array(10).fill(0), 1013, 1013]);
    expect(lines.at(-2)?.frames).toEqual([{ kind: 'close', code: 1013, windowMs: 1_000 }]);
    lines[0]?.gone();
    lines[10]?.gone();
    lines[11]?.gone();
    expect(stage.line().code).toBe(0);
  });

  test('tells the window that all who are here would need at the rate, and a tenth more', async () => {
    const stage = new Stage({ admission: { ratePerSecond: 10, burst: 1_000 } });
    expect(stage.sessions.retryWindowMs).toBe(1_000);
    const lines = await hellos(stage, 45);
    expect(stage.sessions.retryWindowMs).toBe(5_000);
    expect(lines.at(-1)?.frames[0]).toMatchObject({ retryWindowMs: 4_900 });
    for (const line of lines) line.gone();
    expect(stage.sessions.retryWindowMs).toBe(1_000);
    expect(new Stage({ retryWindowMs: 0 }).sessions.retryWindowMs).toBe(0);
  });

  test('is no shorter because sessions are: they live for three windows', async () => {
    const stage = new Stage({ admission: { ratePerSecond: 1, burst: 1_000 }, ttlMs: 10_000 });
    const lines = await hellos(stage, 45);
    expect(stage.sessions.retryWindowMs).toBe(49_500);
    expect(lines.at(-1)?.frames[0]).toMatchObject({ retryWindowMs: 48_400, ttlMs: 145_200 });
    for (const line of lines) line.gone();
    expect((await stage.open()).welcome).toMatchObject({ retryWindowMs: 1_000, ttlMs: 10_000 });
  });
});

test('a listener that rejects becomes a warning, and ends no process', async () => {
  const stage = new Stage();
  stage.sessions.on('session', async () => {
    throw new Error('not today');
  });
  await stage.open();
  await stage.settle();
  expect(stage.heard('warning')).toMatchObject([[{ code: 'HANDLER_FAILED', cause: { message: 'not today' } }]]);
});

test('a role that is none is refused, and changes nothing', () => {
  const { sessions } = new Stage();
  expect(() => sessions.setRole('actve' as 'active')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  expect(sessions.role).toBe('active');
});

describe('a drain', () => {
  test('tells everybody, turns new ones away, and is over when all have left', async () => {
    const stage = new Stage();
    const { line } = await stage.open();
    const silent = stage.line();
    let over = false;
    const drained = stage.sessions
      .drain({ deadlineMs: 10_000, jitterMs: 2_000, to: 'https://B.example:443' })
      .then(() => {
        over = true;
      });
    expect(stage.sessions.role).toBe('draining');
    expect(line.frames).toEqual([{ kind: 'drain', deadlineMs: 10_000, jitterMs: 2_000, to: 'https://b.example' }]);
    expect(silent.frames).toEqual([{ kind: 'moved', windowMs: 1_000, to: 'https://b.example' }]);
    const late = stage.line().say(HELLO);
    await stage.settle();
    expect([late.frames, late.code]).toEqual([[{ kind: 'moved', windowMs: 1_000, to: 'https://b.example' }], 1012]);
    expect(over).toBe(false);
    line.say({ kind: 'close', code: 1000 }).gone();
    await stage.settle();
    await drained;
    expect(stage.heard('drained')).toEqual([[]]);
  });

  test('closes those who are still there at its deadline; their sessions stay', async () => {
    const stage = new Stage();
    const { line, welcome } = await stage.open();
    const drained = stage.sessions.drain({ deadlineMs: 500 });
    await stage.settle(500);
    await drained;
    expect([line.frames.at(-1), line.code]).toEqual([{ kind: 'moved', windowMs: 1_000 }, 1012]);
    stage.sessions.setRole('active');
    expect((await stage.open(resume(welcome))).welcome).toMatchObject({ result: 'resumed' });
  });

  test('waits for handlers that are at work', async () => {
    const stage = new Stage({ deaf: true });
    let done = () => {};
    stage.sessions.on(
      'message',
      () =>
        new Promise<void>((resolve) => {
          done = resolve;
        }),
    );
    const { line } = await stage.open();
    line.say(text(1));
    await stage.settle();
    let over = false;
    void stage.sessions.drain().then(() => {
      over = true;
    });
    line.gone();
    await stage.settle();
    expect(over).toBe(false);
    done();
    await stage.settle();
    expect(over).toBe(true);
  });

  test('refuses times that make no sense', () => {
    const { sessions } = new Stage();
    for (const how of [{ deadlineMs: -1 }, { deadlineMs: 10, jitterMs: 11 }, { to: 'b' }]) {
      expect(() => sessions.drain(how)).toThrow(expect.objectContaining({ remedy: expect.any(String) }));
    }
    expect(sessions.role).toBe('active');
  });
});

describe('a standby', () => {
  test('sends clients to the active server, and serves them once it is active itself', async () => {
    const stage = new Stage({ role: 'standby', active: 'https://a.example' });
    const line = stage.line().say(HELLO);
    await stage.settle();
    expect([line.frames, line.code]).toEqual([[{ kind: 'moved', windowMs: 1_000, to: 'https://a.example' }], 1012]);
    stage.sessions.setRole('active');
    const open = await stage.open();
    stage.sessions.setRole('standby');
    expect([open.line.frames, open.line.code]).toEqual([[{ kind: 'moved', windowMs: 1_000 }], 1012]);
  });
});

describe('time', () => {
  test('is one timer, however many connections there are', async () => {
    const stage = new Stage();
    for (let at = 0; at < 50; at++) await stage.open();
    // And the one that collects what has expired.
    expect(stage.clock.timers).toHaveLength(2);
    stage.sessions.close();
    expect(stage.clock.timers).toHaveLength(0);
  });

  test('does not pass for clients while the process is frozen: what they have sent is read first', async () => {
    const stage = new Stage();
    const { line } = await stage.open();
    const frozen = stage.clock.now;
    // The timer of 4 s comes at 9 s.
    await stage.settle(3_900);
    Object.assign(stage.clock, { now: () => frozen() + 5_000 });
    await stage.settle(100);
    expect(line.code).toBe(0);
    line.say({ kind: 'ping' });
    await stage.settle(1_000);
    expect([line.kinds, line.code]).toEqual([['pong'], 0]);
  });
});

test('hosts are told at each welcome, and may change', async () => {
  const hosts = ['https://a.example', { url: 'https://b.example/base' }];
  const stage = new Stage({ hosts, generation: 3 });
  expect((await stage.open()).welcome).toMatchObject({
    hosts: ['https://a.example', 'https://b.example'],
    generation: 3,
  });
  expect(() => stage.sessions.setHosts(hosts, 3)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  stage.sessions.setHosts(['https://c.example'], 4);
  expect((await stage.open()).welcome).toMatchObject({ hosts: ['https://c.example'], generation: 4 });
});

test('the application may end a session for good', async () => {
  const stage = new Stage();
  const { line, welcome, sid } = await stage.open();
  stage.sessions.get(sid)?.end();
  await stage.settle();
  expect(line.code).toBe(4410);
  expect(stage.sessions.send(sid, 1)).toBe(false);
  expect((await stage.open(resume(welcome))).welcome).toMatchObject({ result: 'new' });
});

test('a client that ends its session right after a message has sent the message', async () => {
  const stage = new Stage();
  const { line } = await stage.open();
  line.say(text(1, 'last words')).say({ kind: 'close', code: 1000 });
  await stage.settle();
  expect(stage.got).toEqual(['last words']);
});

test.each([
  [{ heartbeatMs: 0 }],
  [{ ttlMs: 2 ** 31 }],
  [{ maxBytes: 100 }],
  [{ window: [0, 1] }],
  [{ admission: { ratePerSecond: 0 } }],
  [{ admission: { rate: 1 } }],
  [{ limits: { connections: 1.5 } }],
  [{ poison: { attempts: 0 } }],
  [{ role: 'leader' }],
  [{ hosts: [] }],
  [{ hosts: ['https://a.example', 'https://a.example'] }],
  [{ generation: -1, hosts: ['https://a.example'] }],
  [{ active: 'a' }],
  [{ store: undefined }],
  [{ authenticate: undefined }],
  [{ hartbeatMs: 1 }],
])('options that make no sense are refused at once: %j', (options) => {
  expect(() => new Stage(options as never)).toThrow(expect.objectContaining({ remedy: expect.any(String) }));
});
