import type { MaybePromise } from '../../../src/runtime/ports.ts';
import type { SessionStore, StoreTransaction } from '../../../src/server/index.ts';

/** A store as a plain object, to be spread: each call goes to the store itself. */
export function storePort<Transaction extends StoreTransaction>(
  store: SessionStore<Transaction>,
): SessionStore<Transaction> {
  return {
    run: (request) => store.run(request),
    accept: (request, apply) => store.accept(request, apply),
    sessionsOf: (subject) => store.sessionsOf(subject),
    watch: (listener) => store.watch(listener),
    collect: () => store.collect(),
    leases: store.leases,
    close: () => store.close(),
  };
}

/** Goes on with an answer: at once where it is there. */
export function after<Value, Next>(value: MaybePromise<Value>, next: (value: Value) => Next): MaybePromise<Next> {
  return value instanceof Promise ? value.then(next) : next(value);
}
