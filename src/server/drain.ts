import { CLOSE } from '../session/frames.ts';
import { drainTimes } from '../session/retryWindow.ts';
import type { Hub } from './hub.ts';
import { invalid, originOf, whole } from './serverOptions.ts';
import type { Identity } from './session.ts';
import type { StoreTransaction } from './sessionStore.ts';

/** How a server is drained. */
export interface DrainOptions {
  /** When those who are still here are closed, in milliseconds. Default: twice `jitterMs`, at least 10,000. */
  readonly deadlineMs?: number;
  /** Clients leave at moments drawn from this time, in milliseconds. Default: the retry window, at most half of `deadlineMs`. */
  readonly jitterMs?: number;
  /** Where they should go: the origin of one of their hosts. Default: wherever each likes best. */
  readonly to?: string;
}

/** @throws SwitchoverError `INVALID_OPTION`, `INVALID_HOST`. */
export function readDrain(options: DrainOptions, retryWindowMs: number) {
  const times = drainTimes(options, retryWindowMs);
  const deadlineMs = whole('deadlineMs', times.deadlineMs, 0);
  const jitterMs = whole('jitterMs', times.jitterMs, 0);
  if (jitterMs > deadlineMs)
    throw invalid('jitterMs', 'is longer than deadlineMs', 'Let all leave before the deadline.');
  return { deadlineMs, jitterMs, to: options.to === undefined ? undefined : originOf(options.to) };
}

/** Tells all clients to leave, and resolves when they have, and the store has answered all that it was asked. */
export function drain<Transaction extends StoreTransaction, I extends Identity>(
  hub: Hub<Transaction, I>,
  options: DrainOptions,
): Promise<void> {
  const { deadlineMs, jitterMs, to } = readDrain(options, hub.policy.retryWindowMs);
  const target = to === undefined ? {} : { to };
  hub.standing = { role: 'draining', to: to ?? null };
  const away = () => ({ kind: 'close', code: CLOSE.away, windowMs: hub.policy.retryWindowMs, ...target }) as const;
  for (const connection of [...hub.connections]) {
    // Who has not been welcomed has nothing to keep.
    connection.feed(connection.state.kind === 'open' ? { kind: 'drain', deadlineMs, jitterMs, ...target } : away());
  }
  return new Promise((resolve) => {
    const cancel = hub.clock.setTimer(() => {
      for (const connection of [...hub.connections]) connection.feed(away());
      over(true);
    }, deadlineMs);
    const over = (late: boolean) => {
      if (hub.connections.size > 0 || (hub.desk.underWay > 0 && !late)) return;
      cancel();
      hub.onEnd = () => {};
      hub.desk.onAnswer = () => {};
      resolve();
    };
    hub.onEnd = () => over(false);
    hub.desk.onAnswer = () => over(false);
    over(false);
  });
}
