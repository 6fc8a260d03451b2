import { SwitchoverError } from '../policy/error.ts';
import type { MaybePromise } from '../runtime/ports.ts';
import type { StoreResult } from '../session/serverState.ts';
import type { PoisonPolicy } from './serverOptions.ts';
import type { Identity, Session, SessionMessage } from './session.ts';
import type { AcceptedMessage, AcceptRequest, SessionStore, StoreTransaction } from './sessionStore.ts';
import { promiseOf } from './stores/apply.ts';

/** Takes a message. What it appends with `transaction`, and what it sends before its first `await`, is committed with the message or not at all. */
export type MessageHandler<Transaction extends StoreTransaction, I extends Identity> = (
  session: Session<I>,
  message: SessionMessage,
  transaction: Transaction,
) => MaybePromise<void>;

/** A message that its handler could not take, and how often by now. */
interface Fault {
  readonly seq: number;
  readonly error: unknown;
  readonly attempts: number;
}

/** What came of a batch. */
export interface Accepted {
  readonly result: StoreResult;
  /** Set where the handler has failed: the connection is to be closed for that long. */
  readonly backOffMs: number | null;
}

/** Messages whose failures are remembered. Who is forgotten begins to count again. */
const REMEMBERED = 1_000;
const BACK_OFF_MS = 1_000;
const BACK_OFF_CAP_MS = 30_000;

/** Brings what the store accepts to the application, in the store's transaction. */
export class Delivery<Transaction extends StoreTransaction, I extends Identity> {
  readonly #store: SessionStore<Transaction>;
  readonly #poison: PoisonPolicy<Transaction, I> | null;
  readonly #warn: (error: SwitchoverError) => void;
  readonly #handlers: MessageHandler<Transaction, I>[] = [];
  /** By session, the message at its head that has failed. */
  readonly #faults = new Map<string, Fault>();
  /** The transaction whose handler runs right now. */
  #open: Transaction | null = null;

  constructor(
    store: SessionStore<Transaction>,
    poison: PoisonPolicy<Transaction, I> | null,
    warn: (error: SwitchoverError) => void,
  ) {
    this.#store = store;
    this.#poison = poison;
    this.#warn = warn;
  }

  /** Null, but while a handler runs: what it sends belongs into its transaction. */
  get open(): Transaction | null {
    return this.#open;
  }

  addHandler(handler: MessageHandler<Transaction, I>): void {
    this.#handlers.push(handler);
  }

  removeHandler(handler: MessageHandler<Transaction, I>): void {
    const at = this.#handlers.indexOf(handler);
    if (at >= 0) this.#handlers.splice(at, 1);
  }

  /** Accepts a batch. Where a handler fails, what came before its message is accepted nevertheless. */
  accept(session: Session<I>, request: AcceptRequest): MaybePromise<Accepted> {
    const batch = new Batch(session, this);
    const done = batch.run(this.#store, request);
    if (!(done instanceof Promise)) return this.#settle(batch, request, done);
    return done.then((result) => this.#settle(batch, request, result));
  }

  /** Calls the handlers with one message. */
  apply(session: Session<I>, { stream, message }: AcceptedMessage, transaction: Transaction): MaybePromise<void> {
    const { data, seq, key } = message;
    const given: SessionMessage = { data, seq, key, binary: data instanceof Uint8Array };
    const fault = this.#faults.get(`${session.sid} ${stream}`);
    const poison = this.#poison;
    if (poison !== null && fault?.seq === seq && fault.attempts >= poison.attempts) {
      return this.#within(transaction, () => poison.handle(session, given, transaction, fault.error));
    }
    if (this.#handlers.length === 0) throw nobodyListens();
    return this.#callFrom(0, session, given, transaction);
  }

  /** Calls the handlers one after the other, each once the one before is done. */
  #callFrom(at: number, session: Session<I>, message: SessionMessage, transaction: Transaction): MaybePromise<void> {
    const handler = this.#handlers[at];
    if (handler === undefined) return undefined;
    const pending = promiseOf(this.#within(transaction, () => handler(session, message, transaction)));
    const rest = () => this.#callFrom(at + 1, session, message, transaction);
    return pending === undefined ? rest() : pending.then(rest);
  }

  #within<T>(transaction: Transaction, call: () => T): T {
    const outer = this.#open;
    this.#open = transaction;
    try {
      return call();
    } finally {
      this.#open = outer;
    }
  }

  #settle(batch: Batch<Transaction, I>, request: AcceptRequest, result: StoreResult): MaybePromise<Accepted> {
    const name = `${request.sid} ${request.stream}`;
    const { failure } = batch;
    if (failure === null) {
      if (result.kind === 'accepted') this.#faults.delete(name);
      return { result, backOffMs: null };
    }
    const before = request.items.filter(({ seq }) => seq < failure.seq);
    const partly = result.kind === 'accepted';
    const backOffMs = this.#note(name, failure);
    if (partly || before.length === 0) return { result, backOffMs };
    // The store took the whole batch back. What stands before the culprit goes by itself.
    const again = new Batch(batch.session, this).run(this.#store, { ...request, items: before });
    return again instanceof Promise
      ? again.then((second) => ({ result: second, backOffMs }))
      : { result: again, backOffMs };
  }

  #note(name: string, { seq, error }: Pick<Fault, 'seq' | 'error'>): number {
    const known = this.#faults.get(name);
    const attempts = known?.seq === seq ? known.attempts + 1 : 1;
    this.#faults.delete(name);
    this.#faults.set(name, { seq, error, attempts });
    const oldest = this.#faults.keys().next();
    if (this.#faults.size > REMEMBERED && !oldest.done) this.#faults.delete(oldest.value);
    const remedy = 'Mend the handler, or let `poison` put such messages aside. The client sends the message again.';
    const told = `The handler of message ${seq} has failed, ${attempts} times by now.`;
    this.#warn(new SwitchoverError('HANDLER_FAILED', told, { remedy, cause: error }));
    return Math.min(BACK_OFF_CAP_MS, BACK_OFF_MS * 2 ** (attempts - 1));
  }
}

/** One batch on its way through the store. */
class Batch<Transaction extends StoreTransaction, I extends Identity> {
  readonly session: Session<I>;
  readonly #delivery: Delivery<Transaction, I>;
  failure: { readonly seq: number; readonly error: unknown } | null = null;

  constructor(session: Session<I>, delivery: Delivery<Transaction, I>) {
    this.session = session;
    this.#delivery = delivery;
  }

  /** A store that throws after a handler has thrown says the same once more. */
  run(store: SessionStore<Transaction>, request: AcceptRequest): MaybePromise<StoreResult> {
    const failed = (error: unknown): StoreResult => {
      if (this.failure === null) throw error;
      return { kind: 'failed', op: 'accept' };
    };
    try {
      const answer = store.accept(request, (accepted, transaction) => this.#apply(accepted, transaction));
      return answer instanceof Promise ? answer.catch(failed) : answer;
    } catch (error) {
      return failed(error);
    }
  }

  #apply(accepted: AcceptedMessage, transaction: Transaction): MaybePromise<void> {
    const note = (error: unknown): never => {
      this.failure ??= { seq: accepted.message.seq, error };
      throw error;
    };
    try {
      const pending = promiseOf(this.#delivery.apply(this.session, accepted, transaction));
      return pending?.then(() => {}, note);
    } catch (error) {
      return note(error);
    }
  }
}

function nobodyListens(): SwitchoverError {
  return new SwitchoverError('HANDLER_FAILED', 'A message has come, and nobody listens for messages.', {
    remedy: "Call sessions.on('message', …) before the first client connects.",
  });
}
