import type { AttemptTrace } from '../policy/error.ts';
import type { Clock } from '../runtime/ports.ts';
import type { EndedAttempt } from './attempt.ts';
import { guard } from './guardedResponse.ts';
import type { AnswerPart } from './parts.ts';
import { RequestRun } from './requestRun.ts';
import type { BodyFault, GuardOptions, Refetch } from './resumeBody.ts';

/** Options of {@link guardedAnswers}. */
export interface AnswerOptions {
  /** The hosts give the same file the same ETag: then a broken body may be continued from another host. Default false. */
  readonly sharedEtags?: boolean | undefined;
}

/**
 * Watches the bodies of answers: one that stalls or breaks off is blamed on its host, and carried on where that is safe. What
 * was read whole (`json()`, `text()` …) is asked for again; a stream goes on by `Range` and `If-Range`, given a strong ETag.
 * Else reading fails with `BODY_BROKEN`.
 */
export function guardedAnswers({ sharedEtags = false }: AnswerOptions = {}): AnswerPart {
  // The guard must not hold the response, or neither would ever be collected.
  return (run, ended) => guard(ended.response, new AnswerGuard(run, { ...ended, response: null }, sharedEtags));
}

/** What a body's guard wants to know and to tell. */
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
    if (run.settings.resume && run.request.traits.method === 'GET') this.refetch = (context) => this.#refetch(context);
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
    return this.#run.trace;
  }

  async #refetch({ headers, sameHost, signal }: Parameters<Refetch>[0]): Promise<Response | null> {
    const rest = continuation(this.#run, sameHost ? this.#first.origin : null, headers, signal);
    const { response, ...attempt } = await rest.carryOn(this.#source);
    this.#source = { ...attempt, response: null };
    return response;
  }
}

/** The run that fetches the rest of an answer whose body broke off. Its time begins anew. */
function continuation(run: RequestRun, pin: string | null, headers: ResumeHeaders, signal: AbortSignal): RequestRun {
  const { request } = run;
  const init = { ...request.init, headers: new Headers(request.init.headers) };
  for (const [name, value] of Object.entries(headers)) init.headers.set(name, value);
  const deadlineMs = run.clock.now() + run.settings.timeout.totalMs;
  const traits = { ...request.traits, pin: pin ?? request.traits.pin, deadlineMs };
  return new RequestRun(run.pool, { ...request, init, signal, traits }, run.parts, run.trace);
}

type ResumeHeaders = Parameters<Refetch>[0]['headers'];
