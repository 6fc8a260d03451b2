import { type Payload, payloadBytes } from '../../session/payload.ts';
import type { StoreTransaction } from '../sessionStore.ts';
import { transactionOver } from './errors.ts';

/** A transaction whose appends wait for its commit: one that fails has left no trace. */
export class StagedTransaction implements StoreTransaction {
  readonly #exists: (sid: string) => boolean;
  #over = false;
  #appends: { readonly sid: string; readonly payload: Payload }[] = [];
  #bytes = 0;

  /** @param exists Says whether there is such a session now. */
  constructor(exists: (sid: string) => boolean) {
    this.#exists = exists;
  }

  append(sid: string, payload: Payload): boolean {
    this.assertOpen();
    if (!this.#exists(sid)) return false;
    this.#appends.push({ sid, payload });
    this.#bytes += payloadBytes(payload);
    return true;
  }

  get appends(): readonly { readonly sid: string; readonly payload: Payload }[] {
    return this.#appends;
  }

  get bytes(): number {
    return this.#bytes;
  }

  assertOpen(): void {
    if (this.#over) throw transactionOver();
  }

  /** Nothing more is taken. */
  end(): void {
    this.#over = true;
  }
}
