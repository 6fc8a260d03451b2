import type { ActRecord } from '../records.ts';

/** What became of a message, as its talker sees it. */
export type MessageEnd =
  /** A server has it for good. */
  | { readonly kind: 'accepted' }
  /** The talker was told that it will not be delivered, or that nobody knows. */
  | { readonly kind: 'refused'; readonly why: string };

/** A message that a talker sent. */
export interface SpokenRecord {
  readonly talker: string;
  /** Counts the messages of one talker, from 1. */
  readonly number: number;
  /** Index of the act during which it was sent. */
  readonly act: number;
  readonly sentMs: number;
  readonly endedMs: number;
  readonly end: MessageEnd;
}

/** A message that arrived at one of those in the room. */
export interface HeardRecord {
  readonly listener: string;
  readonly talker: string;
  readonly number: number;
  readonly atMs: number;
}

/** All that was said, and all that was heard. */
export interface ConversationPlay {
  readonly acts: readonly ActRecord[];
  /** Everybody in the room: each hears what any of them says. */
  readonly talkers: readonly string[];
  readonly spoken: readonly SpokenRecord[];
  readonly heard: readonly HeardRecord[];
  /** Gaps that channels have reported, one sentence each. */
  readonly gaps: readonly string[];
}
