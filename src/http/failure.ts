import { type AttemptTrace, SwitchoverError, type SwitchoverErrorCode } from '../policy/error.ts';
import type { GiveUp } from '../policy/retry.ts';

const FAILURES: Readonly<Record<GiveUp, readonly [SwitchoverErrorCode, complaint: string, remedy: string]>> = {
  'not-replayable': [
    'NOT_REPLAYABLE',
    'may have been processed, so it was not sent again',
    'Give it an Idempotency-Key if the server honours one; else ask the server what became of it.',
  ],
  'body-used': [
    'NOT_REPLAYABLE',
    'was not sent again, since its body can be read only once',
    'Give the body as a text, a buffer or a Blob, or raise bufferCapBytes.',
  ],
  attempts: ['HOSTS_FAILED', 'failed at every attempt', 'See `attempts` for what each host did.'],
  budget: ['BUDGET_EMPTY', 'failed, and retries are exhausted', 'Try again later: the servers seem overloaded.'],
  deadline: ['TIMEOUT', 'found no answer in its time', 'See `attempts`, or raise timeout.totalMs.'],
};

/** The error of a request that ended without an answer. */
export function requestFailure(why: GiveUp, attempts: readonly AttemptTrace[], cause: unknown): SwitchoverError {
  const [code, complaint, remedy] = FAILURES[why];
  const last = attempts.at(-1);
  const where = last === undefined ? '' : ` (${last.host}: ${last.cause})`;
  return new SwitchoverError(code, `The request ${complaint}${where}.`, { remedy, cause, attempts });
}
