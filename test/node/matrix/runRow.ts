import { createFailover, type Failover } from '../../../src/index.node.ts';
import type { Server } from '../../rig/cluster.ts';
import type { Rig } from '../../rig/rig.ts';
import { until } from '../../rig/wait.ts';
import type { Fault, Stage } from './faults.ts';
import { BUFFER_CAP_BYTES, KINDS, outcomeOf, type RequestKind } from './requests.ts';

/** The two servers that all rows share: the one that is struck, and the one that is well. */
export interface Pair {
  readonly a: Server;
  readonly b: Server;
}

/** What became of one row. */
export interface RowResult {
  /** In the words of the table: by kind of request, and `a ends`. */
  readonly cells: Readonly<Record<string, string>>;
  /** Who was struck: not always the shared one. */
  readonly struck: Server;
}

const LIMIT_MS = 10_000;

/**
 * Strikes the first host, sends one request of each kind, each from a client of its own, and writes down what came of it.
 *
 * @param end What all clients should hold of the host in the end: waited for, since probes and windows take their time.
 */
export async function runRow(rig: Rig, pair: Pair, row: string, fault: Fault, end: string): Promise<RowResult> {
  const stage = await fault.stage(rig, pair.a, pair.b);
  const clients = KINDS.map((kind) => ({ kind, failover: clientOf(stage, pair.b, fault), id: idOf(row, kind.name) }));
  try {
    if (fault.warm === true) await Promise.all(clients.map(({ failover }) => failover.http.get('item/warm').json()));
    await stage.strike?.();
    const sent = Promise.all(clients.map(({ kind, failover, id }) => outcomeOf(kind, failover, id)));
    if (stage.strikeInFlight !== undefined) {
      await allWorkIsDone(stage.server, clients);
      await stage.strikeInFlight();
    }
    const outcomes = await sent;
    const cells = clients.map(({ kind, id }, index) => [
      kind.name,
      `${outcomes[index]} ${kind.timesOn(stage.server, id)}+${kind.timesOn(pair.b, id)}`,
    ]);
    const ends = await Promise.all(clients.map(({ failover }) => endOf(failover, fault.next ?? 'item/next', end)));
    return { cells: { ...Object.fromEntries(cells), 'a ends': [...new Set(ends)].join(' or ') }, struck: stage.server };
  } finally {
    for (const { failover } of clients) failover.close();
    await stage.heal();
  }
}

/** A request's id: what servers count it by. */
export function idOf(row: string, kind: string): string {
  return `${row}, ${kind}`;
}

function clientOf(stage: Stage, b: Server, fault: Fault): Failover {
  return createFailover({
    hosts: [stage.origin ?? stage.server.url, b.url],
    // The address of a namespace is not local.
    allowInsecure: true,
    bufferCapBytes: BUFFER_CAP_BYTES,
    // A host that was ejected stays so for as long as the row lasts.
    ejection: { coolDownMs: 60_000 },
    probe: { timeoutMs: 600 },
    ...(fault.timeout === undefined ? {} : { timeout: fault.timeout }),
    ...(stage.fetch === undefined ? {} : { fetch: stage.fetch() }),
  });
}

async function allWorkIsDone(server: Server, clients: readonly { kind: RequestKind; id: string }[]): Promise<void> {
  const missing = (): string[] => clients.filter(({ kind, id }) => kind.timesOn(server, id) === 0).map(({ id }) => id);
  await until(
    () => missing().length === 0,
    LIMIT_MS,
    () => `not yet there: ${missing().join()}`,
  );
}

/** What a client holds of the first host after two more requests, and whether new work still goes there. */
async function endOf(failover: Failover, next: string, wanted: string): Promise<string> {
  for (let turn = 0; turn < 2; turn++) await failover.http.get(next).text();
  const seen = (): string => {
    const [first] = failover.status.hosts;
    const state = first?.busy === true ? 'busy' : `${first?.state}`;
    return failover.status.current === first?.origin ? state : `${state}, left`;
  };
  await until(
    () => seen() === wanted,
    LIMIT_MS,
    () => `it stays ${seen()}`,
  ).catch(() => {});
  return seen();
}
