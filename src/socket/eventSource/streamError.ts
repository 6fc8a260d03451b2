import { SwitchoverError } from '../../policy/error.ts';

const REMEDIES = {
  STREAM_BROKEN: 'Nothing need be done: the stream is opened again.',
  STREAM_REFUSED: 'See what the server has against this URL and these headers. Redirects want none but Authorization.',
  STREAM_ENDED: 'Make a new EventSource if there may be more.',
  EVENT_TOO_LARGE: 'Raise maxEventChars, or have the server send less.',
};

/** Why there is no stream from a host: for now, where it broke; else for good. */
export function streamError(code: keyof typeof REMEDIES, host: string, why: string, cause?: unknown): SwitchoverError {
  return new SwitchoverError(code, `No event stream from ${host}: ${why}.`, { remedy: REMEDIES[code], cause });
}
