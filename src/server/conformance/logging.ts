import { payloadBytes } from '../../session/payload.ts';
import type { StoreNews } from '../sessionStore.ts';
import { check, equal, heldOf, holds, message, payload, type StoreCheck } from './harness.ts';

/** Messages to clients. */
export const LOGGING: readonly StoreCheck[] = [
  check('numbers messages from 1 without a gap, whoever appends and however many at once', async (hands) => {
    const held = await hands.attach();
    const seqs = await Promise.all(Array.from({ length: 60 }, (_, at) => hands.append(held.sid, at)));
    equal(
      [...seqs].sort((a, b) => a - b),
      Array.from({ length: 60 }, (_, at) => at + 1),
      'the numbers',
    );
    const entries = await hands.read(held);
    equal(
      entries.map(({ seq }) => seq),
      Array.from({ length: 60 }, (_, at) => at + 1),
      'the order of the log',
    );
    for (const [at, seq] of seqs.entries()) equal(entries[seq - 1]?.payload, payload(at), `message ${seq}`);
  }),

  check('gives back what it was given, byte for byte', async (hands) => {
    const held = await hands.attach();
    const texts = ['', 'ü', '\u0000', '"\\', '😀', '\ud800', '\n', 'x'.repeat(200_000), null, { deep: [[[{}]]] }];
    const bytes = [new Uint8Array(), Uint8Array.of(0, 255, 10), new Uint8Array(70_000).fill(7)];
    const all = [...texts, ...bytes];
    for (const data of all) await hands.append(held.sid, data);
    const entries = await hands.read(held);
    equal(
      entries.map((entry) => entry.payload),
      all.map(payload),
      'what is read',
    );
  }),

  check('reads after a number, no more than asked for, but always something', async (hands) => {
    const held = await hands.attach();
    for (let at = 1; at <= 6; at++) await hands.append(held.sid, 'x'.repeat(98));
    const seqs = async (after: number, count: number, bytes: number) =>
      (await hands.read(held, after, { count, bytes })).map(({ seq }) => seq);
    equal(payloadBytes(payload('x'.repeat(98))), 100, 'the weight of a message of the check');
    equal(await seqs(2, 9, 1e6), [3, 4, 5, 6], 'after a number');
    equal(await seqs(2, 2, 1e6), [3, 4], 'a count');
    equal(await seqs(2, 9, 250), [3, 4], 'a weight');
    equal(await seqs(2, 9, 1), [3], 'a weight below that of one message');
    equal(await seqs(6, 9, 1e6), [], 'nothing new');
  }),

  check('lets go of what is acknowledged, and of nothing else', async (hands) => {
    const held = await hands.attach();
    for (const data of ['a', 'b', 'c']) await hands.append(held.sid, data);
    equal(await hands.acknowledge(held, 2), { kind: 'acknowledged', tx: 3 }, 'an acknowledgement');
    equal(await hands.log(held), ['c'], 'the log after it');
    await hands.acknowledge(held, 1);
    equal(await hands.log(held), ['c'], 'the log after an older one');
    await hands.acknowledge(held, 99);
    equal(await hands.log(held), [], 'the log after one that goes too far');
    equal(await hands.append(held.sid, 'd'), 4, 'the next number');
    const again = await hands.either.run({ op: 'read', ...heldOf(held), after: 0, count: 9, bytes: 9 });
    equal(again, { kind: 'read', entries: [{ seq: 4, payload: payload('d') }], floor: 3, tx: 4 }, 'what a read tells');
  }),

  check(
    'lets go of the oldest where a client acknowledges nothing, and says which',
    async (hands) => {
      const held = await hands.attach();
      for (const data of ['a', 'b', 'c', 'd']) await hands.append(held.sid, data);
      equal(await hands.log(held), ['b', 'c', 'd'], 'no more than so many');
      await hands.append(held.sid, 'x'.repeat(16));
      equal(await hands.log(held), ['x'.repeat(16)], 'no more than so heavy');
      const { answer } = await hands.attach({ from: held });
      equal([answer.result, answer.lost.s2c, answer.record.floor], ['partial', [1, 4], 4], 'what was lost');
      await hands.append(held.sid, 'x'.repeat(19));
      equal((await hands.attach({ from: held })).answer.lost.s2c, [1, 6], 'a message that is too heavy by itself');
    },
    { replay: { count: 3, bytes: 20 } },
  ),

  check('can append for a session that nobody is connected to, and says so where there is none', async (hands) => {
    const held = await hands.attach();
    await hands.append(held.sid, 'a');
    const missing = await hands.either.run({ op: 'append', sid: 'no-such', id: 3, payload: payload(1) });
    equal(missing, { kind: 'failed', op: 'append', id: 3 }, 'an append to nobody');
    await hands.end(held);
    const ended = await hands.either.run({ op: 'append', sid: held.sid, id: 4, payload: payload(1) });
    equal(ended, { kind: 'failed', op: 'append', id: 4 }, 'an append after the end');
  }),

  check('tells who watches of each append and attach, wherever it was done', async (hands) => {
    const news: StoreNews[] = [];
    const ended: StoreNews[] = [];
    const held = await hands.attach();
    const end = hands.store.watch((one) => void news.push(one));
    hands.store.watch((one) => void ended.push(one))();
    for (const data of ['a', 'b']) await hands.append(held.sid, data);
    await hands.attach({ from: held });
    await hands.attach({ from: held });
    const told = () => {
      const grown = news.some((one) => one.kind === 'grown' && one.sid === held.sid && one.tx === 2);
      return grown && news.some((one) => one.kind === 'superseded' && one.sid === held.sid && one.epoch === 3);
    };
    for (let waits = 0; waits < 200 && !told(); waits++) await hands.made.pass(20);
    end();
    holds(told(), `not all was told: ${JSON.stringify(news)}`);
    equal(ended, [], 'what is told to who does not watch any more');
  }),

  check('counts what it holds', async (hands) => {
    const usage = async () => hands.either.collect();
    const [a, b] = [await hands.attach(), await hands.attach()];
    for (const data of ['a', 'bb', 'ccc']) await hands.append(a.sid, data);
    await hands.append(b.sid, 'd');
    equal(await usage(), { sessions: 2, messages: 4, bytes: 15 }, 'after appends');
    await hands.acknowledge(a, 2);
    equal(await usage(), { sessions: 2, messages: 2, bytes: 8 }, 'after an acknowledgement');
    await hands.accept(b, [message(1)], (_, transaction) => void transaction.append(b.sid, payload('ee')));
    equal(await usage(), { sessions: 2, messages: 3, bytes: 12 }, 'after a transaction');
    await hands.end(a);
    equal(await usage(), { sessions: 1, messages: 2, bytes: 7 }, 'after an end');
  }),
];
