/** Aborts for a reason that {@link reasonOf} tells on every platform: the signals of older React Natives keep none. */
export function abortWith(controller: AbortController, reason: unknown): void {
  const { signal } = controller;
  if (!('reason' in signal)) Object.defineProperty(signal, 'reason', { value: reason });
  controller.abort(reason);
}

/** Why a signal was aborted. Where its platform does not say, an AbortError stands in, as the Fetch standard has it. */
export function reasonOf(signal: AbortSignal): unknown {
  return signal.reason ?? Object.assign(new Error('This operation was aborted'), { name: 'AbortError' });
}

/** Shared with whoever waits for the work: what is over leaves no trace of a late result. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw reasonOf(signal);
}
