import { abortWith, reasonOf } from '../runtime/abortReason.ts';
import { ignore } from './abortable.ts';

/** Aborts `controller` when the signal is; the returned function ends that, so that a long-lived signal keeps nothing. */
export function linkSignal(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal === undefined) return ignore;
  const abort = () => abortWith(controller, reasonOf(signal));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  return () => signal.removeEventListener('abort', abort);
}
