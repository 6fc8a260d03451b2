import { SwitchoverError } from '../policy/error.ts';
import type { Clock, MaybePromise } from '../runtime/ports.ts';
import { waitAtMost } from '../runtime/wait.ts';
import type { LeaseTask } from './leaseTypes.ts';

/** The jobs that run under a lease. */
export class LeaseJobs {
  /** The epoch under which the lease is held at this moment; null where it is not. */
  readonly #epoch: () => number | null;
  readonly #running = new Map<AbortController, Promise<unknown>>();

  constructor(epoch: () => number | null) {
    this.#epoch = epoch;
  }

  async run<T>(epoch: number, job: (task: LeaseTask) => MaybePromise<T>): Promise<T> {
    const abort = new AbortController();
    const { signal } = abort;
    const assertActive = () => {
      signal.throwIfAborted();
      if (this.#epoch() !== epoch) throw leaseLost();
    };
    // Within a promise, so that a job that throws at once is as any other; begun at once, while the lease is known to be held.
    const work = new Promise<T>((resolve) => resolve(job({ epoch, signal, assertActive })));
    this.#running.set(abort, work);
    try {
      const value = await work;
      assertActive();
      return value;
    } catch (error) {
      // Whatever a job makes of its abort, what it comes from is the loss.
      signal.throwIfAborted();
      throw error;
    } finally {
      this.#running.delete(abort);
    }
  }

  abort(reason: SwitchoverError): void {
    for (const abort of this.#running.keys()) abort.abort(reason);
  }

  /** Resolves once no job runs, or at that time. */
  async settled(clock: Clock, untilMs: number): Promise<void> {
    const work = Promise.allSettled(this.#running.values());
    await waitAtMost(clock, Math.max(0, untilMs - clock.now()), work);
  }
}

export const leaseLost = () =>
  new SwitchoverError('LEASE_LOST', 'The lease was lost while work under it went on.', {
    remedy: 'End the work: another instance may be active, and does it again. A longer `ttlMs` bears longer pauses.',
  });
