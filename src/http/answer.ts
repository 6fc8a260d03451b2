import type { AttemptTrace } from '../policy/error.ts';
import type { Clock } from '../runtime/ports.ts';
import type { AnsweredAttempt, EndedAttempt } from './attempt.ts';
import { guard } from './guardedResponse.ts';
import type { RequestRun } from './requestRun.ts';
import type { BodyFault, GuardOptions, Refetch } from './resumeBody.ts';

/** Hands an attempt's response to the caller, with its body watched, and continued by the same run if it breaks off. */
export function guardAnswer(run: RequestRun, ended: AnsweredAttempt, sharedEtags: boolean): Response {
  return guard(ended.response, new AnswerGuard(run, { ...ended, response: null }, sharedEtags));
}

/** What a body's guard wants to know and to tell. It must not hold the response, or neither would ever be collected. */
class AnswerGuard implements GuardOptions {
  readonly clock: Clock;
  readonly stallMs: number;
  readonly signal: AbortSignal | undefined;
  readonly sharedEtags: boolean;
  readonly refetch: Refetch | undefined;
  readonly onDone?: () => void;
  readonly #run: RequestRun;
  readonly #first: EndedAttempt;
  /** Where the body comes from now. */
  #source: EndedAttempt;

  constructor(run: RequestRun, attempt: EndedAttempt, sharedEtags: boolean) {
    this.clock = run.clock;
    this.stallMs = run.settings.timeout.stallMs;
    this.signal = run.signal;
    this.sharedEtags = sharedEtags;
    this.#run = run;
    this.#first = attempt;
    this.#source = attempt;
    if (run.mayResume) this.refetch = (context) => this.#refetch(context);
    if (run.signal !== undefined) this.onDone = attempt.unlink;
  }

  onBroken(fault: BodyFault, error: unknown): void {
    const { origin, startedMs } = this.#source;
    const outcome = this.#run.pool.report(origin, { kind: 'failure', fault }, startedMs, this.#run.path);
    this.#source = { ...this.#source, response: null, outcome, error, tookMs: this.clock.now() - startedMs };
  }

  abort(reason: unknown): void {
    this.#first.controller.abort(reason);
  }

  attempts(): readonly AttemptTrace[] {
    return this.#run.attempts();
  }

  async #refetch({ headers, sameHost, signal }: Parameters<Refetch>[0]): Promise<Response | null> {
    const rest = this.#run.continuation(sameHost ? this.#first.origin : null, headers, signal);
    const { response, ...attempt } = await rest.carryOn(this.#source);
    this.#source = { ...attempt, response: null };
    return response;
  }
}
