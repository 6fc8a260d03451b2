/** Serves one kind of line, and does what the messages on them say. Started by the rig. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Launch } from '../../../test/rig/protocol.ts';
import { answerParent, report } from '../../../test/rig/server/control.ts';
import type { Line, Message } from './kind.ts';
import { kindNamed } from './kinds.ts';

export interface ServerOrder {
  readonly kind: string;
}

export type ServerQuestion = 'memory' | 'cpu';

/** What the process holds, in bytes. */
export interface Memory {
  readonly heap: number;
  readonly resident: number;
}

/** Where a kind does not acknowledge, the client hears of so many at a time. */
const GOT_EVERY = 50;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const launch = JSON.parse(process.argv[2] ?? '{}') as Launch;
const kind = kindNamed((launch.extra as ServerOrder).kind);
const counted = new WeakMap<Line, number>();

answerParent((command) => (command.kind === 'custom' ? answer(command.value as ServerQuestion) : undefined));
await kind.serve(launch.port, obey);
report({ kind: 'listening', port: launch.port });

function obey(line: Line, message: Message): void {
  switch (message.kind) {
    case 'up':
      if (!kind.acknowledges) count(line, message);
      return;
    case 'echo':
      line.send(message);
      return;
    case 'pull':
      for (let n = 0; n < message.n; n++) line.send({ kind: 'down', n, text: message.text });
      return;
    case 'down':
    case 'got':
      throw new Error(`A client can't send ${message.kind}.`);
  }
}

function count(line: Line, { text }: Message): void {
  const n = (counted.get(line) ?? 0) + 1;
  counted.set(line, n);
  if (n % GOT_EVERY === 0) line.send({ kind: 'got', n: GOT_EVERY, text });
}

/** Of the processor: microseconds since the process began. */
function answer(question: ServerQuestion): Memory | number {
  if (question === 'memory') return memory();
  const { user, system } = process.cpuUsage();
  return user + system;
}

function memory(): Memory {
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
