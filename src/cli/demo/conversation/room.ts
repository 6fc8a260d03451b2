/** What a talker says. */
export interface Utterance {
  /** Counts the messages of one talker, from 1. */
  readonly number: number;
}

/** What everybody in the room is told. */
export interface Relayed extends Utterance {
  readonly talker: string;
  /** Name of the server that accepted it. */
  readonly server: string;
}

export const CHANNEL_PATH = '/channel';

/** Everybody in the room. Their names are their credentials: a real app has better ones. */
export const TALKERS: readonly string[] = ['ada', 'bob', 'cleo', 'dan', 'eve'];
