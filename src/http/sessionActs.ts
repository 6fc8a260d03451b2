import { SwitchoverError } from '../policy/error.ts';
import { landed, type SessionStep, wantsReady } from '../policy/sessionState.ts';
import type { HostConfig } from '../policy/topology.ts';
import { abortWith, throwIfAborted } from '../runtime/abortReason.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import { abortable } from './abortable.ts';
import { linkSignal } from './linkSignal.ts';
import { originsOf, type SessionBook } from './sessionBook.ts';
import { openFailed, overdue, readyFailed, resumeRefused, tokenRejected } from './sessionErrors.ts';
import { HostStop } from './sessionGate.ts';
import { beforeSending, openLine } from './sessionLine.ts';
import { readGrant, type SessionContext, type SessionGrant, type SessionOptions } from './sessionOptions.ts';

/** Does at one host what the session's state finds necessary, by the app's own code. */
export class SessionActs {
  readonly #pool: HostPool;
  readonly #options: SessionOptions;
  readonly #book: SessionBook;

  constructor(pool: HostPool, options: SessionOptions, book: SessionBook) {
    this.#pool = pool;
    this.#options = options;
    this.#book = book;
  }

  /**
   * @param signal Aborts when the session is ended or the pool closed.
   * @throws HostStop where the host failed; SwitchoverError `SESSION_OPEN_FAILED` or `SESSION_LOST`; the signal's reason.
   */
  async carryOut(step: SessionStep, host: HostConfig, signal: AbortSignal): Promise<void> {
    if (step.kind === 'open') await this.#land(host, await this.#open(step.renewing, host, signal), signal);
    if (step.kind === 'land') await this.#land(host, {}, signal);
    if (step.kind !== 'resume') return;
    const grant = await this.#resume(host, signal);
    if (grant !== null) await this.#land(host, grant, signal);
  }

  async #open(renewing: boolean, host: HostConfig, signal: AbortSignal): Promise<SessionGrant> {
    if (renewing) this.#book.tellLost(host.origin, tokenRejected(host));
    try {
      return await this.#obtain('open', (context) => this.#options.open(context), host, signal);
    } catch (error) {
      throw isTold(error, signal) || isOpenFailure(error) ? error : openFailed(host, error);
    }
  }

  /** Null where the store has a newer token by now, so that nothing is lost. */
  async #resume(host: HostConfig, signal: AbortSignal): Promise<SessionGrant | null> {
    const { state } = this.#book;
    const token = 'token' in state ? state.token.token : '';
    try {
      return await this.#obtain('resume', (context) => this.#options.resume?.({ ...context, token }), host, signal);
    } catch (error) {
      if (isTold(error, signal)) throw error;
      // Another page of this client may have resumed the session a moment ago, with the same token.
      if (await this.#book.adoptStored(signal)) return null;
      const refused = resumeRefused(host, error);
      this.#book.lose(host.origin, refused);
      throw refused;
    }
  }

  async #obtain(
    how: 'open' | 'resume',
    call: (context: SessionContext) => unknown,
    host: HostConfig,
    signal: AbortSignal,
  ): Promise<SessionGrant> {
    const origins = originsOf(this.#pool.hosts);
    const { totalMs } = this.#pool.settings.timeout;
    const grant = await this.#ask(host, {}, totalMs, signal, async (context) => readGrant(await call(context), how));
    await this.#book.install(grant, host.origin, origins, signal);
    this.#pool.emit('session', { kind: how === 'open' ? 'opened' : 'resumed', host: host.origin });
    return grant;
  }

  /** Makes a server instance ready, unless it is, and lets the requests that wait for it go on. */
  async #land(host: HostConfig, grant: Partial<SessionGrant>, signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    const book = this.#book;
    const instance = grant.instance ?? null;
    const { onReady } = this.#options;
    const { state, pass } = book;
    if (onReady === undefined || !wantsReady(state, instance) || !('token' in state) || pass === null) {
      book.state = landed(state, null);
      return;
    }
    const { token } = state.token;
    const { attemptMs } = this.#pool.settings.timeout;
    try {
      await this.#ask(host, pass.headers, attemptMs, signal, (context) => onReady({ ...context, token, instance }));
      book.state = landed(book.state, instance);
    } catch (thrown) {
      throwIfAborted(signal);
      book.state = landed(book.state, null);
      this.#pool.warn(readyFailed(host, thrown instanceof HostStop ? thrown.error : thrown));
    }
  }

  /** Calls the app's code with a line to the host, for a limited time. What that leaves under way is ended. */
  async #ask<T>(
    host: HostConfig,
    headers: Readonly<Record<string, string>>,
    limitMs: number,
    signal: AbortSignal,
    call: (context: SessionContext) => T,
  ): Promise<Awaited<T>> {
    const controller = new AbortController();
    const unlink = linkSignal(signal, controller);
    const late = overdue(host, limitMs);
    const cancel = this.#pool.ports.clock.setTimer(() => abortWith(controller, late), limitMs);
    const line = openLine(this.#pool, host, headers, controller.signal);
    const context = { fetch: line.fetch, host: host.origin, signal: controller.signal };
    try {
      // `async`, so that what the code throws at once is a rejection too.
      return await abortable((async () => await call(context))(), controller.signal);
    } catch (error) {
      throwIfAborted(signal);
      if (controller.signal.aborted) throw new HostStop(beforeSending(TOO_LATE), late);
      throw line.stopFor(error) ?? error;
    } finally {
      cancel();
      unlink();
      controller.abort();
    }
  }
}

const TOO_LATE = { kind: 'host-fault', cause: 'timeout', processed: 'maybe', answered: true } as const;

/** Errors that say by themselves what has happened. */
function isTold(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || error instanceof HostStop;
}

function isOpenFailure(error: unknown): boolean {
  return SwitchoverError.is(error) && error.code === 'SESSION_OPEN_FAILED';
}
