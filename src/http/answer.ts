import type { AttemptTrace } from '../policy/error.ts';
import { isReplaySafe } from '../policy/idempotency.ts';
import type { Clock } from '../runtime/ports.ts';
import type { AnsweredAttempt, FailedAttempt } from './attempt.ts';
import { guard } from './guardedResponse.ts';
import { RequestRun } from './requestRun.ts';
import type { BodyFault, GuardOptions, Refetch, ResumeContext } from './resumeBody.ts';
import type { AnswerPart, Run } from './run.ts';

/** Options of {@link guardedAnswers}. */
export interface AnswerOptions {
  /** The hosts give the same file the same ETag: then a broken body may be continued from another host. Default false. */
  readonly sharedEtags?: boolean | undefined;
}

/**
 * Watches the bodies of answers: one that stalls or breaks off is blamed on its host, and carried on where that is safe. What
 * is read whole (`json()`, `text()` …) is asked for again, if the request may be sent twice; the stream of a GET goes on by
 * `Range` and `If-Range`, given a strong ETag. Else reading fails with `BODY_BROKEN`.
 */
export function guardedAnswers({ sharedEtags = false }: AnswerOptions = {}): AnswerPart {
  // The guard must not hold the response, or neither would ever be collected.
  return (run, ended) => guard(ended.response, new AnswerGuard(run, ended, sharedEtags));
}

/** What a body's guard wants to know and to tell. One is made for each answer, so it is light until a body breaks. */
class AnswerGuard implements GuardOptions {
  readonly sharedEtags: boolean;
  readonly #run: Run;
  readonly #controller: AbortController;
  readonly #unlink: (() => void) | null;
  readonly #firstOrigin: string;
  /** Where the body comes from now. */
  #source: { readonly origin: string; readonly startedMs: number };
  #broken: FailedAttempt | null = null;

  constructor(run: Run, { origin, startedMs, controller, unlink }: AnsweredAttempt, sharedEtags: boolean) {
    this.sharedEtags = sharedEtags;
    this.#run = run;
    this.#controller = controller;
    this.#unlink = unlink;
    this.#firstOrigin = origin;
    this.#source = { origin, startedMs };
  }

  get clock(): Clock {
    return this.#run.pool.ports.clock;
  }

  get stallMs(): number {
    return this.#run.request.settings.timeout.stallMs;
  }

  get signal(): AbortSignal | undefined {
    return this.#run.request.signal;
  }

  get refetch(): Refetch | undefined {
    const { settings, traits } = this.#run.request;
    const { method, hasIdempotencyKey, bodyReplayable } = traits;
    const mayRepeat = settings.resume !== false && bodyReplayable && isReplaySafe(method, hasIdempotencyKey);
    return mayRepeat ? (context) => this.#refetch(context) : undefined;
  }

  get onDone(): (() => void) | undefined {
    return this.#unlink ?? undefined;
  }

  onWhole(): void {
    this.#run.pool.bodyCame(this.#source.origin);
  }

  onBroken(fault: BodyFault, error: unknown): void {
    const { origin, startedMs } = this.#source;
    const nowMs = this.clock.now();
    const outcome = this.#run.pool.report(origin, { kind: 'failure', fault }, startedMs, nowMs, this.#run.request.path);
    const tookMs = nowMs - startedMs;
    const [controller, unlink] = [this.#controller, this.#unlink];
    this.#broken = { origin, startedMs, tookMs, outcome, controller, unlink, response: null, error };
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  attempts(): readonly AttemptTrace[] {
    return this.#run.trace;
  }

  async #refetch({ headers, sameHost, signal }: ResumeContext): Promise<Response | null> {
    // A part can be asked for by GET alone (RFC 9110 §14.2).
    if (this.#broken === null || ('range' in headers && this.#run.request.traits.method !== 'GET')) return null;
    const rest = continuation(this.#run, sameHost ? this.#firstOrigin : null, headers, signal);
    const { response, origin, startedMs } = await rest.carryOn(this.#broken);
    this.#source = { origin, startedMs };
    return response;
  }
}

/** The run that fetches the rest of an answer whose body broke off. Its time begins anew. */
function continuation(
  run: Run,
  pin: string | null,
  headers: ResumeContext['headers'],
  signal: AbortSignal,
): RequestRun {
  const { request } = run;
  const init = { ...request.init, headers: new Headers(request.init.headers) };
  for (const [name, value] of Object.entries(headers)) init.headers.set(name, value);
  const deadlineMs = run.pool.ports.clock.now() + run.request.settings.timeout.totalMs;
  const traits = { ...request.traits, pin: pin ?? request.traits.pin, deadlineMs };
  return new RequestRun(run.pool, { ...request, init, signal, signalIsOwn: true, traits }, run.parts, run.trace);
}
