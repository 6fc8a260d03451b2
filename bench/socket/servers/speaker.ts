import { openJournal } from '../../../test/rig/journal.ts';
import type { Launch } from '../../../test/rig/protocol.ts';
import { answerParent, report } from '../../../test/rig/server/control.ts';
import { FEED_MS } from '../peer.ts';

/** What it is told, beside `hush`. */
interface SpeakCommand {
  readonly speak: readonly string[];
}

/** What a server program of this benchmark has to do besides serving. */
export interface Speaker {
  readonly launch: Launch;
  /** The answer to a message. */
  answer(id: string): string;
  /** Writes down that a message was processed, and gives the answer to it. */
  process(id: string): string;
  /** Tells the parent that the port is open. */
  listening(): void;
}

/**
 * The parent's commands and the journal, the same for all server programs.
 *
 * @param tellAll Says something to all of these users that it can reach.
 */
export function speaker(tellAll: (text: string, users: readonly string[]) => void): Speaker {
  const launch = JSON.parse(process.argv[2] ?? '{}') as Launch;
  const journal = openJournal(launch.journal);
  let timer: NodeJS.Timeout | undefined;
  let said = 0;
  answerParent((command) => {
    if (command.kind !== 'custom') return undefined;
    clearInterval(timer);
    if (command.value === 'hush') return said;
    said = 0;
    const { speak } = command.value as SpeakCommand;
    timer = setInterval(() => tellAll(`${launch.name} ${++said}`, speak), FEED_MS);
    return undefined;
  });
  const answer = (id: string): string => `${launch.name} got ${id}`;
  return {
    launch,
    answer,
    process(id) {
      journal.write({ kind: 'processed', id });
      return answer(id);
    },
    listening: () => report({ kind: 'listening', port: launch.port }),
  };
}
