import { check, equal, holds, message, type StoreCheck } from './harness.ts';

/** Who may have a session, and which of its connections holds it. */
export const ATTACHING: readonly StoreCheck[] = [
  check('begins a session for who has none, with nothing lost', async (hands) => {
    const { answer } = await hands.attach({ ttlMs: 5_000 });
    const { sid, subject, epoch, rx, tx, floor, held } = answer.record;
    equal([answer.result, answer.lost], ['new', { s2c: null, c2s: null }], 'a first attach');
    equal([sid, subject, epoch, rx, tx, floor, held], ['sid-1', 'ann', 1, 0, 0, 0, 0], 'a new session');
  }),

  check('resumes a session under a higher epoch, with its numbers', async (hands) => {
    const first = await hands.attach();
    await hands.accept(first, [message(1), message(2)]);
    await hands.append(first.sid, 'a');
    const { answer, sid, epoch } = await hands.attach({ from: first, txLow: 3 });
    equal(
      [sid, epoch, answer.result, answer.lost],
      [first.sid, 2, 'resumed', { s2c: null, c2s: null }],
      'a resumption',
    );
    equal([answer.record.rx, answer.record.tx, answer.record.stream], [2, 1, first.stream], 'the numbers');
  }),

  check('lets only the newest connection do anything', async (hands) => {
    const old = await hands.attach();
    await hands.append(old.sid, 'a');
    const young = await hands.attach({ from: old });
    const read = {
      op: 'read',
      sid: old.sid,
      epoch: old.epoch,
      stream: old.stream,
      after: 0,
      count: 9,
      bytes: 9,
    } as const;
    const answers = [
      await hands.either.run(read),
      await hands.accept(old, [message(1)], () => {
        throw new Error('a superseded connection has brought a message');
      }),
      await hands.acknowledge(old, 1),
      await hands.end(old),
    ];
    equal(
      answers.map(({ kind }) => kind),
      ['fenced', 'fenced', 'fenced', 'fenced'],
      'what the old connection may do',
    );
    equal(await hands.log(young), ['a'], 'what the old connection has changed');
  }),

  check('does nothing for a connection that means another stream', async (hands) => {
    const held = await hands.attach();
    const other = { ...held, stream: 'elsewhere' };
    equal(
      [(await hands.acknowledge(other, 0)).kind, (await hands.end(other)).kind],
      ['fenced', 'fenced'],
      'another stream',
    );
  }),

  check('gives each of many who attach at once an epoch of its own, and the session to one', async (hands) => {
    const first = await hands.attach();
    const all = await Promise.all(Array.from({ length: 8 }, () => hands.attach({ from: first })));
    equal(
      all.map(({ epoch }) => epoch).sort((a, b) => a - b),
      [2, 3, 4, 5, 6, 7, 8, 9],
      'the epochs',
    );
    const may = await Promise.all(
      all.map(async (held) => ((await hands.acknowledge(held, 0)).kind === 'fenced' ? 0 : held.epoch)),
    );
    equal(Math.max(...may), 9, 'who holds the session');
    equal(may.filter((epoch) => epoch > 0).length, 1, 'how many hold the session');
  }),

  check('refuses a token that it did not give, and who is not the owner', async (hands) => {
    const first = await hands.attach();
    const wrong = await hands.attachRaw({ from: first, hash: 'guessed' });
    const other = await hands.attachRaw({ from: first, subject: 'bob' });
    equal(
      [wrong, other],
      [
        { kind: 'refused', why: 'unknown' },
        { kind: 'refused', why: 'subject' },
      ],
      'who may not attach',
    );
    equal((await hands.acknowledge(first, 0)).kind, 'acknowledged', 'what the refused have changed');
  }),

  check('keeps a token until its successor is used, and refuses it from then on', async (hands) => {
    const first = await hands.attach();
    await hands.attach({ from: first });
    const third = await hands.attach({ from: first });
    await hands.accept(third, []);
    equal(await hands.attachRaw({ from: first }), { kind: 'refused', why: 'reused' }, 'a token that was replaced');
    equal((await hands.attachRaw({ from: third })).kind, 'attached', 'the token that replaced it');
  }),

  check('begins a session anew where it is not known, and says that nobody knows what was lost', async (hands) => {
    const first = await hands.attach();
    await hands.end(first);
    const { answer, sid } = await hands.attach({ from: first });
    equal([answer.result, answer.lost], ['new', { s2c: 'unknown', c2s: 'unknown' }], 'a lost session');
    holds(sid !== first.sid, 'a lost session gets another name');
  }),

  check('begins another stream, with an empty log, for who has seen more than it holds', async (hands) => {
    const first = await hands.attach();
    await hands.append(first.sid, 'a');
    const second = await hands.attach({ from: first, rx: 5 });
    equal([second.answer.result, second.answer.record.tx, second.epoch], ['new', 0, 2], 'a store that was set back');
    holds(second.stream !== first.stream, 'a store that was set back begins another stream');
    equal(await hands.log(second), [], 'the log of another stream');
    await hands.append(second.sid, 'b');
    equal(
      (await hands.read(second)).map(({ seq }) => seq),
      [1],
      'the numbers of another stream',
    );
  }),

  check('tells exactly what is missing of both directions', async (hands) => {
    const first = await hands.attach();
    for (const data of ['a', 'b', 'c']) await hands.append(first.sid, data);
    await hands.acknowledge(first, 2);
    const { answer } = await hands.attach({ from: first, rx: 0, txLow: 4 });
    equal([answer.result, answer.lost], ['partial', { s2c: [1, 2], c2s: [1, 3] }], 'a partial resumption');
  }),

  check('lists the sessions of a subject that can be resumed', async (hands) => {
    const [a, b] = [await hands.attach({ subject: 'sub' }), await hands.attach({ subject: 'sub' })];
    await hands.attach({ subject: 'other' });
    const listed = [...(await hands.either.sessionsOf('sub'))].sort();
    equal(listed, [a.sid, b.sid].sort(), 'the sessions of a subject');
    await hands.end(a);
    equal(await hands.either.sessionsOf('sub'), [b.sid], 'the sessions of a subject, after the end of one');
    equal(await hands.either.sessionsOf('nobody'), [], 'the sessions of a stranger');
  }),
];
