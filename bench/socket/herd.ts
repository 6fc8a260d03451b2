import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Server } from '../../test/rig/cluster.ts';
import { createRig } from '../../test/rig/rig.ts';
import { sleep, until } from '../../test/rig/wait.ts';
import { monotonicMs } from '../lib/monotonic.ts';
import type { Part, RunOptions, Section } from '../lib/report.ts';
import { temporaryDirectory } from '../lib/temporaryDirectory.ts';
import type { HerdOrder } from './herd/clients.ts';
import type { HerdSeen, HerdServerOrder } from './herd/server.ts';

const SERVER = fileURLToPath(new URL('./herd/server.ts', import.meta.url));
const CLIENTS = fileURLToPath(new URL('./herd/clients.ts', import.meta.url));
const PROCESSES = 2;

const FULL = { sessions: 10_000, perSecond: 900, calmMs: 2_000, limitMs: 60_000 };
const QUICK = { sessions: 100, perSecond: 900, calmMs: 100, limitMs: 20_000 };

/** What the servers, and the clients, are told of windows and rates. */
interface Rule {
  readonly name: string;
  readonly server: Omit<HerdServerOrder, 'store'>;
  readonly client: Pick<HerdOrder, 'windowMs'>;
}

const NO_LIMIT = { ratePerSecond: 1_000_000, burst: 1_000_000 };
const RULES: readonly Rule[] = [
  { name: 'as it comes', server: {}, client: {} },
  { name: 'no window', server: { retryWindowMs: 0 }, client: { windowMs: 0 } },
  { name: 'no window, no admission', server: { retryWindowMs: 0, admission: NO_LIMIT }, client: { windowMs: 0 } },
];

/** What became of a herd at the standby. */
interface Figure {
  readonly rule: string;
  readonly resumed: number;
  readonly begun: number;
  /** From the kill to the last of them. */
  readonly tookMs: number;
  /** The standby's, in bytes: before anybody came, and at most. */
  readonly idle: number;
  readonly peak: number;
  readonly cpuMs: number;
}

export const herd: Part = {
  name: 'herd',
  summary: 'many sessions that come to a standby at once: time and memory',
  async run({ quick }: RunOptions): Promise<Section> {
    const size = quick ? QUICK : FULL;
    const figures: Figure[] = [];
    for (const rule of quick ? RULES.slice(0, 1) : RULES) figures.push(await measure(rule, size));
    const lost = figures.reduce((sum, { resumed }) => sum + size.sessions - resumed, 0);
    return {
      title: `${size.sessions} sessions resumed at one standby`,
      how: [
        `${size.sessions} channels in ${PROCESSES} processes, each with a pool of its own, begin their sessions at one server, ${size.perSecond} in a second. It is killed (SIGKILL); all resume at the standby,`,
        'over the same `node:sqlite` store. *As it comes*: the server has told each how long to spread itself (sessions by its admission rate of 1000 in a second), and',
        'the standby lets in that many. *No window*: all come at once, and the standby sends those over its rate away with a window. *No admission*: it takes all.',
        'Clients and servers share the same processors here.',
      ],
      tables: [
        {
          table: {
            columns: ['', 'resumed', 'in, s', 'processor, s', 'memory before, MB', 'at most, MB'],
            rows: figures.map(({ rule, resumed, tookMs, cpuMs, idle, peak }) => [
              rule,
              String(resumed),
              (tookMs / 1_000).toFixed(1),
              (cpuMs / 1_000).toFixed(1),
              (idle / 1e6).toFixed(0),
              (peak / 1e6).toFixed(0),
            ]),
          },
        },
      ],
      goals: [{ promise: 'every session is resumed', measured: `${lost} are not`, met: lost === 0 }],
      figures,
    };
  },
};

async function measure(rule: Rule, { sessions, perSecond, calmMs, limitMs }: typeof FULL): Promise<Figure> {
  await using rig = createRig();
  const extra: HerdServerOrder = { store: join(rig.owns(temporaryDirectory()).path, 'sessions'), ...rule.server };
  const first = await rig.server({ name: 'first', program: SERVER, extra });
  const standby = await rig.server({ name: 'standby', program: SERVER, extra });
  const idle = (await seen(standby)).peak;
  const each = sessions / PROCESSES;
  for (let index = 0; index < PROCESSES; index++) {
    const order: HerdOrder = {
      ...{ hosts: [first.url, standby.url], first: index * each, count: each },
      ...{ perSecond: perSecond / PROCESSES, ...rule.client },
    };
    await rig.server({ name: `clients${index}`, program: CLIENTS, extra: order });
  }
  const isFull = async (server: Server): Promise<boolean> => {
    const { resumed, begun } = await seen(server);
    return resumed + begun >= sessions;
  };
  const isOpen = async (): Promise<boolean> => {
    const all = await Promise.all([first, standby].map(seen));
    return all.reduce((sum, { begun }) => sum + begun, 0) >= sessions;
  };
  await until(isOpen, limitMs, () => 'not all sessions began');
  await sleep(calmMs);
  const killedMs = monotonicMs();
  await first.kill();
  // Who does not come back within the limit is not counted as resumed.
  await until(
    () => isFull(standby),
    limitMs,
    () => '',
  ).catch(() => {});
  const { resumed, begun, lastMs, peak, cpuMs } = await seen(standby);
  return { rule: rule.name, resumed, begun, tookMs: lastMs - killedMs, idle, peak, cpuMs };
}

const seen = async (server: Server): Promise<HerdSeen> => (await server.ask('seen')) as HerdSeen;
