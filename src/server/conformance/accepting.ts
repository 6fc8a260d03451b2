import type { Apply, StoreTransaction } from '../sessionStore.ts';
import { check, codeOf, equal, heldOf, holds, message, noting, payload, type StoreCheck } from './harness.ts';

/** Messages from clients, and what the application makes of them. */
export const ACCEPTING: readonly StoreCheck[] = [
  check('accepts messages in order, and tells the application whose they are', async (hands) => {
    const held = await hands.attach();
    const app = noting();
    const items = [message(1, { a: 1 }), message(2, Uint8Array.of(1)), message(3, 'c', 'k')];
    equal(await hands.accept(held, items, app.apply), { kind: 'accepted', rx: 3, gaps: [] }, 'the answer');
    const { sid, stream, epoch } = held;
    const whose = { sid, subject: 'ann', stream, epoch };
    equal(
      app.seen,
      items.map((item) => ({ ...whose, message: item })),
      'what the application sees',
    );
  }),

  check('accepts a message once, however often it comes', async (hands) => {
    const held = await hands.attach();
    const app = noting();
    await hands.accept(held, [message(1), message(2)], app.apply);
    const again = await hands.accept(held, [message(1), message(2), message(3)], app.apply);
    equal(again, { kind: 'accepted', rx: 3, gaps: [] }, 'the answer to what has come before');
    const young = await hands.attach({ from: held, txLow: 1 });
    await hands.accept(young, [message(2), message(3), message(4)], app.apply);
    equal(
      app.seen.map((one) => one.message.seq),
      [1, 2, 3, 4],
      'what takes effect',
    );
  }),

  check('accepts nothing where a number is missing', async (hands) => {
    const held = await hands.attach();
    const app = noting();
    const result = await hands.accept(held, [message(1), message(3)], app.apply);
    equal(result, { kind: 'failed', op: 'accept' }, 'the answer');
    equal(app.seen, [], 'what the application sees');
    equal((await hands.attach({ from: held })).answer.record.rx, 0, 'what was accepted');
  }),

  check('passes over numbers that the client gave up, and says which', async (hands) => {
    const held = await hands.attach();
    const app = noting();
    const items = [message(1), { kind: 'lost', seq: 3 } as const, message(4), { kind: 'lost', seq: 4 } as const];
    equal(await hands.accept(held, items, app.apply), { kind: 'accepted', rx: 4, gaps: [[2, 3]] }, 'the answer');
    equal(
      app.seen.map((one) => one.message.seq),
      [1, 4],
      'what takes effect',
    );
  }),

  check('accepts a key once for a subject, over all its sessions', async (hands) => {
    const app = noting();
    const first = await hands.attach();
    await hands.accept(first, [message(1, 'a', 'k'), message(2, 'again', 'k'), message(3, 'b', 'l')], app.apply);
    await hands.end(first);
    const second = await hands.attach();
    const result = await hands.accept(second, [message(1, 'a', 'k'), message(2, 'c')], app.apply);
    equal(result, { kind: 'accepted', rx: 2, gaps: [] }, 'the answer to a key that was accepted before');
    await hands.accept(await hands.attach({ subject: 'bob' }), [message(1, 'bob', 'k')], app.apply);
    equal(
      app.seen.map((one) => one.message.data),
      ['a', 'b', 'c', 'bob'],
      'what takes effect',
    );
  }),

  check('commits what an application appends with its message', async (hands) => {
    const [held, other] = [await hands.attach(), await hands.attach()];
    await hands.accept(held, [message(1), message(2)], ({ message: { seq } }, transaction) => {
      for (const { sid } of [held, other]) transaction.append(sid, payload(seq));
    });
    equal(
      [await hands.log(held), await hands.log(other)],
      [
        [1, 2],
        [1, 2],
      ],
      'the logs',
    );
  }),

  check('tells an application that there is no session to append to', async (hands) => {
    const held = await hands.attach();
    const said: boolean[] = [];
    await hands.store.accept({ op: 'accept', ...heldOf(held), items: [message(1)] }, (_, transaction) => {
      said.push(transaction.append('no-such', payload(1)), transaction.append(held.sid, payload(2)));
    });
    equal(said, [false, true], 'what an append says');
  }),

  ...[
    {
      kind: 'throws',
      fail: (error: unknown) => {
        throw error;
      },
    },
    { kind: 'rejects', fail: (error: unknown) => Promise.reject(error) },
  ].map(({ kind, fail }) =>
    check(`leaves no trace of a message whose handler ${kind}`, async (hands) => {
      const held = await hands.attach();
      const error = { code: 'mine' };
      const apply: Apply<StoreTransaction> = (_, transaction) => {
        transaction.append(held.sid, payload('ghost'));
        return fail(error);
      };
      equal(await codeOf(hands.accept(held, [message(1, 'a', 'k')], apply)), 'mine', 'who fails is told of it');
      equal(await hands.log(held), [], 'what a failed transaction appends');
      equal(await hands.append(held.sid, 'real'), 1, 'the next number after a failed transaction');
      const app = noting();
      await hands.accept(held, [message(1, 'a', 'k')], app.apply);
      equal(
        app.seen.map((one) => one.message.seq),
        [1],
        'the message comes again, and its key with it',
      );
    }),
  ),

  check('waits for a handler that takes its time, and commits what it appended at its end', async (hands) => {
    const held = await hands.attach();
    const seen: number[] = [];
    const result = await hands.accept(
      held,
      [message(1), message(2), message(3)],
      async ({ message: { seq } }, transaction) => {
        seen.push(seq);
        await nothing();
        transaction.append(held.sid, payload(seq));
        seen.push(-seq);
      },
    );
    equal(result, { kind: 'accepted', rx: 3, gaps: [] }, 'the answer');
    equal(seen, [1, -1, 2, -2, 3, -3], 'one message at a time');
    equal(await hands.log(held), [1, 2, 3], 'the log');
  }),

  check('goes on with all else while a handler takes its time', async (hands) => {
    const [held, other] = [await hands.attach(), await hands.attach()];
    const gate = openable();
    const work = hands.accept(held, [message(1)], async (_, transaction) => {
      await gate.opened;
      transaction.append(held.sid, payload('late'));
    });
    equal(await hands.soon(hands.append(held.sid, 'early'), 'an append'), 1, 'an append to the session itself');
    const elsewhere = await hands.soon(hands.accept(other, [message(1)]), 'another session');
    equal(elsewhere.kind, 'accepted', 'another session');
    gate.open();
    equal((await work).kind, 'accepted', 'the message');
    equal(await hands.log(held), ['early', 'late'], 'the log');
  }),

  check('commits a message once where a handler takes its time and its session is taken over', async (hands) => {
    const held = await hands.attach();
    const gate = openable();
    const apply: Apply<StoreTransaction> = async (_, transaction) => {
      await gate.opened;
      transaction.append(held.sid, payload('done'));
    };
    const first = hands.accept(held, [message(1)], apply);
    const young = hands.attach({ from: held });
    const second = young.then((taken) => hands.accept(taken, [message(1)], apply));
    await hands.made.pass(20);
    gate.open();
    const kinds = [(await first).kind, (await second).kind];
    holds(kinds.includes('accepted'), `nobody has accepted the message: ${kinds.join(', ')}`);
    equal(await hands.log(await young), ['done'], 'what the message has done');
  }),

  check(
    'accepts a key once where two sessions bring it at the same time, and their handlers take their time',
    async (hands) => {
      const both = [await hands.attach(), await hands.attach()];
      const gate = openable();
      const works = both.map((held) =>
        hands.accept(held, [message(1, 'a', 'k')], async (_, transaction) => {
          await gate.opened;
          transaction.append(held.sid, payload('done'));
        }),
      );
      await hands.made.pass(20);
      gate.open();
      const kinds = (await Promise.all(works)).map(({ kind }) => kind);
      holds(kinds.includes('accepted'), `nobody has accepted the message: ${kinds.join(', ')}`);
      equal((await hands.either.collect()).messages, 1, 'how often the key has taken effect');
    },
  ),

  check('takes nothing more for a transaction that is over', async (hands) => {
    const held = await hands.attach();
    const kept: StoreTransaction[] = [];
    await hands.store.accept(
      { op: 'accept', ...heldOf(held), items: [message(1)] },
      (_, transaction) => void kept.push(transaction),
    );
    const late = () => kept[0]?.append(held.sid, payload('late'));
    const thrown = await codeOf(nothing().then(late));
    holds(thrown === 'TRANSACTION_OVER', `an append to a transaction that is over: ${String(thrown)}`);
    equal(await hands.log(held), [], 'the log');
  }),
];

const nothing = (): Promise<void> => Promise.resolve();

/** A gate that is shut until it is opened. */
function openable(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
