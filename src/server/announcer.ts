import { SwitchoverError } from '../policy/error.ts';
import { Emitter } from '../runtime/emitter.ts';
import type { SessionServerEvents } from './events.ts';
import type { Identity } from './session.ts';

/** The listeners of a server. Unlike a client's, one that throws becomes an event: a server serves others, too, and stays up. */
export class Announcer<I extends Identity> extends Emitter<SessionServerEvents<I>> {
  constructor() {
    super((error, name) => {
      // Who throws at a warning, too, has been told.
      if (name !== 'warning') this.warn('HANDLER_FAILED', `A listener of '${name}' has thrown.`, error);
    });
  }

  warn(code: 'STORE_FAILED' | 'HANDLER_FAILED', message: string, cause: unknown): void {
    const remedy = code === 'STORE_FAILED' ? 'Look at the store, and at `cause`.' : 'Mend the function; see `cause`.';
    const warning = new SwitchoverError(code, message, { remedy, cause });
    (this as Emitter<SessionServerEvents>).emit('warning', warning);
  }
}
