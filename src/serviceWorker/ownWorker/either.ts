/** Aborted with the first of the two. As `AbortSignal.any`, which browsers have only had since 2024. */
export function either(one: AbortSignal, other: AbortSignal): AbortSignal {
  const control = new AbortController();
  for (const signal of [one, other]) {
    const abort = (): void => control.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true, signal: control.signal });
  }
  return control.signal;
}
