import { lateBodyOf } from './lateBody.ts';

/** Frees the socket of a response that nobody will read. */
export async function discard(response: Response): Promise<void> {
  lateBodyOf(response)?.cancel();
  try {
    await response.body?.cancel();
  } catch {
    // A body that is locked or broken already holds no socket that we could free.
  }
}
