import { capacityPerSecond, type Fault, type FleetHost, type Scenario } from './scenario.ts';

/** How a host is for a while. */
export interface Phase {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Work that it does per millisecond; the work of one request is 1. */
  readonly rate: number;
  /** How it meets what comes in. */
  readonly door: 'open' | 'refuse' | 'black-hole' | 'standby';
  /** The share of requests that get an error, and its status. */
  readonly errors: { readonly share: number; readonly status: number } | null;
  /** The window of a host that asks its clients to leave; null for one that does not. */
  readonly drainMs: number | null;
  /** Counts restarts: what was queued in one life is not worked on in the next. */
  readonly life: number;
}

/** In how many steps a cold host gets warm. */
const WARMING_STEPS = 20;

/**
 * A host's whole life as phases without a gap, the last of them without an end. What goes wrong is known beforehand, so the end of each
 * request can be told when it comes in, and costs the simulation no event at the server.
 */
export function hostTimeline(scenario: Scenario, host: FleetHost): readonly Phase[] {
  const faults = scenario.faults.filter((fault) => fault.host === host.name).flatMap(turns);
  const cold = host.coldStart === null ? [] : faults.filter(isDeath).map(({ untilMs }) => untilMs);
  const warmings = cold.flatMap((atMs) => warmingEdges(atMs, host));
  const edges = [0, ...faults.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]), ...warmings, Infinity];
  const sorted = [...new Set(edges)].sort((a, b) => a - b);
  const fullRate = capacityPerSecond(scenario, host) / 1000;
  let life = 0;
  let wasDead = false;
  return sorted.slice(0, -1).map((fromMs, at): Phase => {
    const acting = faults.filter((fault) => fault.fromMs <= fromMs && fromMs < fault.untilMs);
    const isDead = acting.some(isDeath);
    if (isDead && !wasDead) life++;
    wasDead = isDead;
    const rate = fullRate * slowness(acting) * warmth(fromMs, cold, host);
    return { fromMs, untilMs: sorted[at + 1] ?? Infinity, rate, life, ...manner(acting) };
  });
}

/** A flapping host refuses in the first half of each period. */
function turns(fault: Fault): readonly Fault[] {
  if (fault.kind !== 'flap') return [fault];
  const { fromMs, untilMs, cycleMs = 10_000 } = fault;
  return Array.from({ length: Math.ceil((untilMs - fromMs) / cycleMs) }, (_, turn): Fault => {
    const beginMs = fromMs + turn * cycleMs;
    return { host: fault.host, kind: 'refuse', fromMs: beginMs, untilMs: Math.min(untilMs, beginMs + cycleMs / 2) };
  });
}

const isDeath = ({ kind }: Fault): boolean => kind === 'refuse' || kind === 'black-hole';

function slowness(acting: readonly Fault[]): number {
  return acting.reduce((share, { kind, share: left = 0.3 }) => {
    if (kind === 'stall' || kind === 'refuse' || kind === 'black-hole') return 0;
    return kind === 'brown-out' ? share * left : share;
  }, 1);
}

function warmingEdges(atMs: number, { coldStart }: FleetHost): readonly number[] {
  const forMs = coldStart?.forMs ?? 0;
  return Array.from({ length: WARMING_STEPS }, (_, step) => atMs + ((step + 1) * forMs) / WARMING_STEPS);
}

/** The share of its capacity that a host has at a moment, which it gains in equal steps after its last start. */
function warmth(atMs: number, starts: readonly number[], { coldStart }: FleetHost): number {
  const startMs = Math.max(...starts.filter((start) => start <= atMs));
  if (coldStart === null || startMs === -Infinity) return 1;
  const { share, forMs } = coldStart;
  return Math.min(1, share + ((1 - share) * Math.round(((atMs - startMs) / forMs) * WARMING_STEPS)) / WARMING_STEPS);
}

/** What a host does to those who ask it. */
function manner(acting: readonly Fault[]): Pick<Phase, 'door' | 'errors' | 'drainMs'> {
  const find = (kind: Fault['kind']) => acting.find((fault) => fault.kind === kind);
  const error = find('error');
  const drain = find('drain');
  const doors = ['refuse', 'black-hole', 'standby'] as const;
  return {
    door: doors.find((kind) => find(kind) !== undefined) ?? 'open',
    errors: error === undefined ? null : { share: error.share ?? 1, status: error.status ?? 503 },
    drainMs: drain === undefined ? null : (drain.windowMs ?? 0),
  };
}
