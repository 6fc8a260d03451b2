import { fileURLToPath } from 'node:url';
import type { Server } from '../../test/rig/cluster.ts';
import { createRig } from '../../test/rig/rig.ts';
import { start } from '../lib/child.ts';
import type { Goal, Part, RunOptions, Section, Table } from '../lib/report.ts';
import type { OutageOrder, OutageResult } from './outage/program.ts';
import { OURS, PEERS } from './peers.ts';

const PROGRAM = new URL('./outage/program.ts', import.meta.url);
const SERVER = fileURLToPath(new URL('./outage/server.ts', import.meta.url));

const FULL = { concurrent: 1_000, requests: 12_000, attemptMs: 5_000 };
const QUICK = { concurrent: 20, requests: 200, attemptMs: 5_000 };

export const outage: Part = {
  name: 'outage',
  summary: 'a crowd of requests while the first of two hosts is killed: lost ones, attempts, the slowest',
  async run({ quick }: RunOptions): Promise<Section> {
    const size = quick ? QUICK : FULL;
    await using rig = createRig();
    const servers = await Promise.all(['a', 'b'].map((name) => rig.server({ name, program: SERVER })));
    const results: OutageResult[] = [];
    for (const { name } of PEERS) results.push(await throughAKill(name, servers, size));
    return {
      title: 'A whole outage',
      how: [
        `${size.requests} GETs, ${size.concurrent} under way at any time, from a process of its own for each client. When a quarter is answered the first host`,
        'is killed (SIGKILL) and stays away. *Lost*: rejected in the end. *Attempts*: sent, for each request; those that were under way at the kill need two.',
        `All retry once, at once, as in the part before; the time-out of an attempt is ${size.attemptMs} ms.`,
      ],
      tables: [{ table: table(results) }],
      goals: goals(results),
      figures: results,
    };
  },
};

async function throughAKill(peer: string, [a, b]: readonly Server[], size: typeof FULL): Promise<OutageResult> {
  if (a === undefined || b === undefined) throw new Error('two servers are needed');
  const order: OutageOrder = { peer, hosts: [a.url, b.url], ...size };
  const result = await start<OutageResult>(PROGRAM, order, () => void a.kill()).result;
  await a.restart();
  return result;
}

function table(results: readonly OutageResult[]): Table {
  return {
    columns: ['', 'lost', 'attempts for each', 'slowest, ms'],
    rows: results.map(({ peer, lost, attempts, requests, slowestMs }) => [
      peer,
      String(lost),
      (attempts / requests).toFixed(2),
      slowestMs.toFixed(0),
    ]),
  };
}

function goals(results: readonly OutageResult[]): Goal[] {
  const ours = results.filter(({ peer }) => OURS.includes(peer));
  const lost = Math.max(...ours.map((one) => one.lost));
  const attempts = Math.max(...ours.map((one) => one.attempts / one.requests));
  return [
    { promise: 'no request is lost', measured: `${lost} lost`, met: lost === 0 },
    { promise: 'at most 1.1 attempts for each request', measured: attempts.toFixed(3), met: attempts <= 1.1 },
  ];
}
