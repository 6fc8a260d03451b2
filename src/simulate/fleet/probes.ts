import { type Hints, NO_HINTS } from '../../policy/hints.ts';
import type { AttemptEnd } from '../../policy/outcome.ts';
import type { ProbeVerdict } from '../../policy/poolEvent.ts';
import { judgeProbe } from '../../policy/probeAnswer.ts';
import type { Fate } from './fleetServer.ts';
import type { FleetWorld } from './fleetWorld.ts';
import { DOING } from './flights.ts';
import { add } from './record.ts';

interface ProbeResult {
  readonly verdict: ProbeVerdict;
  readonly hints: Hints;
}

const SILENT: ProbeResult = { verdict: { kind: 'bad', why: 'no answer', silent: true }, hints: NO_HINTS };

/** The probes that are under way. */
export class Probes {
  readonly #fleet: FleetWorld;
  /** Verdicts by status: nearly all answers are alike, and reading one takes longer than all the rest. */
  readonly #verdicts = new Map<number, ProbeVerdict>();

  constructor(fleet: FleetWorld) {
    this.#fleet = fleet;
  }

  send(client: number, origin: string): void {
    const fleet = this.#fleet;
    const { flights, nowMs, record, servers } = fleet;
    const flight = flights.take(client, nowMs);
    const host = fleet.hostAt(origin);
    const limitMs = nowMs + fleet.policy.probe.timeoutMs;
    let fate: Fate | null = null;
    if (fleet.isOffline[client] === 0) {
      const server = servers[host];
      fate = server?.probe(nowMs) ?? null;
      if (!server?.isGone(nowMs)) add(record.hosts[host]?.probes ?? [], nowMs, 1);
    }
    fleet.parts.watch?.sent('probe', flight, client, host, nowMs);
    flights.doing[flight] = DOING.probe;
    flights.host[flight] = host;
    flights.fate[flight] = fate;
    flights.limitMs[flight] = limitMs;
    fleet.schedule(flight, Math.min(fate?.atMs ?? nowMs, limitMs));
  }

  end(flight: number): void {
    const fleet = this.#fleet;
    const { flights, nowMs } = fleet;
    const client = flights.client[flight] as number;
    const origin = fleet.origins[flights.host[flight] as number] as string;
    const fate = flights.fate[flight] ?? null;
    flights.release(flight);
    const result = fate === null || fate.atMs > nowMs ? SILENT : this.#read(fate.end);
    fleet.parts.watch?.over('probe', flight, result.verdict.kind === 'good');
    fleet.dispatch(client, { kind: 'probe', origin, ...result });
  }

  /** As an adapter reads it: a host that says that it does not serve is not ill, whatever its status. */
  #read(end: AttemptEnd): ProbeResult {
    if (end.kind === 'failure') return SILENT;
    const { hints, status } = end;
    if (hints.role === 'standby' || hints.role === 'draining') {
      return { hints, verdict: { kind: 'inactive', why: hints.role } };
    }
    let verdict = this.#verdicts.get(status);
    if (verdict === undefined) {
      const { healthy, why } = judgeProbe({ status, contentType: null, body: '' });
      verdict = healthy ? { kind: 'good' } : { kind: 'bad', why };
      this.#verdicts.set(status, verdict);
    }
    return { hints, verdict };
  }
}
