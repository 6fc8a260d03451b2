import { type Hints, NO_HINTS } from '../../../src/policy/hints.ts';
import { type AttemptEnd, type Fault, outcomeOf } from '../../../src/policy/outcome.ts';
import type { PoolEvent, ProbeVerdict } from '../../../src/policy/poolEvent.ts';
import type { PoolEffect } from '../../../src/policy/poolState.ts';
import { hintedOutcome } from '../../../src/policy/rules/hintedOutcome.ts';
import { isStale } from '../../../src/policy/rules/serverHints.ts';
import { BAD, GOOD, PoolWorld } from './poolWorld.ts';

/** How long a probe is under way. */
const PROBE_MS = 10;

/** A world whose attempts end as an adapter sees them, and whose hosts answer probes by themselves, a moment later. */
export class FakePool extends PoolWorld {
  /** What hosts answer to probes; good where nothing is said. Null for none: the probe stays under way. */
  readonly answers = new Map<string, ProbeVerdict | null>();
  /** The probes that are under way, and when each was sent. */
  readonly underWay = new Map<string, number>();
  readonly #begunMs = this.nowMs;
  readonly #sent: (readonly [origin: string, atMs: number])[] = [];

  /** Each host's health, in order. */
  get kinds(): string[] {
    return this.state.hosts.map(({ health }) => health.kind);
  }

  /** When probes of a host were sent, counted from the pool's beginning. */
  probesOf(origin: string): number[] {
    return this.#sent.flatMap(([asked, atMs]) => (asked === origin ? [atMs - this.#begunMs] : []));
  }

  override step(event: PoolEvent): readonly PoolEffect[] {
    const effects = super.step(event);
    for (const effect of effects) {
      if (effect.kind !== 'probe') continue;
      if (this.underWay.has(effect.origin)) throw new Error(`a second probe of ${effect.origin} is under way`);
      this.underWay.set(effect.origin, this.nowMs);
      this.#sent.push([effect.origin, this.nowMs]);
    }
    return effects;
  }

  /** Ends an attempt that began `tookMs` ago, as a pool's shell does. */
  end(origin: string, end: AttemptEnd, tookMs = 1): readonly PoolEffect[] {
    const hints = end.kind === 'response' ? end.hints : NO_HINTS;
    const stale = isStale(this.state, hints, this.policy, this.nowMs);
    const outcome =
      (end.kind === 'response' ? hintedOutcome(end, stale) : null) ?? outcomeOf(end, this.connectivity === 'online');
    return this.step({ kind: 'attempt', origin, startedMs: this.nowMs - tookMs, outcome, hints });
  }

  fails(origin: string, fault: Fault = 'refused', tookMs = 1): readonly PoolEffect[] {
    return this.end(origin, { kind: 'failure', fault }, tookMs);
  }

  responds(origin: string, status = 200, hints: Partial<Hints> = {}, retryAfterMs: number | null = null) {
    const said = Object.keys(hints).length === 0 ? NO_HINTS : { ...NO_HINTS, ...hints };
    return this.end(origin, { kind: 'response', status, retryAfterMs, hints: said });
  }

  /** Ejects a host by refused connections, and lets its probes fail from now on. */
  override kill(origin: string): void {
    this.answers.set(origin, BAD);
    super.kill(origin);
  }

  override answer(origin: string, verdict: ProbeVerdict, hints: Hints = NO_HINTS): readonly PoolEffect[] {
    this.underWay.delete(origin);
    return this.step({ kind: 'probe', origin, verdict, hints });
  }

  /** Lets time pass: ticks when the machine wants them, and answers probes. */
  override pass(forMs: number): void {
    const endMs = this.nowMs + forMs;
    for (let steps = 0; steps < 10_000; steps++) {
      const [origin, sentMs] = this.#firstAnswer();
      const answerMs = sentMs + PROBE_MS;
      if (Math.min(this.wakeMs, answerMs) > endMs) {
        this.nowMs = endMs;
        return;
      }
      this.nowMs = Math.max(this.nowMs, Math.min(this.wakeMs, answerMs));
      if (answerMs <= this.nowMs) this.answer(origin, this.answers.get(origin) ?? GOOD);
      else this.step({ kind: 'tick' });
    }
    throw new Error('the machine never rests');
  }

  #firstAnswer(): readonly [origin: string, sentMs: number] {
    const answered = [...this.underWay].filter(([origin]) => this.answers.get(origin) !== null);
    return answered[0] ?? ['', Infinity];
  }
}
