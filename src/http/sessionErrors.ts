import { SwitchoverError } from '../policy/error.ts';
import type { HostConfig } from '../policy/topology.ts';

const AGAIN = 'The next request opens a new session.';

/** Every error of a session. None of them shows a token; causes are what the app's own code has thrown. */
export function openFailed({ origin }: HostConfig, cause: unknown): SwitchoverError {
  return new SwitchoverError('SESSION_OPEN_FAILED', `The session could not be opened at ${origin}.`, {
    remedy: 'See the cause: what `open` threw. The next request tries again.',
    cause,
  });
}

export function resumeRefused({ origin }: HostConfig, cause: unknown): SwitchoverError {
  return lost(`The session could not be resumed at ${origin}.`, AGAIN, cause);
}

export function tokenRejected({ origin }: HostConfig): SwitchoverError {
  return lost(`${origin} refused the token, and there is no resume.`, 'A new session is being opened.');
}

export function strangers(): SwitchoverError {
  const remedy = 'A new session is opened. Keep one of the hosts in the list, or give each set of hosts its own key.';
  return lost("The session belongs to other hosts, and its token is not sent to the present list's.", remedy);
}

export function sessionEnded(): SwitchoverError {
  return lost('The session was ended.', AGAIN);
}

export function sessionOver(): SwitchoverError {
  return lost(
    'The session that this request began in is over.',
    'Send it again if it is still wanted: in a new session.',
  );
}

export function tokenRefused({ origin }: HostConfig): SwitchoverError {
  return new SwitchoverError(
    'TOKEN_REFUSED',
    `A session's token is not sent to ${origin}: it is neither https nor local.`,
    {
      remedy: 'Use https, or send the request with failover: { session: false }.',
    },
  );
}

export function unsendable(): SwitchoverError {
  return new SwitchoverError('SESSION_OPEN_FAILED', "The token can't be sent: attach gave no valid headers.", {
    remedy: 'Let attach return an object of header names and texts without line breaks.',
  });
}

export function readyFailed({ origin }: HostConfig, cause: unknown): SwitchoverError {
  return new SwitchoverError('READY_FAILED', `onReady failed at ${origin}.`, {
    remedy: 'See the cause. Requests went on without it; it runs again when the host is landed on again.',
    cause,
  });
}

export function overdue({ origin }: HostConfig, limitMs: number): SwitchoverError {
  return new SwitchoverError('TIMEOUT', `The session's own code for ${origin} took longer than ${limitMs} ms.`, {
    remedy: 'Let it use the fetch and the signal that it is given, or raise timeout.totalMs.',
  });
}

function lost(message: string, remedy: string, cause?: unknown): SwitchoverError {
  return new SwitchoverError('SESSION_LOST', message, { remedy, cause });
}
