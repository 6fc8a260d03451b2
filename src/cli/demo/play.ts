import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playConversation } from './conversation/play.ts';
import type { ConversationPlay } from './conversation/records.ts';
import { type Guard, startGuard } from './guard.ts';
import type { PartText } from './introduction.ts';
import { playRequests } from './requests/play.ts';
import type { RequestPlay } from './requests/records.ts';
import type { Servers } from './serverProcess.ts';
import type { Timeline } from './timeline.ts';

export interface PlayOptions {
  /** Where what happens is told. */
  readonly timeline: Timeline;
  /** Called when both servers of a part listen. */
  readonly onPart: (text: PartText, servers: Servers) => void;
  /** Ends the play early; it then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** What every part of the play is given. */
export interface Scene extends PlayOptions {
  readonly names: readonly [upper: string, lower: string];
  /** An empty place for files. */
  readonly directory: string;
  readonly guard: Guard;
}

/** All that happened. */
export interface DemoPlay {
  readonly requests: RequestPlay;
  readonly conversation: ConversationPlay;
}

/** Plays both parts, and clears everything away, whatever happens. */
export async function playDemo(names: readonly [string, string], options: PlayOptions): Promise<DemoPlay> {
  const guard = startGuard();
  try {
    const directory = mkdtempSync(join(tmpdir(), 'switchover-demo-'));
    guard.tell({ kind: 'directory', path: directory });
    const scene: Scene = { ...options, names, directory, guard };
    const requests = await playRequests(scene);
    return { requests, conversation: await playConversation(scene) };
  } finally {
    await guard.close();
  }
}
