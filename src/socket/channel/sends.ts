import { SwitchoverError, type SwitchoverErrorCode } from '../../policy/error.ts';
import type { ClientEvent, Refusal } from '../../session/clientState.ts';
import { payloadOf } from '../../session/payload.ts';
import type { MessageData, SendOptions } from './types.ts';

type SendEvent = Extract<ClientEvent, { kind: 'send' }>;

/** A message whose sender waits to hear what became of it. */
export interface Pending {
  resolve(): void;
  reject(error: unknown): void;
  /** Set while the message waits for room: how to end that. */
  readonly signal: AbortSignal | undefined;
}

/** What became of a message that was surely not accepted. */
const REFUSALS: Readonly<Record<Refusal, readonly [SwitchoverErrorCode, string, string]>> = {
  full: ['OUTBOX_FULL', 'The outbox is full.', 'Send less, or give the outbox more room.'],
  dropped: ['OUTBOX_FULL', 'The message made room for a newer one.', 'Send less, or give the outbox more room.'],
  expired: ['EXPIRED', 'The message was not sent in time.', 'Give it more time, or none.'],
  'bad-key': ['INVALID_MESSAGE', 'The key can not be sent.', 'Take 1 to 128 ASCII letters and digits.'],
  cancelled: ['EXPIRED', 'The message was taken back.', 'Nothing.'],
  'too-large': ['TOO_LARGE', 'The message is larger than the server or the outbox takes.', 'Send it in parts.'],
  stopped: ['CLOSED', 'The channel was closed, and the message not sent.', 'Open a new one to go on.'],
};

export const refusalOf = (why: Refusal): SwitchoverError => errorOf(...REFUSALS[why]);

export const unknownFate = (): SwitchoverError =>
  errorOf(
    'UNKNOWN_FATE',
    'The session was lost while the message was on its way.',
    'Find out whether it took effect; a message with a key is sent again by itself.',
  );

export function errorOf(code: SwitchoverErrorCode, message: string, remedy: string, cause?: unknown): SwitchoverError {
  return new SwitchoverError(code, message, { remedy, cause });
}

/**
 * Makes an event of what the application wants to send.
 *
 * @throws SwitchoverError `INVALID_MESSAGE`.
 */
export function readMessage(id: number, data: MessageData, { key, ttlMs }: SendOptions): SendEvent {
  const bytes =
    data instanceof ArrayBuffer
      ? new Uint8Array(data)
      : ArrayBuffer.isView(data)
        ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        : data;
  const payload = payloadOf(bytes);
  if (payload === null) throw invalid('The message has no form in JSON', 'Send a JSON value or bytes.');
  if (ttlMs !== undefined && !(typeof ttlMs === 'number' && ttlMs >= 0))
    throw invalid('ttlMs is no time', 'Give milliseconds.');
  return { kind: 'send', id, payload, key, ttlMs: ttlMs === Infinity ? undefined : ttlMs };
}

const invalid = (complaint: string, remedy: string): SwitchoverError =>
  errorOf('INVALID_MESSAGE', `${complaint}.`, remedy);
