import { type Hints, NO_HINTS } from '../../policy/hints.ts';
import type { AttemptEnd } from '../../policy/outcome.ts';
import { hostTimeline, type Phase } from './hostTimeline.ts';
import { capacityPerSecond, type FleetHost, type Scenario } from './scenario.ts';

/** What will become of one attempt, if its client waits for it. */
export interface Fate {
  /** When its client hears of its end; Infinity for never. */
  readonly atMs: number;
  readonly end: AttemptEnd;
  /** How much of the host's work it costs, whether anybody waits for it or not. */
  readonly work: number;
}

const REFUSED: AttemptEnd = { kind: 'failure', fault: 'refused' };
const RESET: AttemptEnd = { kind: 'failure', fault: 'reset' };
const NEVER: Fate = { atMs: Infinity, end: { kind: 'failure', fault: 'timeout' }, work: 0 };
const STANDBY: Hints = { ...NO_HINTS, role: 'standby' };

const answer = (status: number, hints: Hints = NO_HINTS, retryAfterMs: number | null = null): AttemptEnd => ({
  kind: 'response',
  status,
  retryAfterMs,
  hints,
});
const SERVED = answer(200);
const PROBED_STANDBY = answer(200, STANDBY);
const ON_STANDBY = answer(503, STANDBY);
const FULL = answer(503);

/**
 * One host: a queue that is worked off in order at a known rate. Since the rate is known for all times, when a request will be done is
 * known as soon as it comes in: the moment by which so much work will have been done.
 *
 * Moments must be asked for in order.
 */
export class FleetServer {
  readonly host: FleetHost;
  readonly capacityPerSecond: number;
  readonly #phases: readonly Phase[];
  /** The work that could have been done up to the beginning of each phase. */
  readonly #before: readonly number[];
  /** The phase of the last moment that was asked for, and the one in which the last of the queue will be done. */
  #now = 0;
  #last = 0;
  /** The work at whose end the queue is empty, on the scale of `#before`. */
  #queued = 0;
  #life = 0;

  constructor(scenario: Scenario, host: FleetHost) {
    this.host = host;
    this.capacityPerSecond = capacityPerSecond(scenario, host);
    this.#phases = hostTimeline(scenario, host);
    const before: number[] = [];
    let work = 0;
    for (const { fromMs, untilMs, rate } of this.#phases) {
      before.push(work);
      if (rate > 0) work += (untilMs - fromMs) * rate;
    }
    this.#before = before;
  }

  /** An attempt of a client that is sent now. */
  receive(nowMs: number, random: () => number): Fate {
    const phase = this.#phaseAt(nowMs);
    const { latencyMs, admitMs, queueMs, refusalCost } = this.host;
    if (phase.door !== 'open') return this.#atClosedDoor(phase, nowMs, ON_STANDBY);
    if (phase.errors !== null && random() < phase.errors.share) {
      return { atMs: nowMs + latencyMs, end: answer(phase.errors.status), work: 0 };
    }
    const waitMs = (this.#backlog(nowMs) * 1000) / this.capacityPerSecond;
    if (admitMs !== null && waitMs > admitMs) {
      return this.#work(nowMs, refusalCost, answer(503, NO_HINTS, Math.ceil(waitMs / 1000) * 1000));
    }
    if (waitMs > queueMs) return this.#work(nowMs, refusalCost, FULL);
    return this.#work(nowMs, 1, servedIn(phase));
  }

  /** True while nobody is there who could be overloaded. */
  isGone(nowMs: number): boolean {
    const { door } = this.#phaseAt(nowMs);
    return door === 'refuse' || door === 'black-hole';
  }

  /** A probe that is sent now. It costs no work, but waits until the host has any: health checks stand in no queue. */
  probe(nowMs: number): Fate {
    const phase = this.#phaseAt(nowMs);
    if (phase.door !== 'open') return this.#atClosedDoor(phase, nowMs, PROBED_STANDBY);
    const fails = phase.errors !== null && phase.errors.share >= 1;
    const end = fails ? answer(phase.errors.status) : servedIn(phase);
    return { atMs: (phase.rate > 0 ? nowMs : phase.untilMs) + this.host.latencyMs, end, work: 0 };
  }

  #phaseAt(nowMs: number): Phase {
    while ((this.#phases[this.#now] as Phase).untilMs <= nowMs) this.#now++;
    const phase = this.#phases[this.#now] as Phase;
    if (phase.life !== this.#life) {
      this.#life = phase.life;
      this.#queued = 0;
      this.#last = this.#now;
    }
    return phase;
  }

  #atClosedDoor({ door }: Phase, nowMs: number, standby: AttemptEnd): Fate {
    if (door === 'black-hole') return NEVER;
    return { atMs: nowMs + this.host.latencyMs, end: door === 'standby' ? standby : REFUSED, work: 0 };
  }

  /** The work that could have been done until now. */
  #doneBy(nowMs: number): number {
    const { fromMs, rate } = this.#phases[this.#now] as Phase;
    return (this.#before[this.#now] as number) + (nowMs - fromMs) * rate;
  }

  #backlog(nowMs: number): number {
    return Math.max(0, this.#queued - this.#doneBy(nowMs));
  }

  /** Puts work into the queue. What a host's end finds there is reset, or never heard of again. */
  #work(nowMs: number, work: number, end: AttemptEnd): Fate {
    this.#queued = Math.max(this.#queued, this.#doneBy(nowMs)) + work;
    this.#last = Math.max(this.#last, this.#now);
    while (this.#last + 1 < this.#phases.length && (this.#before[this.#last + 1] as number) < this.#queued)
      this.#last++;
    const { fromMs, rate, life } = this.#phases[this.#last] as Phase;
    if (life !== this.#life) return this.#cutOff();
    const doneMs = fromMs + (this.#queued - (this.#before[this.#last] as number)) / rate;
    return { atMs: doneMs + this.host.latencyMs, end, work };
  }

  #cutOff(): Fate {
    const death = this.#phases.find(({ life }) => life > this.#life) as Phase;
    return death.door === 'black-hole' ? NEVER : { atMs: death.fromMs + this.host.latencyMs / 2, end: RESET, work: 0 };
  }
}

const servedIn = ({ drainMs }: Phase): AttemptEnd =>
  drainMs === null ? SERVED : answer(200, { ...NO_HINTS, role: 'draining', retryWindowMs: drainMs });
