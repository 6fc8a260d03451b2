import { SwitchoverError } from '../../policy/error.ts';

/** Why a socket ended that was not closed by its app: as `shouldReconnect` said, refused twice, or too many rounds. */
export type Objection = 'told' | 'refused' | 'rounds';

/** What the app is told of it. */
export function failureOf(objection: Objection, code: number, cause: unknown): SwitchoverError | undefined {
  if (objection === 'told') return undefined;
  return objection === 'refused'
    ? new SwitchoverError('CREDENTIAL_REFUSED', `The server refused this socket (${code}).`, {
        remedy: 'Make another one with good credentials.',
        cause,
      })
    : new SwitchoverError('HOSTS_FAILED', 'No host has opened this socket.', {
        remedy: 'See the pool’s status, and the cause.',
        cause,
      });
}

export const closedEarly = (): SwitchoverError =>
  new SwitchoverError('CLOSED', 'The socket was closed before it was open.', { remedy: 'Make another one.' });
