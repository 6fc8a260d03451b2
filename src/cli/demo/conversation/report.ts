import type { FaultRecord } from '../records.ts';
import type { ConversationPlay, HeardRecord, SpokenRecord } from './records.ts';

/** What came of the messages of one act, or of all. */
export interface ConversationTally {
  readonly sent: number;
  readonly accepted: number;
  /** Arrivals: each accepted message is to arrive once at everybody in the room. */
  readonly delivered: number;
  readonly lost: number;
  readonly repeated: number;
  /** Arrivals after a later message of the same talker. */
  readonly reordered: number;
  /** From sending to being accepted, at most. */
  readonly slowestMs: number;
}

export interface ConversationActReport extends ConversationTally {
  readonly act: string;
  /** The longest time for which somebody in the room heard nothing, in milliseconds. */
  readonly silenceMs: number;
}

export interface ConversationReport {
  readonly acts: readonly ConversationActReport[];
  readonly total: ConversationTally;
}

export function conversationReport(play: ConversationPlay): ConversationReport {
  const book = arrivalsOf(play);
  const acts = play.acts.map((act, at) => ({
    act: act.name,
    ...tally(
      play.spoken.filter((message) => message.act === at),
      play.talkers,
      book,
    ),
    silenceMs: act.fault === null ? 0 : longestSilenceMs(act.fault, play),
  }));
  return { acts, total: tally(play.spoken, play.talkers, book) };
}

const nameOf = (talker: string, number: number): string => `${talker}/${number}`;

interface Arrivals {
  /** How often each message arrived at each listener. */
  readonly times: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** How often each message arrived after a later one. */
  readonly late: ReadonlyMap<string, number>;
}

function arrivalsOf({ heard }: ConversationPlay): Arrivals {
  const times = new Map<string, Map<string, number>>();
  const late = new Map<string, number>();
  const last = new Map<string, number>();
  for (const { listener, talker, number } of heard) {
    const name = nameOf(talker, number);
    const counts = times.get(name) ?? new Map<string, number>();
    const before = counts.get(listener) ?? 0;
    times.set(name, counts.set(listener, before + 1));
    const ear = `${listener} < ${talker}`;
    // What comes again is repeated, and need not be counted as out of order too.
    if (before === 0 && number < (last.get(ear) ?? 0)) late.set(name, (late.get(name) ?? 0) + 1);
    last.set(ear, Math.max(number, last.get(ear) ?? 0));
  }
  return { times, late };
}

function tally(spoken: readonly SpokenRecord[], talkers: readonly string[], book: Arrivals): ConversationTally {
  const accepted = spoken.filter(({ end }) => end.kind === 'accepted');
  const sum = (messages: readonly SpokenRecord[], count: (name: string) => number) =>
    messages.reduce((total, { talker, number }) => total + count(nameOf(talker, number)), 0);
  const times = (name: string) => talkers.map((listener) => book.times.get(name)?.get(listener) ?? 0);
  return {
    sent: spoken.length,
    accepted: accepted.length,
    delivered: sum(spoken, (name) => times(name).filter((count) => count > 0).length),
    lost: sum(accepted, (name) => times(name).filter((count) => count === 0).length),
    repeated: sum(spoken, (name) => times(name).reduce((extra, count) => extra + Math.max(0, count - 1), 0)),
    reordered: sum(spoken, (name) => book.late.get(name) ?? 0),
    slowestMs: Math.round(accepted.reduce((most, { sentMs, endedMs }) => Math.max(most, endedMs - sentMs), 0)),
  };
}

/** From the stroke until all were back; a silence that began just before counts from the last word that was heard. */
function longestSilenceMs({ struckMs, mendedMs, returnedMs }: FaultRecord, play: ConversationPlay): number {
  const untilMs = returnedMs ?? mendedMs;
  const silences = play.talkers.map((listener) => silenceMs(struckMs, untilMs, wordsTo(listener, play.heard)));
  return Math.round(Math.max(...silences));
}

const wordsTo = (listener: string, heard: readonly HeardRecord[]): number[] =>
  heard.filter((each) => each.listener === listener).map(({ atMs }) => atMs);

function silenceMs(fromMs: number, untilMs: number, wordsMs: readonly number[]): number {
  const before = wordsMs.filter((ms) => ms < fromMs).at(-1) ?? fromMs;
  let longestMs = 0;
  let lastMs = before;
  for (const ms of [...wordsMs.filter((each) => each >= fromMs && each <= untilMs), untilMs]) {
    longestMs = Math.max(longestMs, ms - lastMs);
    lastMs = ms;
  }
  return longestMs;
}
