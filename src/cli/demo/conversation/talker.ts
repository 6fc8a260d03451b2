import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../../../index.channel.ts';
import { createFailover, type Failover } from '../../../index.node.ts';
import { SHORTENED } from '../shortened.ts';
import type { HeardRecord, SpokenRecord } from './records.ts';
import { CHANNEL_PATH, type Relayed, type Utterance } from './room.ts';

/** How often each talker speaks, whatever happens. */
const PERIOD_MS = 150;

/** One client of the conversation, with a connection of its own. */
export interface Talker {
  readonly name: string;
  readonly failover: Failover;
  /** Resolves when it is in the room. */
  readonly joined: Promise<void>;
  /** Speaks until `signal` aborts; resolves when all that it said is settled. */
  talk(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Takes down what is said and heard. */
export interface Minutes {
  /** The act that is being played. */
  act(): number;
  spoke(message: SpokenRecord): void;
  heard(message: HeardRecord, server: string): void;
  /** A channel reports that messages were lost. */
  gap(complaint: string): void;
}

export function openTalker(name: string, origins: readonly string[], minutes: Minutes): Talker {
  const failover = createFailover({ hosts: origins, ...SHORTENED });
  const channel = failover.channel(CHANNEL_PATH, { name, credential: () => name });
  channel.on('message', (data) => {
    const { talker, number, server } = data as Relayed;
    minutes.heard({ listener: name, talker, number, atMs: performance.now() }, server);
  });
  channel.on('gap', ({ direction, range }) => {
    minutes.gap(`${name} was told of a gap (${direction}): ${range === null ? 'unknown' : range.join(' to ')}.`);
  });
  return {
    name,
    failover,
    joined: opened(channel),
    async talk(signal) {
      const said: Promise<void>[] = [];
      for (let number = 1; !signal.aborted; number += 1) {
        said.push(speak({ number }, { name, channel, minutes }));
        await sleep(PERIOD_MS);
      }
      await Promise.all(said);
    },
    async close() {
      await channel.close();
      failover.close();
    },
  };
}

const opened = (channel: Channel): Promise<void> =>
  new Promise((resolve) => {
    channel.on('state', ({ kind }) => {
      if (kind === 'open') resolve();
    });
  });

interface Speaker {
  readonly name: string;
  readonly channel: Channel;
  readonly minutes: Minutes;
}

async function speak(utterance: Utterance, { name, channel, minutes }: Speaker): Promise<void> {
  const begun = { talker: name, number: utterance.number, act: minutes.act(), sentMs: performance.now() };
  try {
    await channel.send(utterance);
    minutes.spoke({ ...begun, endedMs: performance.now(), end: { kind: 'accepted' } });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    minutes.spoke({ ...begun, endedMs: performance.now(), end: { kind: 'refused', why } });
  }
}
