import type { ConversationPlay, HeardRecord, SpokenRecord } from '../../../src/cli/demo/conversation/records.ts';

const spoken = (talker: string, number: number, act: number, sentMs: number): SpokenRecord => ({
  talker,
  number,
  act,
  sentMs,
  endedMs: sentMs + 10,
  end: { kind: 'accepted' },
});

const heard = (talker: string, number: number, atMs: number): HeardRecord[] =>
  ['ada', 'bob'].map((listener) => ({ listener, talker, number, atMs }));

/** Two talkers, and one fault: `ada` speaks before it, both during it. The room is silent from 980 to 1,500. */
export function goodConversation(): ConversationPlay {
  return {
    acts: [
      { name: 'no fault', fault: null },
      { name: 'kill', fault: { origin: 'http://north.test', struckMs: 1_000, mendedMs: 1_800, returnedMs: 1_900 } },
    ],
    talkers: ['ada', 'bob'],
    spoken: [spoken('ada', 1, 0, 970), { ...spoken('ada', 2, 1, 1_010), endedMs: 1_490 }, spoken('bob', 1, 1, 1_580)],
    heard: [...heard('ada', 1, 980), ...heard('ada', 2, 1_500), ...heard('bob', 1, 1_600)],
    gaps: [],
  };
}
