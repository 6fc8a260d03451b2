import { SwitchoverError } from '../policy/error.ts';
import type { EventArgs } from '../runtime/emitter.ts';
import type { SessionServerEvents } from './events.ts';
import type { Identity } from './session.ts';

/** The listeners of a server. Unlike a client's, one that throws becomes an event: a server serves others, too, and stays up. */
export class Announcer<I extends Identity> {
  /** Lists never change in place: who listens or leaves while listeners are called changes the next event, not this one. */
  readonly #listeners = new Map<
    keyof SessionServerEvents<I>,
    readonly SessionServerEvents<I>[keyof SessionServerEvents<I>][]
  >();

  on<N extends keyof SessionServerEvents<I>>(name: N, listener: SessionServerEvents<I>[N]): void {
    this.#listeners.set(name, [...this.#of(name), listener]);
  }

  off<N extends keyof SessionServerEvents<I>>(name: N, listener: SessionServerEvents<I>[N]): void {
    const left = this.#of(name).filter((each) => each !== listener);
    this.#listeners.set(name, left);
  }

  emit<N extends keyof SessionServerEvents<I>>(name: N, ...values: EventArgs<SessionServerEvents<I>, N>): void {
    for (const listener of this.#of(name)) {
      try {
        (listener as (...values: EventArgs<SessionServerEvents<I>, N>) => void)(...values);
      } catch (error) {
        // Who throws at a warning, too, has been told.
        if (name !== 'warning') this.warn('HANDLER_FAILED', `A listener of '${name}' has thrown.`, error);
      }
    }
  }

  warn(code: 'STORE_FAILED' | 'HANDLER_FAILED', message: string, cause: unknown): void {
    const remedy = code === 'STORE_FAILED' ? 'Look at the store, and at `cause`.' : 'Mend the function; see `cause`.';
    this.emit('warning', new SwitchoverError(code, message, { remedy, cause }));
  }

  #of(name: keyof SessionServerEvents<I>): readonly SessionServerEvents<I>[keyof SessionServerEvents<I>][] {
    return this.#listeners.get(name) ?? [];
  }
}
