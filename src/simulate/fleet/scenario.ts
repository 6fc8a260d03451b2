import type { PolicyOptions } from '../../policy/policyOptions.ts';

/** What is wrong with a host for a while. */
export type FaultKind =
  /** Nothing listens: connections are refused at once, what was under way is reset, what was queued is lost. */
  | 'refuse'
  /** Nothing comes back any more; what was queued is lost. */
  | 'black-hole'
  /** Nothing is worked on, but connections stand and the queue grows: a frozen process, a long pause. */
  | 'stall'
  /** Only a share of the capacity is left. */
  | 'brown-out'
  /** Refuses and serves in turn. */
  | 'flap'
  /** Answers with an error, without doing any work. */
  | 'error'
  /** Serves, and asks its clients to leave. */
  | 'drain'
  /** Refuses all work, saying that it stands by. */
  | 'standby';

/** One fault of one host. Times are counted from the start of the run. */
export interface Fault {
  /** Name of the host. */
  readonly host: string;
  readonly kind: FaultKind;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Of a brown-out: the share of the capacity that is left, default 0.3. Of errors: the share of requests, default 1. */
  readonly share?: number;
  /** Of errors: their status. Default 503. */
  readonly status?: number;
  /** Of flapping: one turn of refusing and one of serving together. Default 10,000. */
  readonly cycleMs?: number;
  /** Of draining: the window that it gives its clients to leave in. Default 0. */
  readonly windowMs?: number;
}

/** One host of the fleet. */
export interface FleetHost {
  readonly name: string;
  /** Default: the first is active, all others stand by. */
  readonly tier: 'active' | 'standby';
  /** Its capacity, as a multiple of what makes an active host's utilisation the scenario's. Default 1. */
  readonly capacity: number;
  /** Both ways together, without any queue. Default 40. */
  readonly latencyMs: number;
  /** Longest queue, in the time that it takes to work it off; what comes above it gets a 503. Default 30,000. */
  readonly queueMs: number;
  /**
   * Admission: where the queue would take longer than this to work off, a request gets a 503 whose `Retry-After` is that time. Default
   * null: everything is queued.
   */
  readonly admitMs: number | null;
  /** What refusing costs, as a share of the work of serving. Default 0.05. */
  readonly refusalCost: number;
  /** After a restart: the share of its capacity that it begins with, and how long it takes to get to all of it. Default null. */
  readonly coldStart: { readonly share: number; readonly forMs: number } | null;
}

/** Clients that have no network for a while. */
export interface OfflineClients {
  /** Share of all clients. */
  readonly share: number;
  readonly fromMs: number;
  readonly untilMs: number;
  /** True if their platform says so, as browsers do by `navigator.onLine`; else they only see that nothing answers. Default true. */
  readonly told: boolean;
}

/** Clients that keep a connection open, instead of making requests, and the session servers of their hosts. */
export interface SessionOptions {
  /** Hellos in a second that a host of capacity 1 lets in, in the long run. Default 1,000, as a session server's. */
  readonly ratePerSecond: number;
  /** Hellos that it lets in at once after a quiet time. Default 2,000. */
  readonly burst: number;
  /** False where everybody is let in: the rate is what the host can bear, and it does not say so. Default true. */
  readonly refuses: boolean;
  /** What hosts tell their clients to spread their return over, in milliseconds. Default null: sessions by the rate, as the server has it. */
  readonly retryWindowMs: number | null;
  /** How long a session outlives its connection at least, in milliseconds. Default 120,000, as the server's. */
  readonly ttlMs: number;
}

/** What is simulated: plain data, from a file. */
export interface Scenario {
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  /** The same seed gives the same run. Default 1. */
  readonly seed: number;
  readonly clients: number;
  /** Mean time between two requests of one client, which come independently of each other. 0 where `sessions` are given. */
  readonly everyMs: number;
  /** Load over capacity of the active hosts while all is well. 0 where `sessions` are given. */
  readonly utilisation: number;
  /** Clients make requests for this long; then the run goes on until the last one has ended. */
  readonly durationMs: number;
  /** Method of the requests. Default GET. */
  readonly method: string;
  readonly hosts: readonly FleetHost[];
  readonly faults: readonly Fault[];
  readonly offline: OfflineClients | null;
  /** Sessions instead of requests. Default null. */
  readonly sessions: SessionOptions | null;
  /** The clients' options, as a pool takes them. Default: the library's defaults. */
  readonly policy: PolicyOptions;
}

/** Requests per second that all clients make together. */
export const loadPerSecond = ({ clients, everyMs, sessions }: Scenario): number =>
  sessions === null ? (clients * 1000) / everyMs : 0;

/** Requests per second that a host can serve; hellos, in a fleet of sessions. */
export function capacityPerSecond(scenario: Scenario, host: FleetHost): number {
  if (scenario.sessions !== null) return host.capacity * scenario.sessions.ratePerSecond;
  const actives = scenario.hosts.filter(({ tier }) => tier === 'active').length;
  return (host.capacity * loadPerSecond(scenario)) / scenario.utilisation / actives;
}

/** The first moment of the first fault and the last moment of the last one; null where nothing goes wrong. */
export function faultSpan({ faults, offline }: Scenario): { readonly fromMs: number; readonly untilMs: number } | null {
  const spans = offline === null ? faults : [...faults, offline];
  if (spans.length === 0) return null;
  return {
    fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
    untilMs: Math.max(...spans.map(({ untilMs }) => untilMs)),
  };
}
