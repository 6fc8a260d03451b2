import { useCallback, useEffect, useState } from 'react';
import type { FailoverOptions } from 'switchover';
import { useFailover } from 'switchover/react';

/** Put there by Vite, from vite.config.ts. */
declare const HOSTS: readonly string[];

/** Who is signed in, and the token that lets them into the room. */
export interface Me {
  readonly name: string;
  readonly token: string;
}

let asking: string | null = null;

/** For the provider. The token of the session lies in the browser's database: a reload and another tab find it there. */
export const options: FailoverOptions = {
  hosts: HOSTS,
  name: 'jetty',
  session: {
    async open({ fetch }) {
      if (asking === null) throw new Error('Nobody has signed in.');
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch('/api/sign-in', { method: 'POST', headers, body: JSON.stringify({ name: asking }) });
      if (!answer.ok) throw new Error(`Signing in was answered with ${answer.status}.`);
      return answer.json() as Promise<{ token: string }>;
    },
  },
};

/** `asking`: no server has said yet who is signed in. */
export type Account =
  | { readonly kind: 'asking' }
  | { readonly kind: 'out'; readonly complaint: string | null }
  | { readonly kind: 'in'; readonly me: Me };

export function useAccount() {
  const failover = useFailover();
  const [account, setAccount] = useState<Account>({ kind: 'asking' });

  const ask = useCallback(async () => {
    try {
      setAccount({ kind: 'in', me: await failover.http.get('api/me').json<Me>() });
    } catch (error) {
      const { code, message } = error as { readonly code?: string; readonly message: string };
      // Without a name there is no session to open: that is no failure.
      const isOut = asking === null && (code === 'SESSION_OPEN_FAILED' || code === 'SESSION_LOST');
      setAccount({ kind: 'out', complaint: isOut ? null : message });
    }
  }, [failover]);

  useEffect(() => void ask(), [ask]);

  const signIn = async (name: string) => {
    asking = name;
    await ask();
    asking = null;
  };

  const signOut = async () => {
    // Without a server the token is forgotten here alone.
    await failover.fetch('/api/sign-out', { method: 'POST' }).catch(() => {});
    await failover.session?.end();
    setAccount({ kind: 'out', complaint: null });
  };

  return { account, signIn, signOut };
}
