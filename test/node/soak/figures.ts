import type { ClientLine, Evidence, ServerLine } from './records.ts';
import type { Fault, FaultKind } from './schedule.ts';

/** What a soak has seen, counted. */
export interface Figures {
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Messages of the clients, and what became of them. */
  readonly sent: number;
  readonly accepted: number;
  readonly effects: number;
  readonly refused: number;
  readonly unknown: number;
  /** Messages to the clients: what was written, what came, what was reported lost; and what came again after a kill. */
  readonly written: number;
  readonly delivered: number;
  readonly reportedLost: number;
  readonly repeatedAfterKill: number;
  /** Openings. */
  readonly resumed: number;
  readonly partial: number;
  readonly begun: number;
  /** Steps of connections that another one had replaced, and that the store did not do. */
  readonly fenced: number;
  readonly warnings: Readonly<Record<string, number>>;
}

export function figuresOf(evidence: Evidence, faults: readonly Fault[]): Figures {
  const clients = [...evidence.clients.values()].flat();
  const servers = [...evidence.servers.values()].flat();
  const opened = (result: string) => count(clients, (line) => line.kind === 'opened' && line.result === result);
  const clientLines = (kind: ClientLine['kind']) => count(clients, (line) => line.kind === kind);
  return {
    faults: tally(faults.map(({ kind }) => kind)),
    sent: clientLines('sent'),
    accepted: clientLines('accepted'),
    effects: evidence.effects.length,
    refused: clientLines('refused'),
    unknown: clientLines('unknown'),
    written: evidence.appended.length,
    delivered: clientLines('delivered'),
    reportedLost: reportedLost(evidence),
    repeatedAfterKill: clientLines('repeated'),
    resumed: opened('resumed'),
    partial: opened('partial'),
    begun: opened('new'),
    fenced: count(servers, (line) => line.kind === 'step' && line.result === 'fenced'),
    warnings: tally([...clients, ...servers].flatMap((line) => (line.kind === 'warning' ? [line.what] : []))),
  };
}

/** What did not come, of the streams in which a loss was reported. */
function reportedLost({ clients, appended }: Evidence): number {
  const lines = [...clients.values()].flat();
  const torn = new Set(lines.flatMap((line) => (line.kind === 'gap' && line.direction === 's2c' ? [line.stream] : [])));
  const came = new Set(lines.flatMap((line) => (line.kind === 'delivered' ? [line.id] : [])));
  return appended.filter(({ stream, id }) => torn.has(stream) && !came.has(id)).length;
}

function count<Line extends ClientLine | ServerLine>(lines: readonly Line[], is: (line: Line) => boolean): number {
  return lines.filter(is).length;
}

function tally<Name extends string>(names: readonly Name[]): Record<Name, number> {
  const counts = {} as Record<Name, number>;
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
