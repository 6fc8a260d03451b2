import { SwitchoverError } from '../../policy/error.ts';

export const storeClosed = (): SwitchoverError =>
  new SwitchoverError('CLOSED', 'The session store is closed.', {
    remedy: 'Close what uses a store before the store.',
  });

export const storeFull = (what: string): SwitchoverError =>
  new SwitchoverError(
    'STORE_FULL',
    `The session store holds as many ${what} as it may, and all its sessions are alive.`,
    {
      remedy: 'Raise `total`, or spread the clients over more stores.',
    },
  );

export const transactionOver = (): SwitchoverError =>
  new SwitchoverError('TRANSACTION_OVER', 'The transaction is over: its message was accepted, or given back.', {
    remedy: 'Wait for all work on a message before its handler returns.',
  });
