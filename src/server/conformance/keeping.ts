import { check, codeOf, equal, heldOf, message, noting, payload, type StoreCheck } from './harness.ts';

/** How long sessions are kept, and how many. */
export const KEEPING: readonly StoreCheck[] = [
  check('keeps a session for its time, and not longer', async (hands) => {
    const held = await hands.attach({ ttlMs: 400 });
    await hands.append(held.sid, 'a');
    await hands.made.pass(600);
    equal((await hands.acknowledge(held, 0)).kind, 'fenced', 'a connection of an expired session');
    const late = await hands.either.run({ op: 'append', sid: held.sid, id: 1, payload: payload(1) });
    equal(late.kind, 'failed', 'an append to an expired session');
    equal(await hands.either.sessionsOf('ann'), [], 'the sessions of a subject');
    equal(await hands.either.collect(), { sessions: 0, messages: 0, bytes: 0 }, 'what is left');
    equal((await hands.attach({ from: held })).answer.result, 'new', 'who comes too late');
  }),

  check('keeps a session for as long as it gives signs of life', async (hands) => {
    const held = await hands.attach({ ttlMs: 1_000 });
    const idle = await hands.attach({ ttlMs: 1_000 });
    for (let round = 0; round < 4; round++) {
      await hands.made.pass(400);
      equal((await hands.acknowledge(held, 0, 1_000)).kind, 'acknowledged', 'a sign of life');
      await hands.either.collect();
    }
    equal(await hands.either.sessionsOf('ann'), [held.sid], 'who lives');
    equal((await hands.attachRaw({ from: idle })).kind, 'attached', 'who has given none begins anew');
  }),

  check(
    'ends the sessions that were left alone the longest to make room, and never those that are alive',
    async (hands) => {
      const [a, b, c] = [
        await hands.attach({ ttlMs: 2_000 }),
        await hands.attach({ ttlMs: 2_000 }),
        await hands.attach({ ttlMs: 2_000 }),
      ];
      await hands.made.pass(1_300);
      await hands.acknowledge(a, 0, 2_000);
      const d = await hands.attach();
      equal([...(await hands.either.sessionsOf('ann'))].sort(), [a.sid, c.sid, d.sid].sort(), 'one goes');
      await hands.acknowledge(c, 0, 60_000);
      await hands.acknowledge(a, 0, 60_000);
      equal(await codeOf(hands.attachRaw()), 'STORE_FULL', 'one too many, where all are alive');
      equal((await hands.attachRaw({ from: a })).kind, 'attached', 'who is in may come back to a full store');
      equal((await hands.acknowledge(b, 0)).kind, 'fenced', 'who has gone');
    },
    { total: { sessions: 3 } },
  ),

  check(
    'holds no more than so many bytes, over all sessions',
    async (hands) => {
      const [a, b] = [await hands.attach(), await hands.attach()];
      await hands.append(a.sid, 'x'.repeat(48));
      await hands.append(b.sid, 'x'.repeat(48));
      const more = { op: 'append', sid: a.sid, id: 1, payload: payload('x') } as const;
      equal(await codeOf(hands.either.run(more)), 'STORE_FULL', 'one too many');
      const answer = codeOf(
        hands.accept(a, [message(1)], (_, transaction) => void transaction.append(b.sid, payload('x'))),
      );
      equal(await answer, 'STORE_FULL', 'one too many in a transaction');
      const app = noting();
      await hands.acknowledge(b, 1);
      equal(await hands.append(a.sid, 'x'), 2, 'where there is room again');
      equal(
        (await hands.accept(a, [message(1)], app.apply)).kind,
        'accepted',
        'a message that was not accepted for want of room',
      );
      equal(app.seen.length, 1, 'how often it takes effect');
    },
    { total: { bytes: 100 } },
  ),

  check(
    'forgets keys when their time is over, and not before',
    async (hands) => {
      const app = noting();
      const held = await hands.attach();
      const other = await hands.attach({ ttlMs: 300 });
      await hands.accept(other, [message(1, 'short', 'short')], app.apply);
      await hands.accept(held, [message(1, 'long', 'long')], app.apply);
      await hands.made.pass(800);
      await hands.either.collect();
      await hands.accept(held, [message(2, 'again', 'short'), message(3, 'never', 'long')], app.apply);
      equal(
        app.seen.map((one) => one.message.data),
        ['short', 'long', 'again'],
        'what takes effect',
      );
    },
    { keys: { keepMs: 500 } },
  ),

  check('keeps everything where it is opened again', async (hands) => {
    const app = noting();
    const held = await hands.attach();
    await hands.append(held.sid, 'a');
    await hands.append(held.sid, 'b');
    await hands.acknowledge(held, 1);
    await hands.accept(held, [message(1, 'x', 'k')], app.apply);
    const term = await hands.store.leases.acquire('job', 'me', 60_000);
    if (!(await hands.reopen())) return;
    const { answer, ...young } = await hands.attach({ from: held, rx: 1, txLow: 2 });
    equal([answer.result, answer.record.rx, answer.record.tx, young.epoch], ['resumed', 1, 2, 2], 'the session');
    equal(await hands.log({ ...young }), ['b'], 'the log');
    await hands.accept({ ...young }, [message(2, 'y', 'k')], app.apply);
    equal(app.seen.length, 1, 'how often a key takes effect');
    const lease = await hands.store.leases.read('job');
    equal([lease?.holder, lease?.epoch], ['me', term.epoch], 'the lease');
    equal(await hands.store.collect(), { sessions: 1, messages: 1, bytes: 3 }, 'the usage');
  }),

  check('does nothing more once it is closed', async (hands) => {
    const held = await hands.attach();
    await hands.store.close();
    const calls = [
      hands.store.run({ op: 'append', sid: held.sid, id: 1, payload: payload(1) }),
      hands.store.accept({ op: 'accept', ...heldOf(held), items: [message(1)] }, () => {}),
    ];
    equal(await Promise.all(calls.map(codeOf)), ['CLOSED', 'CLOSED'], 'calls after the end');
  }),
];
