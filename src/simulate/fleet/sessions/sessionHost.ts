import { type AdmissionPolicy, type AdmissionState, admit, openAdmission } from '../../../session/admission.ts';
import { busyWindowMs, drainTimes, retryWindowMs, sessionLifeMs } from '../../../session/retryWindow.ts';
import { hostTimeline, type Phase } from '../hostTimeline.ts';
import type { FleetHost, Scenario, SessionOptions } from '../scenario.ts';

/** What a host says to a hello. */
export interface Reply {
  readonly kind: 'welcome' | 'busy' | 'moved';
  readonly windowMs: number;
}

/** The doors of a host that has connections and keeps them. */
const isServing = ({ door, rate }: Phase): boolean => door === 'open' && rate > 0;

/**
 * The session server of one host, by the real rules of windows and admission. What it would do for each connection by itself, the client
 * of that connection is simulated to see.
 *
 * Moments must be asked for in order.
 */
export class SessionHost {
  readonly host: FleetHost;
  /** When its manner changes: what it does to its clients then is the fleet's to tell them. */
  readonly edges: readonly number[];
  readonly #options: SessionOptions;
  readonly #phases: readonly Phase[];
  readonly #policy: AdmissionPolicy;
  #admission: AdmissionState;
  #now = 0;
  #life = 0;
  /** Sessions that are open here. */
  #here = 0;
  /** What it told its clients, from when on: each time that it became something else. */
  readonly #toldFromMs: number[] = [];
  readonly #toldMs: number[] = [];
  /** What those were told last who were here when it died. */
  #lastWindowMs = 0;

  constructor(scenario: Scenario, options: SessionOptions, host: FleetHost) {
    const { ratePerSecond, burst } = options;
    this.host = host;
    this.#options = options;
    this.#phases = hostTimeline(scenario, host);
    this.#policy = { ratePerSecond: ratePerSecond * host.capacity, burst: burst * host.capacity };
    this.#admission = openAdmission(this.#policy, 0);
    this.edges = this.#phases.slice(1).map(({ fromMs }) => fromMs);
  }

  /** How often it has died until now. A connection to an earlier life is none. */
  lifeAt(nowMs: number): number {
    return this.phaseAt(nowMs).life;
  }

  phaseAt(nowMs: number): Phase {
    while ((this.#phases[this.#now] as Phase).untilMs <= nowMs) this.#now++;
    const phase = this.#phases[this.#now] as Phase;
    if (phase.life !== this.#life) {
      this.#lastWindowMs = this.windowMs;
      this.#life = phase.life;
      this.#here = 0;
      this.#note(nowMs);
      this.#admission = openAdmission(this.#policy, nowMs);
    }
    return phase;
  }

  /** True while it answers what its connections ask. */
  answers(nowMs: number): boolean {
    return isServing(this.phaseAt(nowMs)) || this.phaseAt(nowMs).door === 'standby';
  }

  /**
   * When something that is sent to it now is answered; Infinity for never. A host that stands still answers when it goes on.
   */
  answersAtMs(nowMs: number): number {
    const phase = this.phaseAt(nowMs);
    if (this.answers(nowMs)) return nowMs + this.host.latencyMs;
    const after = this.#phases[this.#now + 1];
    const goesOn = phase.door === 'open' && after !== undefined && after.life === phase.life;
    return goesOn ? phase.untilMs + this.host.latencyMs : Infinity;
  }

  /** So many sessions more, or less, are open here. */
  change(nowMs: number, by: number): void {
    this.#here += by;
    this.#note(nowMs);
  }

  /** All who are here when the run begins have come: what they were told meanwhile, in whatever order, counts as told for ever. */
  settle(): void {
    this.#toldFromMs.splice(0, Infinity, -Infinity);
    this.#toldMs.splice(0, Infinity, this.windowMs);
  }

  /** What it told its clients at a moment in the past. */
  windowAt(atMs: number): number {
    let [from, to] = [0, this.#toldFromMs.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#toldFromMs[middle] as number) <= atMs) from = middle + 1;
      else to = middle;
    }
    return this.#toldMs[from - 1] ?? this.windowMs;
  }

  #note(nowMs: number): void {
    const { windowMs } = this;
    if (windowMs === this.#toldMs.at(-1)) return;
    this.#toldFromMs.push(nowMs);
    this.#toldMs.push(windowMs);
  }

  /** What it tells its clients to spread their return over. */
  get windowMs(): number {
    return this.windowOf(this.#here);
  }

  /** What it would tell if it had so many sessions. */
  windowOf(sessions: number): number {
    return this.#options.retryWindowMs ?? retryWindowMs(sessions, this.#policy.ratePerSecond);
  }

  /** What those who were here in one of its lives were told to spread their return over when they had to leave. */
  windowIn(life: number): number {
    return life === this.#life ? this.windowMs : this.#lastWindowMs;
  }

  /**
   * How long a session whose connection ends now outlives it at least. Its life was begun anew within the last quarter of it, by what the
   * window was then: those who leave last, of many who leave together, have no shorter ones.
   */
  keptMs(nowMs: number): number {
    const { ttlMs } = this.#options;
    const windowMs = Math.max(this.windowAt(nowMs - ttlMs / 4), this.windowAt(nowMs));
    return sessionLifeMs(ttlMs, windowMs) * 0.75;
  }

  hello(nowMs: number, resumes: boolean): Reply {
    const { door, drainMs } = this.phaseAt(nowMs);
    if (door !== 'open' || drainMs !== null) return { kind: 'moved', windowMs: this.windowMs };
    if (!this.#options.refuses) return { kind: 'welcome', windowMs: this.windowMs };
    const { state, waitMs } = admit(this.#admission, this.#policy, resumes, nowMs);
    this.#admission = state;
    const { ttlMs } = this.#options;
    if (waitMs === null) return { kind: 'welcome', windowMs: this.windowMs };
    return { kind: 'busy', windowMs: busyWindowMs(waitMs, sessionLifeMs(ttlMs, this.windowMs)) };
  }

  /** What a drain that began now tells those who are here: the fault's own window, else the server's rule. */
  drainAt(nowMs: number): Required<ReturnType<typeof drainTimes>> {
    const { drainMs, untilMs } = this.phaseAt(nowMs);
    const deadlineMs = Math.min(untilMs - nowMs, 2 ** 31 - 1);
    const given = drainMs === null || drainMs === 0 ? {} : { jitterMs: Math.min(drainMs, deadlineMs) };
    return drainTimes({ deadlineMs, ...given }, this.windowMs);
  }
}
