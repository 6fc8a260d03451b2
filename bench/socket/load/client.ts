/** Puts a server of one kind under load, as the conductor says. Started by the rig. */

import type { Launch } from '../../../test/rig/protocol.ts';
import { answerParent, report } from '../../../test/rig/server/control.ts';
import { sleep } from '../../../test/rig/wait.ts';
import { monotonicMs } from '../../lib/monotonic.ts';
import type { Line, Message } from './kind.ts';
import { kindNamed } from './kinds.ts';

/** `up`: until the server has accepted it · `down`: until the client has got it · `echo`: there and back. */
export type Direction = 'up' | 'down' | 'echo';

export type ClientOrder =
  /** Opens connections, a part at a time. A connection is open when a first message was there and back. */
  | { readonly act: 'open'; readonly url: string; readonly count: number }
  /** Keeps all lines busy for `warmMs`, then counts for `measureMs`. Answered by {@link Loaded}. */
  | { readonly act: 'load'; readonly direction: Direction; readonly warmMs: number; readonly measureMs: number };

/** What one load came to. */
export interface Loaded {
  readonly perSecond: number;
  /** All of them, before and after the measured time too. */
  readonly messages: number;
  /** The processor's time that this process took for them, in microseconds. */
  readonly cpuUs: number;
}

/** Connections that are opened at once. */
const BATCH = 100;
/** On each line this many are under way at any time. */
const UNDER_WAY = 100;
/** What a client asks for down at once: half of what is under way is replaced together. */
const PULLED = UNDER_WAY / 2;
const TEXT = 'a message of a conversation, as long as people write them, more or less';

const launch = JSON.parse(process.argv[2] ?? '{}') as Launch;
const kind = kindNamed(String(launch.extra));
/** One step of the load for each line; nothing while there is none. */
let step: ((index: number, message: Message) => void) | undefined;
const lines: Line[] = [];

answerParent((command) => (command.kind === 'custom' ? obey(command.value as ClientOrder) : undefined));
report({ kind: 'listening', port: launch.port });

async function obey(order: ClientOrder): Promise<Loaded | number> {
  if (order.act === 'load') return load(order.direction, order.warmMs, order.measureMs);
  for (let left = order.count; left > 0; left -= BATCH) await openBatch(order.url, Math.min(left, BATCH));
  return lines.length;
}

async function openBatch(url: string, count: number): Promise<void> {
  const first = lines.length;
  const opened = await kind.connect(url, first, count, (index, message) => step?.(index, message));
  lines.push(...opened);
  let silent = count;
  step = () => silent--;
  for (const line of opened) void line.send({ kind: 'echo', n: 0, text: TEXT });
  while (silent > 0) await sleep(1);
  step = undefined;
}

async function load(direction: Direction, warmMs: number, measureMs: number): Promise<Loaded> {
  const cpuBefore = process.cpuUsage();
  const loading = LOADS[direction]();
  await sleep(warmMs);
  const [before, startedMs] = [loading.done(), monotonicMs()];
  await sleep(measureMs);
  const perSecond = ((loading.done() - before) * 1_000) / (monotonicMs() - startedMs);
  await loading.end();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond, messages: loading.done(), cpuUs: user + system };
}

interface Loading {
  done(): number;
  /** Resolves when nothing is under way any more. */
  end(): Promise<void>;
}

const LOADS: Readonly<Record<Direction, () => Loading>> = { up, down, echo };

/** @param more What follows when `n` messages of a line are done. */
function loading(more: (index: number, n: number) => void): Loading & { settle(index: number, n: number): void } {
  let done = 0;
  let underWay = lines.length * UNDER_WAY;
  let ending = false;
  return {
    done: () => done,
    settle(index, n) {
      done += n;
      if (ending) underWay -= n;
      else more(index, n);
    },
    async end() {
      ending = true;
      while (underWay > 0) await sleep(5);
      step = undefined;
    },
  };
}

function up(): Loading {
  const send = (index: number, n: number): void => {
    for (let sent = 0; sent < n; sent++) {
      const accepted = lines[index]?.send({ kind: 'up', n: sent, text: TEXT });
      if (kind.acknowledges) void Promise.resolve(accepted).then(() => all.settle(index, 1));
    }
  };
  const all = loading(send);
  step = (index, { n }) => all.settle(index, n);
  begin((index) => send(index, UNDER_WAY));
  return all;
}

function down(): Loading {
  const got = lines.map(() => 0);
  const pull = (index: number, n: number): void => void lines[index]?.send({ kind: 'pull', n, text: TEXT });
  const all = loading(pull);
  step = (index) => {
    const n = (got[index] ?? 0) + 1;
    got[index] = n % PULLED;
    if (n === PULLED) all.settle(index, PULLED);
  };
  begin((index) => {
    pull(index, PULLED);
    pull(index, PULLED);
  });
  return all;
}

function echo(): Loading {
  const send = (index: number): void => void lines[index]?.send({ kind: 'echo', n: 0, text: TEXT });
  const all = loading(send);
  step = (index) => all.settle(index, 1);
  begin((index) => {
    for (let sent = 0; sent < UNDER_WAY; sent++) send(index);
  });
  return all;
}

function begin(fill: (index: number) => void): void {
  for (const index of lines.keys()) fill(index);
}
