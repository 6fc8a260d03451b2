import { SwitchoverError } from '../../policy/error.ts';

/** The stream is gone, or a host did not give it, and it is being sought. */
export function broken(host: string, why: string, cause?: unknown): SwitchoverError {
  const remedy = 'Nothing need be done: the stream is opened again.';
  return new SwitchoverError('STREAM_BROKEN', `No event stream from ${host}: ${why}.`, { remedy, cause });
}

export function refused(host: string, why: string): SwitchoverError {
  return new SwitchoverError('STREAM_REFUSED', `${host} refuses the event stream: ${why}.`, {
    remedy: 'See what the server has against this URL and these headers; redirects want no headers but Authorization.',
  });
}

export function ended(host: string): SwitchoverError {
  const remedy = 'Make a new EventSource if there may be more.';
  return new SwitchoverError('STREAM_ENDED', `${host} has ended the event stream with 204.`, { remedy });
}

export function tooLarge(host: string, maxChars: number): SwitchoverError {
  return new SwitchoverError('EVENT_TOO_LARGE', `${host} sent an event of more than ${maxChars} characters.`, {
    remedy: 'Raise maxEventChars, or have the server send less.',
  });
}
