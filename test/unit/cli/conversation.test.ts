import { describe, expect, test } from 'vitest';
import type { ConversationPlay, HeardRecord } from '../../../src/cli/demo/conversation/records.ts';
import { conversationReport } from '../../../src/cli/demo/conversation/report.ts';
import { complaintsAboutConversation } from '../../../src/cli/demo/conversation/verdict.ts';
import { goodConversation } from './conversation.ts';

const total = (play: ConversationPlay) => conversationReport(play).total;

const withHeard = (change: (heard: readonly HeardRecord[]) => HeardRecord[]): ConversationPlay => {
  const play = goodConversation();
  return { ...play, heard: change(play.heard) };
};

describe('the report of a conversation', () => {
  test('counts every arrival, at everybody', () => {
    const counts = { sent: 3, accepted: 3, delivered: 6, lost: 0, repeated: 0, reordered: 0, slowestMs: 480 };
    expect(total(goodConversation())).toEqual(counts);
  });

  test('counts a message for the act in which it was sent', () => {
    expect(conversationReport(goodConversation()).acts.map(({ act, sent }) => [act, sent])).toEqual([
      ['no fault', 1],
      ['kill', 2],
    ]);
  });

  test('measures a silence from the last word before the fault', () => {
    expect(conversationReport(goodConversation()).acts[1]?.silenceMs).toBe(520);
  });

  test('measures a silence that lasts until all are back', () => {
    const play = withHeard((heard) => heard.filter(({ atMs }) => atMs < 1_000));
    expect(conversationReport(play).acts[1]?.silenceMs).toBe(920);
  });
});

describe('the verdict on a conversation', () => {
  test('says nothing where every promise was kept', () => {
    expect(complaintsAboutConversation(goodConversation())).toEqual([]);
  });

  test('complains of an accepted message that one of them never heard', () => {
    const play = withHeard((heard) => heard.filter(({ listener, number }) => listener !== 'bob' || number !== 2));
    expect(total(play)).toMatchObject({ lost: 1, delivered: 5 });
    expect(complaintsAboutConversation(play)).toEqual([expect.stringMatching(/^1 deliver.*lost/)]);
  });

  test('complains of a message that came twice, which is not out of order as well', () => {
    const play = withHeard((heard) => [...heard, ...heard.slice(0, 1)]);
    expect(total(play)).toMatchObject({ repeated: 1, reordered: 0, lost: 0 });
    expect(complaintsAboutConversation(play)).toEqual([expect.stringMatching(/^1 deliver.*repeated/)]);
  });

  test('complains of a message that came after a later one of the same talker', () => {
    const play = withHeard(([first, second, third, ...rest]) => [second, third, first, ...rest].filter((one) => !!one));
    expect(total(play)).toMatchObject({ reordered: 1, repeated: 0, lost: 0 });
    expect(complaintsAboutConversation(play)).toEqual([expect.stringMatching(/^1 deliver.*order/)]);
  });

  test('complains of a message that was refused, and of a gap that was reported', () => {
    const play = goodConversation();
    const spoken = play.spoken.map((one, at) =>
      at === 2 ? { ...one, end: { kind: 'refused', why: 'full' } as const } : one,
    );
    const complaints = complaintsAboutConversation({ ...play, spoken, gaps: ['ada was told of a gap.'] });
    expect(complaints).toEqual(['Message 1 of bob was refused: full.', 'ada was told of a gap.']);
  });

  test('complains where somebody did not return', () => {
    const play = goodConversation();
    const acts = play.acts.map((act) => ({ ...act, fault: act.fault && { ...act.fault, returnedMs: null } }));
    expect(complaintsAboutConversation({ ...play, acts })).toEqual([expect.stringMatching(/^kill: not everybody/)]);
  });

  test('takes nothing for proven where nothing was said', () => {
    const acts = [{ name: 'no fault', fault: null }];
    expect(complaintsAboutConversation({ acts, talkers: ['ada'], spoken: [], heard: [], gaps: [] })).toEqual([
      expect.stringMatching(/^No fault/),
      expect.stringMatching(/no message/),
    ]);
  });
});
