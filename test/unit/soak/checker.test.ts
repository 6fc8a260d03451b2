import { describe, expect, it } from 'vitest';
import { check } from '../../node/soak/checker/index.ts';
import { delivered, gap, repeated, Story, start, stopped } from './story.ts';

/** The kinds of violation, each once, in order. */
const kindsIn = (story: Story) => [...new Set(check(story.evidence).map(({ kind }) => kind))].sort();

/** One session is open, and server A runs. */
const begin = () => new Story().server('A', { kind: 'start' }).client(start(1)).attach(1, 'new');

/** Everybody ends in the orderly way. */
const end = (story: Story) => story.client(stopped).server('A', stopped);

/** The client was killed, and begins again with what it has stored. */
const reborn = (story: Story) => story.client(start(2)).attach(2, 'resumed');

describe('the checker has nothing against', () => {
  it('a talk both ways', () => {
    const story = begin().talk([1, 2], 1).push('push:1', 3).client(delivered('push:1'));
    expect(check(end(story).evidence)).toEqual([]);
  });

  it('a client that was killed and got again what it had not noted', () => {
    const story = reborn(begin().talk([1, 2], 1)).client(repeated('re:ann:1'), repeated('re:ann:2'));
    expect(check(end(story.talk([1_001], 3, 2)).evidence)).toEqual([]);
  });

  it('a message that was neither stored nor settled when its client was killed', () => {
    expect(check(end(reborn(begin().talk([1], 1).sends(2))).evidence)).toEqual([]);
  });

  it('a message that was stored when its client was killed, and accepted in the next life', () => {
    const story = begin().sends(1).client({ kind: 'stored', n: 1 });
    reborn(story).effect(1, 1, 2).answer(1, 1).step('accept', 2).client(delivered('re:ann:1'));
    expect(check(end(story).evidence)).toEqual([]);
  });

  it('a session that was kept in memory alone, as the client was told, and went with it', () => {
    const story = begin().client({ kind: 'storage', works: false }).talk([1], 1).client(start(2));
    story.answeredAttach(0, 'refused', '', 'S').client({ kind: 'tokenRefused' });
    story.attach(1, 'new', 'R', '').client(gap(null));
    expect(check(end(story).evidence)).toEqual([]);
  });

  it('messages that overflowed and were reported', () => {
    const story = begin();
    for (const seq of [1, 2, 3, 4, 5]) story.push(`push:${seq}`, seq);
    story.attach(2, 'partial').client(gap([1, 2]));
    for (const seq of [3, 4, 5]) story.client(delivered(`push:${seq}`));
    expect(check(end(story).evidence)).toEqual([]);
  });

  it('a session that expired, with all that was lost reported', () => {
    const story = begin().talk([1], 1).push('push:1', 2).sends(2).sends(3, { keyed: true });
    story.pass(11_000_000);
    story.answeredAttach(1, 'new', 'R', 'S');
    story.client(
      { kind: 'opened', sid: 'R', stream: 'R-log', epoch: 1, result: 'new' },
      gap(null),
      { kind: 'unknown', n: 2, resent: false },
      { kind: 'unknown', n: 3, resent: true },
    );
    story.effect(3, 1, 1, 'R').append('re:ann:3', 1, 'R');
    story.client({ kind: 'accepted', n: 3 }, delivered('re:ann:3'));
    expect(check(end(story).evidence)).toEqual([]);
  });

  it('messages that were given up after their client was killed, if the next life was told', () => {
    const story = begin().sends(1, { perishable: true }).sends(2, { perishable: true });
    story.client({ kind: 'stored', n: 2 });
    for (const n of [1, 2]) (n === 1 ? reborn(story) : story).client({ kind: 'refused', n, why: 'EXPIRED' });
    expect(check(end(story).evidence)).toEqual([]);
  });

  it('the loss of a session that is told once more after a kill', () => {
    const story = begin().talk([1], 1);
    story.pass(11_000_000);
    story.attach(1, 'new', 'R', 'S').client(gap(null), start(2));
    story.attach(2, 'resumed', 'R').client(gap(null));
    expect(check(end(story).evidence)).toEqual([]);
  });

  it('a next life that does not know of what was accepted just before the kill', () => {
    const story = begin().talk([1], 1);
    story.client(start(2)).pass(11_000_000);
    story.attach(1, 'new', 'R', 'S').client(gap(null), { kind: 'unknown', n: 1, resent: false });
    expect(check(end(story).evidence)).toEqual([]);
  });

  it('a message that was given up in time', () => {
    const story = begin().sends(1, { perishable: true }).client({ kind: 'refused', n: 1, why: 'expired' });
    expect(check(end(story.talk([2], 1)).evidence)).toEqual([]);
  });
});

describe('towards the servers the checker finds', () => {
  it('an effect that was had twice', () => {
    expect(kindsIn(end(begin().talk([1], 1).effect(1, 2)))).toEqual(['repeated-effect']);
  });

  it('an effect out of its turn', () => {
    const story = begin().sends(1).sends(2).effect(2, 1).answer(2, 1).effect(1, 2).answer(1, 2);
    for (const n of [2, 1]) story.client({ kind: 'accepted', n }, delivered(`re:ann:${n}`));
    expect(kindsIn(end(story))).toEqual(['misordered-effect']);
  });

  it('an effect that nobody has sent', () => {
    expect(kindsIn(end(begin().effect(7, 1).answer(7, 1).client(delivered('re:ann:7'))))).toEqual(['unsent-effect']);
  });

  it('a message that was lost after its sender was told that it was accepted', () => {
    expect(kindsIn(end(begin().sends(1).client({ kind: 'accepted', n: 1 })))).toEqual(['lost-after-acceptance']);
  });

  it('a message that was accepted after its sender was told that it would not be', () => {
    const story = begin().sends(1).effect(1, 1).answer(1, 1);
    story.client({ kind: 'refused', n: 1, why: 'expired' }, delivered('re:ann:1'));
    expect(kindsIn(end(story))).toEqual(['effect-after-refusal']);
  });

  it('a sender that is told two things', () => {
    const story = begin().talk([1], 1).client({ kind: 'refused', n: 1, why: 'expired' });
    expect(kindsIn(end(story))).toEqual(['contradiction', 'effect-after-refusal']);
  });

  it('a fate that became unknown long after it was known', () => {
    const story = begin().talk([1], 1);
    story.pass(3_000_000);
    story.client({ kind: 'stored', n: 1 }, start(2)).pass(11_000_000);
    story.attach(1, 'new', 'R', 'S').client(gap(null), { kind: 'unknown', n: 1, resent: false });
    expect(kindsIn(end(story))).toEqual(['contradiction']);
  });

  it('an unknown fate where the session is known', () => {
    const story = reborn(begin().talk([1], 1))
      .sends(2)
      .client({ kind: 'unknown', n: 2, resent: false });
    expect(kindsIn(end(story))).toEqual(['unfounded-unknown']);
  });

  it('a message that was stored, and forgotten after its client was killed', () => {
    const story = reborn(begin().sends(1).client({ kind: 'stored', n: 1 }));
    expect(kindsIn(end(story))).toEqual(['silent-loss']);
  });

  it('messages that were given up in silence after their client was killed', () => {
    const story = begin();
    for (const n of [1, 2, 3]) story.sends(n, { perishable: true });
    story.client({ kind: 'stored', n: 3 });
    // One report may have died with the process that was to get it.
    reborn(story).client({ kind: 'refused', n: 1, why: 'EXPIRED' });
    expect(kindsIn(end(story))).toEqual(['silent-loss']);
  });

  it('a hole before a message that was accepted', () => {
    const story = begin().sends(1).sends(2).effect(2, 1).answer(2, 1);
    expect(kindsIn(end(reborn(story).client(delivered('re:ann:2'))))).toEqual(['silent-loss']);
  });

  it('a sender that still waits at the end', () => {
    expect(kindsIn(end(begin().sends(1)))).toEqual(['unsettled']);
  });

  it('a message without its answer, and an answer without its message', () => {
    const story = begin().sends(1).effect(1, 1).client({ kind: 'accepted', n: 1 });
    expect(kindsIn(end(story))).toEqual(['half-done']);
    expect(kindsIn(end(begin().answer(1, 1).client(delivered('re:ann:1'))))).toEqual(['half-done']);
  });

  it('a gap that the servers were told of, and that is none', () => {
    const story = begin().talk([1, 2], 1).server('A', { kind: 'gap', sid: 'S', from: 2, to: 3 });
    expect(kindsIn(end(story))).toEqual(['false-gap']);
  });

  it('a gap that the servers were not told of', () => {
    const step = { kind: 'step', op: 'accept', sid: 'S', epoch: 1, startUs: 1, result: 'done' } as const;
    expect(kindsIn(end(begin().server('A', { ...step, gaps: [[1, 2]] })))).toEqual(['unreported-gap']);
  });
});

describe('towards the clients the checker finds', () => {
  it('a message that comes twice in one life', () => {
    expect(kindsIn(end(begin().talk([1], 1).client(delivered('re:ann:1'))))).toEqual(['repeated-delivery']);
    expect(kindsIn(end(begin().talk([1], 1).client(repeated('re:ann:1'))))).toEqual(['repeated-delivery']);
  });

  it('a message that comes again twice after one kill', () => {
    const story = reborn(begin().talk([1], 1)).client(repeated('re:ann:1'), repeated('re:ann:1'));
    expect(kindsIn(end(story))).toEqual(['repeated-delivery']);
  });

  it('a message that nobody has said', () => {
    expect(kindsIn(end(begin().append('push:1', 1).client(delivered('push:1'))))).toEqual(['invented-delivery']);
    const story = begin().push('push:1', 1).client(delivered('push:1'), delivered('push:2'));
    expect(kindsIn(end(story))).toEqual(['invented-delivery']);
  });

  it('a message that was left out', () => {
    const story = begin().push('push:1', 1).push('push:2', 2).client(delivered('push:2'));
    expect(kindsIn(end(story))).toEqual(['silent-loss']);
  });

  it('a push that is gone though its server was told that it is safe', () => {
    const story = begin().server('A', { kind: 'push', id: 'push:1' }, { kind: 'pushed', id: 'push:1' });
    expect(kindsIn(end(story))).toEqual(['lost-after-acceptance']);
  });

  it('a message that never comes', () => {
    expect(kindsIn(end(begin().push('push:1', 1)))).toEqual(['undelivered']);
  });

  it('a session that was left behind with messages in it', () => {
    const story = begin().talk([1], 1).push('push:1', 2);
    story.pass(11_000_000);
    expect(kindsIn(end(story.attach(1, 'new', 'R', 'S')))).toEqual(['silent-loss']);
  });

  it('a gap over what is there still', () => {
    const story = begin()
      .push('push:1', 1)
      .attach(2, 'partial')
      .client(gap([1, 1]));
    expect(kindsIn(end(story))).toEqual(['false-gap']);
  });

  it('a range that does not begin where the last message ended', () => {
    const story = begin();
    for (const seq of [1, 2, 3, 4, 5, 6]) story.push(`push:${seq}`, seq);
    story.attach(2, 'partial').client(gap([2, 3]));
    for (const seq of [4, 5, 6]) story.client(delivered(`push:${seq}`));
    expect(kindsIn(end(story))).toEqual(['false-gap']);
  });

  it('a range that the client is said to have given up, and that was accepted', () => {
    const story = begin()
      .talk([1, 2], 1)
      .client(gap([2, 3], 'c2s'));
    expect(kindsIn(end(story))).toEqual(['false-gap']);
  });

  it('the loss of a session that is told twice in one life', () => {
    const story = begin().talk([1], 1);
    story.pass(11_000_000);
    expect(kindsIn(end(story.attach(1, 'new', 'R', 'S').client(gap(null), gap(null))))).toEqual(['false-gap']);
  });

  it('the loss of a session that was not lost', () => {
    const story = reborn(begin().talk([1], 1)).client(gap(null));
    expect(kindsIn(end(story))).toEqual(['false-gap']);
  });
});

describe('of sessions the checker finds', () => {
  it('an older connection that goes on after a newer one has the session', () => {
    expect(kindsIn(end(begin().attach(2, 'resumed').step('acknowledge', 1)))).toEqual(['fence-passed']);
    expect(kindsIn(end(begin().attach(2, 'resumed').step('acknowledge', 1, 'fenced')))).toEqual([]);
  });

  it('nothing wrong with a step that had begun before the newer connection came', () => {
    const story = begin();
    const startUs = story.pass();
    expect(kindsIn(end(story.attach(2, 'resumed').step('acknowledge', 1, 'done', startUs)))).toEqual([]);
  });

  it('an epoch that was given twice, or that falls', () => {
    expect(kindsIn(end(begin().attach(1, 'resumed', 'S', 'S')))).toEqual(['epoch-fell']);
    const story = begin().attach(3, 'resumed').attach(2, 'resumed');
    expect(kindsIn(end(story))).toEqual(['epoch-fell']);
  });

  it('an effect under an epoch that was over', () => {
    const story = begin().attach(2, 'resumed').talk([1], 1, 2).sends(2).effect(2, 2, 1).answer(2, 2);
    expect(kindsIn(end(story.client({ kind: 'accepted', n: 2 }, delivered('re:ann:2'))))).toEqual(['epoch-fell']);
  });

  it('a session that is gone before its time', () => {
    expect(kindsIn(end(begin().attach(1, 'new', 'R', 'S')))).toEqual(['session-lost']);
  });

  it('a client that has forgotten its session', () => {
    const story = begin().talk([1], 1).client(start(2)).attach(1, 'new', 'R', '');
    expect(kindsIn(end(story))).toEqual(['session-forgotten']);
  });

  it('a client that has forgotten its session, though its store works again', () => {
    const failed = (works: boolean) => ({ kind: 'storage', works }) as const;
    const story = begin().client(failed(false), failed(true)).talk([1], 1).client(start(2)).attach(1, 'new', 'R', '');
    expect(kindsIn(end(story))).toEqual(['session-forgotten']);
    const later = begin().client(failed(false), start(2)).attach(2, 'resumed').talk([1_001], 1, 2).client(start(3));
    expect(kindsIn(end(later.attach(1, 'new', 'R', '')))).toEqual(['session-forgotten']);
    const refused = begin().client(failed(false), failed(true), { kind: 'tokenRefused' });
    expect(kindsIn(end(refused))).toEqual(['token-refused']);
  });

  it('whatever gave up by itself', () => {
    expect(kindsIn(end(begin().client({ kind: 'failed', what: 'SESSION_LOST' })))).toEqual(['failed']);
    expect(kindsIn(end(begin().server('A', { kind: 'failed', what: 'TypeError' })))).toEqual(['failed']);
  });

  it('a client whose token is refused', () => {
    const story = () => begin().answeredAttach(0, 'refused', '', 'S');
    expect(kindsIn(end(story().client({ kind: 'tokenRefused' })))).toEqual(['token-refused']);
    // Without that the client had left already when its hello was read.
    expect(kindsIn(end(story()))).toEqual([]);
  });
});
