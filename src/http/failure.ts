import { type AttemptTrace, SwitchoverError, type SwitchoverErrorCode } from '../policy/error.ts';
import type { GiveUp } from '../policy/retry.ts';

const FAILURES: Readonly<Record<GiveUp, readonly [SwitchoverErrorCode, string, string]>> = {
  'not-replayable': [
    'NOT_REPLAYABLE',
    'The request failed and may have been processed, so it was not sent again.',
    'Give it an idempotencyKey if the server honours one; else ask the server what became of it.',
  ],
  'body-used': [
    'NOT_REPLAYABLE',
    'The request failed, and its body can be read only once, so it was not sent again.',
    'Raise bufferCapBytes, or give the body as a text, a buffer or a Blob.',
  ],
  attempts: ['HOSTS_FAILED', 'Every attempt failed.', 'See `attempts` for what each host did.'],
  budget: [
    'BUDGET_EMPTY',
    'The request failed, and retries are exhausted for now.',
    'Try again later: the servers seem overloaded.',
  ],
  deadline: [
    'TIMEOUT',
    'The request found no answer in its time.',
    'See `attempts`; raise timeout.totalMs if the servers are well.',
  ],
};

/** The error of a request that ended without an answer. */
export function requestFailure(why: GiveUp, attempts: readonly AttemptTrace[], cause: unknown): SwitchoverError {
  const [code, message, remedy] = FAILURES[why];
  const last = attempts.at(-1);
  const where = last === undefined ? '' : ` (${last.host}: ${last.cause})`;
  return new SwitchoverError(code, message.replace(/\.$/, `${where}.`), { remedy, cause, attempts });
}
