import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playConversation } from './conversation/play.ts';
import type { ConversationPlay } from './conversation/records.ts';
import { startGuard } from './guard.ts';
import { playRequests } from './requests/play.ts';
import type { RequestPlay } from './requests/records.ts';
import type { PlayOptions, Scene } from './scene.ts';

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
