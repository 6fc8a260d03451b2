import { SwitchoverError } from '../policy/error.ts';
import type { MaybePromise } from '../runtime/ports.ts';
import { HEADER_BYTES } from '../session/codec.ts';
import { type Payload, payloadBytes, payloadOf } from '../session/payload.ts';
import type { StoreResult } from '../session/serverState.ts';
import type { Announcer } from './announcer.ts';
import type { Identity } from './session.ts';
import type { PlainRequest, SessionStore, StoreTransaction } from './sessionStore.ts';

/** The store, as the rest of the server sees it: it never throws. */
export class StoreDesk<Transaction extends StoreTransaction, I extends Identity> {
  readonly store: SessionStore<Transaction>;
  readonly #announcer: Announcer<I>;
  /** What was asked and is not answered yet. */
  underWay = 0;
  /** Called whenever an answer has come. */
  onAnswer: () => void = () => {};

  constructor(store: SessionStore<Transaction>, announcer: Announcer<I>) {
    this.store = store;
    this.#announcer = announcer;
  }

  run(request: PlainRequest): MaybePromise<StoreResult> {
    const failed = (error: unknown) => this.failed(request, error);
    try {
      const answer = this.store.run(request);
      return answer instanceof Promise ? answer.catch(failed) : answer;
    } catch (error) {
      return failed(error);
    }
  }

  /**
   * Appends a message, and calls `then` with it.
   *
   * @returns False where there is no such session. Rejects where nobody knows, or the store is full; whoever does not wait for that
   * is not brought down by it.
   */
  append(sid: string, payload: Payload, then: (result: StoreResult) => void): MaybePromise<boolean> {
    const told = (result: StoreResult): boolean => {
      if (result.kind === 'appended') then(result);
      return result.kind === 'appended';
    };
    let sent: Promise<boolean>;
    try {
      const answer = this.store.run({ op: 'append', sid, id: 0, payload });
      if (!(answer instanceof Promise)) return told(answer);
      sent = answer.then(told, (error) => this.#unsent(error));
    } catch (error) {
      sent = Promise.resolve().then(() => this.#unsent(error));
    }
    this.await(
      sent.catch(() => {}),
      () => {},
    );
    return sent;
  }

  #unsent(cause: unknown): never {
    this.#announcer.warn('STORE_FAILED', 'A message could not be sent.', cause);
    if (SwitchoverError.is(cause)) throw cause;
    throw new SwitchoverError('STORE_FAILED', 'Nobody knows whether the message is in the log.', {
      remedy: 'Send it again if it may come twice.',
      cause,
    });
  }

  failed({ op }: { readonly op: PlainRequest['op'] | 'accept' }, error: unknown): StoreResult {
    this.#announcer.warn('STORE_FAILED', `The store could not do '${op}'.`, error);
    return { kind: 'failed', op };
  }

  /** Calls `then` with an answer: at once, if it is there. */
  await<T>(answer: MaybePromise<T>, then: (value: T) => void): void {
    if (!(answer instanceof Promise)) {
      then(answer);
      return;
    }
    this.underWay += 1;
    void answer.then((value) => {
      this.underWay -= 1;
      then(value);
      this.onAnswer();
    });
  }

  /** Deletes what has expired. */
  collect(): MaybePromise<void> {
    const failed = (error: unknown) => this.#announcer.warn('STORE_FAILED', 'The store could not collect.', error);
    try {
      const answer = this.store.collect();
      return answer instanceof Promise ? answer.then(() => {}, failed) : undefined;
    } catch (error) {
      return failed(error);
    }
  }

  /** @throws SwitchoverError `INVALID_MESSAGE` for what has no form in JSON, `TOO_LARGE`. */
  payload(data: unknown, maxBytes: number): Payload {
    const payload = payloadOf(data);
    if (payload === null) {
      throw new SwitchoverError('INVALID_MESSAGE', 'The message has no form in JSON, or is nested more than 64 deep.', {
        remedy: 'Send plain JSON, or a Uint8Array.',
      });
    }
    const bytes = payloadBytes(payload);
    const most = maxBytes - HEADER_BYTES;
    if (bytes <= most) return payload;
    throw new SwitchoverError('TOO_LARGE', `The message has ${bytes} bytes; a frame holds ${most}.`, {
      remedy: 'Send it in pieces, or raise `maxBytes`.',
    });
  }
}
