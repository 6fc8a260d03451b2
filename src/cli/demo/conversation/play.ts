import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CONVERSATION_FAULTS } from '../acts.ts';
import { conduct } from '../conductor.ts';
import type { PartText } from '../introduction.ts';
import { isBackAt } from '../isBackAt.ts';
import { narrate } from '../narrator.ts';
import type { ActRecord } from '../records.ts';
import type { Scene } from '../scene.ts';
import { type Servers, startServer } from '../serverProcess.ts';
import type { ConversationPlay, HeardRecord, SpokenRecord } from './records.ts';
import { TALKERS } from './room.ts';
import { type Minutes, openTalker, type Talker } from './talker.ts';

const PROGRAM = fileURLToPath(new URL('./server.ts', import.meta.url));
/** What was accepted last is still to be heard by all; longer than a channel may take to find its link dead. */
const LAST_WORDS_MS = 10_000;

const TEXT: PartText = {
  title: `Second part: a conversation of ${TALKERS.length}`,
  shared: 'sessions, and what waits for each of them, in one SQLite file that both share',
  mark: 'message, accepted',
};

/** Lets a few clients talk to each other over two servers, while one of them suffers. */
export async function playConversation(scene: Scene): Promise<ConversationPlay> {
  const { names, directory, guard, onPart } = scene;
  const database = join(directory, 'conversation.db');
  const [upper, lower] = names;
  const servers = [
    await startServer(PROGRAM, { name: upper, port: 0, database }, guard),
    await startServer(PROGRAM, { name: lower, port: 0, database }, guard),
  ] as const;
  onPart(TEXT, servers);
  const book = openBook(scene);
  const origins = servers.map(({ origin }) => origin);
  const talkers = TALKERS.map((name) => openTalker(name, origins, book.minutes));
  try {
    const acts = await converse(talkers, servers, book, scene);
    return { acts, talkers: TALKERS, spoken: book.spoken, heard: book.heard, gaps: book.gaps };
  } finally {
    await Promise.all(talkers.map((talker) => talker.close()));
    await Promise.all(servers.map((server) => server.kill()));
  }
}

interface Book {
  readonly minutes: Minutes;
  readonly spoken: SpokenRecord[];
  readonly heard: HeardRecord[];
  readonly gaps: string[];
  onAct(): void;
}

function openBook({ timeline }: Scene): Book {
  const spoken: SpokenRecord[] = [];
  const heard: HeardRecord[] = [];
  const gaps: string[] = [];
  let act = -1;
  const minutes: Minutes = {
    act: () => act,
    spoke(message) {
      spoken.push(message);
      if (message.end.kind === 'refused') timeline.mark({ kind: 'lost' }, 1);
    },
    heard(message, server) {
      heard.push(message);
      // One mark for each message: where its own talker hears it.
      if (message.listener === message.talker) timeline.mark({ kind: 'answered', server }, 1);
    },
    gap: (complaint) => void gaps.push(complaint),
  };
  return {
    minutes,
    spoken,
    heard,
    gaps,
    onAct() {
      act += 1;
    },
  };
}

/** Lets all talk for as long as the acts take, and until everything that was accepted is heard. */
async function converse(
  talkers: readonly Talker[],
  servers: Servers,
  book: Book,
  { timeline, signal }: Scene,
): Promise<readonly ActRecord[]> {
  // Who comes later has missed what was said before: everybody is there when it begins.
  await Promise.all(talkers.map(({ joined }) => joined));
  const [first] = talkers;
  if (first !== undefined) narrate(first.failover, servers, timeline);
  const evening = new AbortController();
  const clients = talkers.map(({ failover }) => failover);
  const returned = (origin: string) => isBackAt(origin, clients, signal);
  const onAct = () => book.onAct();
  const acts = conduct({ faults: CONVERSATION_FAULTS, active: servers[0], returned, timeline, onAct, signal });
  const talk = Promise.all(talkers.map((talker) => talker.talk(evening.signal)));
  try {
    return await acts;
  } finally {
    evening.abort();
    if (!signal.aborted) {
      await talk;
      await allHeard(book);
    }
  }
}

async function allHeard({ spoken, heard }: Book): Promise<void> {
  const untilMs = performance.now() + LAST_WORDS_MS;
  const accepted = () => spoken.filter(({ end }) => end.kind === 'accepted').length;
  while (heard.length < accepted() * TALKERS.length && performance.now() < untilMs) await sleep(20);
}
