import { invalidOption, refuseUnknown } from '../../policy/fill.ts';
import { ADMISSION } from '../../session/admission.ts';
import { SERVER_POLICY } from '../../session/serverPolicy.ts';
import type { Fault, FaultKind, SessionOptions } from './scenario.ts';
import { type Fields, fieldsOf, number } from './scenarioFields.ts';

/** What can happen to hosts whose clients keep connections: what only slows requests down, or fails some, means nothing to them. */
const FAULT_KINDS: readonly FaultKind[] = ['refuse', 'black-hole', 'stall', 'flap', 'drain', 'standby'];

const DEFAULTS: SessionOptions = { ...ADMISSION, refuses: true, retryWindowMs: null, ttlMs: SERVER_POLICY.ttlMs };

/** Windows and lives are told in frames, which take no longer ones. */
const LONGEST_SPAN_MS = 2 ** 31 - 1;

/**
 * Reads what a scenario says of sessions.
 *
 * @throws SwitchoverError `INVALID_OPTION`, also for what has no meaning to sessions.
 */
export function readSessions(scenario: Fields, faults: readonly Fault[]): SessionOptions {
  const fields = fieldsOf(scenario['sessions'], 'sessions');
  refuseUnknown(fields, Object.keys(DEFAULTS), 'sessions.');
  const odd = faults.find(({ kind }) => !FAULT_KINDS.includes(kind));
  if (odd !== undefined) {
    throw invalidOption(`A host with sessions can't have the fault ${odd.kind}`, `Use ${FAULT_KINDS.join(', ')}.`);
  }
  if ((scenario['offline'] ?? null) !== null) {
    throw invalidOption('offline and sessions exclude each other', 'Leave one of them out.');
  }
  const { ratePerSecond, burst, ttlMs } = DEFAULTS;
  const refuses = fields['refuses'] ?? DEFAULTS.refuses;
  if (typeof refuses !== 'boolean') throw invalidOption("sessions.refuses can't be what it is", 'Say true or false.');
  const span = { most: LONGEST_SPAN_MS, whole: true };
  const isTold = (fields['retryWindowMs'] ?? null) !== null;
  return {
    ratePerSecond: number(fields, 'ratePerSecond', { preset: ratePerSecond, least: 1 }, 'sessions'),
    burst: number(fields, 'burst', { preset: burst, least: 1 }, 'sessions'),
    refuses,
    retryWindowMs: isTold ? number(fields, 'retryWindowMs', span, 'sessions') : null,
    ttlMs: number(fields, 'ttlMs', { preset: ttlMs, least: 1, ...span }, 'sessions'),
  };
}
