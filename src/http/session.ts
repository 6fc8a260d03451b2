import { fullJitter } from '../policy/backoff.ts';
import { DEFAULTS } from '../policy/defaults.ts';
import { beginStep, type SessionAsk, type SessionStep, stepFailed } from '../policy/sessionState.ts';
import type { HostConfig } from '../policy/topology.ts';
import { abortWith, throwIfAborted } from '../runtime/abortReason.ts';
import type { HostPool } from '../runtime/hostPool.ts';
import type { MaybePromise } from '../runtime/ports.ts';
import { abortable, ignore } from './abortable.ts';
import { linkSignal } from './linkSignal.ts';
import type { SessionPart } from './run.ts';
import { SessionActs } from './sessionActs.ts';
import { SessionBook, shownKind, tokenHost } from './sessionBook.ts';
import { sessionEnded, sessionOver, tokenRefused } from './sessionErrors.ts';
import { HostStop, type SessionGate, type SessionPass, sessionPart } from './sessionGate.ts';
import { checkSessionOptions, type SessionOptions } from './sessionOptions.ts';

/** A session, as an app sees it. */
export interface FailoverSession {
  /**
   * `none` until the first request opens it, and after `end()` · `opening` · `open` · `resuming` at a host that does not know
   * it yet, or after a 401 · `lost` until the next request opens a new one.
   */
  readonly state: 'none' | 'opening' | 'open' | 'resuming' | 'lost';
  /** Origin of the host that gave the present token; null where there is none. */
  readonly host: string | null;
  /** Calls `tell` after each change of `state` or `host`; the returned function ends it. */
  onChange(tell: () => void): () => void;
  /**
   * Forgets the token, here and in the store: tell the server first. Requests that wait for the session reject with
   * `SESSION_LOST`; the next request opens a new session. Resolves when the store has let go of the token.
   */
  end(): Promise<void>;
}

/** A session, with what other parts need of it. */
export interface Session extends FailoverSession {
  /** For `createFetch`: sends requests within the session. */
  readonly part: SessionPart;
  /** For whatever else wants to show the session's token to a host. */
  readonly gate: SessionGate;
}

/**
 * Makes the session that a client has with all hosts of a pool, to be opened by the first request.
 *
 * @throws SwitchoverError `INVALID_OPTION`; `TOKEN_REFUSED` where a listed host is neither https nor local.
 */
export function createSession(pool: HostPool, options: SessionOptions): Session {
  checkSessionOptions(options);
  const insecure = pool.hosts.find(isInsecure);
  if (insecure !== undefined) throw tokenRefused(insecure);
  const book = new SessionBook(pool, options);
  const gate = new Gate(pool, options, book);
  return {
    part: sessionPart(gate),
    gate,
    get state() {
      return shownKind(book.state);
    },
    get host() {
      return tokenHost(book.state);
    },
    onChange: (tell) => book.onChange(tell),
    end: () => gate.end(),
  };
}

const isInsecure = ({ scheme, local }: HostConfig): boolean => scheme === 'http' && !local;

/** What is being done for all who wait: one thing at a time, since each token is made from the last one. */
interface Work {
  readonly origin: string;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Until when a host that has just failed the session is not asked for it again: many wait, and each would ask. */
interface Pause {
  readonly stop: HostStop;
  readonly untilMs: number;
  readonly failures: number;
}

class Gate implements SessionGate {
  readonly #pool: HostPool;
  readonly #book: SessionBook;
  readonly #acts: SessionActs;
  readonly #pauses = new Map<string, Pause>();
  #work: Work | null = null;

  constructor(pool: HostPool, options: SessionOptions, book: SessionBook) {
    this.#pool = pool;
    this.#book = book;
    this.#acts = new SessionActs(pool, options, book);
  }

  passNow({ origin }: HostConfig, last: SessionPass | null): SessionPass | null {
    const book = this.#book;
    if (this.#work === null) book.review();
    if (last !== null && last.session !== book.state.session) return null;
    return book.step({ origin, refused: null }).kind === 'pass' ? book.pass : null;
  }

  async passFor(
    host: HostConfig,
    last: SessionPass | null,
    refused: boolean,
    signal: AbortSignal,
  ): Promise<SessionPass> {
    if (isInsecure(host)) throw tokenRefused(host);
    const book = this.#book;
    const ask = { origin: host.origin, refused: refused && last !== null ? last.version : null };
    for (;;) {
      throwIfAborted(signal);
      throwIfAborted(this.#pool.signal);
      if (this.#work === null) book.review();
      if (last !== null && last.session !== book.state.session) {
        // A 401 for a session that is over is no more than that. What was not answered may not go on in another session.
        if (refused) return last;
        throw sessionOver();
      }
      const step = book.step(ask);
      if (step.kind === 'stand' && last !== null) return last;
      if (step.kind === 'pass' && book.pass !== null) return book.pass;
      await join(this.#work ?? this.#start(step, ask, host), host, signal);
    }
  }

  end(): Promise<void> {
    this.#pauses.clear();
    const work = this.#work;
    this.#work = null;
    const ended = this.#book.end();
    if (work !== null) abortWith(work.controller, sessionEnded());
    return ended;
  }

  #start(step: SessionStep, ask: SessionAsk, host: HostConfig): Work {
    const pause = this.#pauses.get(host.origin);
    if (pause !== undefined && this.#pool.ports.clock.now() < pause.untilMs) throw pause.stop;
    const controller = new AbortController();
    const unlink = linkSignal(this.#pool.signal, controller);
    const done = this.#take(step, ask, host, controller.signal).finally(() => {
      unlink();
      if (this.#work === work) this.#work = null;
    });
    // Everybody who waited for it may have given up.
    done.catch(ignore);
    const work = { origin: host.origin, controller, done };
    this.#work = work;
    return work;
  }

  async #take(first: SessionStep, ask: SessionAsk, host: HostConfig, signal: AbortSignal): Promise<void> {
    const book = this.#book;
    let step = first;
    let endTurn: () => MaybePromise<void> = () => {};
    book.state = beginStep(book.state, step, host.origin);
    try {
      if (step.kind !== 'land') endTurn = await book.turn(signal);
      if (await book.adoptStored(signal)) {
        step = book.step(ask);
        book.state = beginStep(book.state, step, host.origin);
      }
      await this.#acts.carryOut(step, host, signal);
      this.#pauses.delete(host.origin);
    } catch (thrown) {
      // After an end there is a new state, which is not this work's to change.
      if (!signal.aborted) book.state = stepFailed(book.state);
      if (thrown instanceof HostStop) this.#pause(host, thrown);
      throw thrown;
    } finally {
      await endTurn();
    }
  }

  #pause({ origin }: HostConfig, stop: HostStop): void {
    const { clock, random } = this.#pool.ports;
    const failures = this.#pauses.get(origin)?.failures ?? 0;
    const baseMs = this.#pool.settings.retry.backoffBaseMs;
    const pauseMs = fullJitter(failures, { baseMs, capMs: DEFAULTS.session.pauseCapMs }, random);
    const askedMs = stop.outcome.kind === 'busy' ? stop.outcome.waitMs : 0;
    this.#pauses.set(origin, { stop, untilMs: clock.now() + Math.max(pauseMs, askedMs), failures: failures + 1 });
  }
}

/** Waits for work that may be another host's: its failure there says nothing of this one. */
async function join(work: Work, host: HostConfig, signal: AbortSignal): Promise<void> {
  try {
    await abortable(work.done, signal);
  } catch (thrown) {
    if (!(thrown instanceof HostStop) || work.origin === host.origin) throw thrown;
  }
}
