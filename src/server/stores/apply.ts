import type { AcceptedMessage, Apply, StoreTransaction } from '../sessionStore.ts';

/** Gives the application messages one after the other: a promise of the end where it takes its time over one, else all is done. */
export function applyAll<Transaction extends StoreTransaction>(
  messages: readonly AcceptedMessage[],
  apply: Apply<Transaction>,
  transaction: Transaction,
  from = 0,
): Promise<void> | undefined {
  for (const [at, message] of messages.entries()) {
    const pending = at < from ? undefined : promiseOf(apply(message, transaction));
    if (pending !== undefined) return pending.then(() => applyAll(messages, apply, transaction, at + 1));
  }
  return undefined;
}

/** The promise that a handler returned, of whatever library; undefined where it is done. */
export function promiseOf(returned: unknown): Promise<unknown> | undefined {
  if (returned instanceof Promise) return returned;
  const waits = typeof returned === 'object' && returned !== null && 'then' in returned;
  return waits ? Promise.resolve(returned) : undefined;
}
