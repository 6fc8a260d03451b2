import type { AppendedRow, AttachStep, EffectRow, Evidence, HeldStep } from '../records.ts';
import { grouped } from './grouped.ts';
import { livesOf } from './lives.ts';
import type { Complain } from './violation.ts';

export type SeenAttach = AttachStep & { readonly us: number };
export type SeenStep = HeldStep & { readonly us: number };

/** The evidence, put in order for those who look through it. */
export interface World {
  readonly evidence: Evidence;
  readonly complain: Complain;
  readonly effectsOf: ReadonlyMap<string, readonly EffectRow[]>;
  /** Messages to a client, by client. */
  readonly appendedTo: ReadonlyMap<string, readonly AppendedRow[]>;
  /** In the order of their answers. */
  readonly attaches: readonly SeenAttach[];
  readonly steps: readonly SeenStep[];
  /** Sessions whose client has used them: before that its client may not know of them. */
  readonly proven: ReadonlySet<string>;
  /** When a client began a session though it had one before. */
  readonly lostSessionsOf: (client: string) => readonly number[];
  readonly serverKilled: boolean;
}

export function worldOf(evidence: Evidence, complain: Complain): World {
  const lines = [...evidence.servers.values()].flat().sort((one, other) => one.us - other.us);
  const attaches = lines.filter((line): line is SeenAttach & (typeof lines)[number] => line.kind === 'attach');
  const steps = lines.filter((line): line is SeenStep & (typeof lines)[number] => line.kind === 'step');
  const proofs = steps.filter(({ op, result }) => result === 'done' && (op === 'accept' || op === 'acknowledge'));
  return {
    evidence,
    complain,
    attaches,
    steps,
    effectsOf: grouped(evidence.effects, ({ client }) => client),
    appendedTo: grouped(evidence.appended, ({ to }) => to),
    proven: new Set(proofs.map(({ sid }) => sid)),
    lostSessionsOf: (client) => lostSessions(evidence, attaches, client),
    serverKilled: [...evidence.servers.values()].some((log) => hasKilledLife(log)),
  };
}

/** As the servers saw it, and as the client did: either may have died before it wrote it down. */
function lostSessions({ clients }: Evidence, attaches: readonly SeenAttach[], client: string): readonly number[] {
  const opened = livesOf(clients.get(client) ?? []).flatMap(({ lines }) => lines);
  const byClient = opened.flatMap((line) => (line.kind === 'opened' && line.result === 'new' ? [line.us] : []));
  const byServer = attaches.flatMap(({ subject, result, us }) => (subject === client && result === 'new' ? [us] : []));
  // The first session replaces none.
  return [...byClient.slice(1), ...byServer.slice(1)];
}

function hasKilledLife(log: readonly { readonly kind: string }[]): boolean {
  const starts = log.filter(({ kind }) => kind === 'start').length;
  return log.filter(({ kind }) => kind === 'stopped').length < starts;
}
