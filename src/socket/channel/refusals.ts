import { SwitchoverError, type SwitchoverErrorCode } from '../../policy/error.ts';
import type { Refusal } from '../../session/clientState.ts';

export function errorOf(code: SwitchoverErrorCode, message: string, remedy: string, cause?: unknown): SwitchoverError {
  return new SwitchoverError(code, message, { remedy, cause });
}

const KEY = 'Take 1 to 128 visible ASCII characters without " and \\.';
const ROOM = 'Send less, or give the outbox more room.';

/** What is said of a message that was surely not accepted. */
const REFUSALS: Readonly<Record<Refusal, readonly [SwitchoverErrorCode, string, string]>> = {
  'bad-key': ['INVALID_MESSAGE', 'The key can not be sent.', KEY],
  full: ['OUTBOX_FULL', 'The outbox is full.', ROOM],
  dropped: ['OUTBOX_FULL', 'The message made room for a newer one.', ROOM],
  expired: ['EXPIRED', 'The message was not sent in time.', 'Give it more time, or none.'],
  'too-large': ['TOO_LARGE', 'The message is larger than the server, or the outbox, takes.', 'Send it in parts.'],
  cancelled: ['EXPIRED', 'The message was taken back.', 'Nothing: its signal said so.'],
  stopped: ['CLOSED', 'The channel has stopped.', 'See its state; open another to go on.'],
};

export const refusalOf = (why: Refusal): SwitchoverError => errorOf(...REFUSALS[why]);

export const unknownFate = (): SwitchoverError =>
  errorOf(
    'UNKNOWN_FATE',
    'The session was lost with the message on its way.',
    'Find out whether it took effect. One with a key is sent again by itself.',
  );
