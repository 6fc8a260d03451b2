import type { Failover } from '../createFailover.ts';
import type { FailoverSession } from '../http/session.ts';
import type { Store } from './store.ts';

/** Where a session stands, at one moment. Frozen. */
export interface SessionView {
  /**
   * `none` until the first request opens it, and after its end · `opening` · `open` · `resuming` at a host that does not know it
   * yet, or after a 401 · `lost` until the next request opens a new one.
   */
  readonly state: FailoverSession['state'];
  /** Origin of the host that gave the present token; null where there is none. */
  readonly host: string | null;
}

/** A session, as a component has it. The same object until it changes. */
export interface SessionHandle extends SessionView {
  /** Forgets the session's token, here and in the store: tell the server first. See `FailoverSession.end`. */
  readonly end: () => Promise<void>;
}

const NONE: SessionView = Object.freeze({ state: 'none', host: null });

/** A failover's session, as components read it. */
export class SessionStore implements Store<SessionView> {
  readonly #live: () => Failover | null;
  #last = NONE;

  /** @param live The failover that is at work; null while it is not made. */
  constructor(live: () => Failover | null) {
    this.#live = live;
  }

  readonly get = (): SessionView => {
    const { state, host } = this.#live()?.session ?? NONE;
    if (state !== this.#last.state || host !== this.#last.host) this.#last = Object.freeze({ state, host });
    return this.#last;
  };

  readonly initial = (): SessionView => NONE;

  readonly subscribe = (tell: () => void): (() => void) => this.#live()?.session?.onChange(tell) ?? (() => {});

  readonly handle = (view: SessionView): SessionHandle => ({ ...view, end: this.#end });

  readonly #end = async (): Promise<void> => {
    await this.#live()?.session?.end();
  };
}
