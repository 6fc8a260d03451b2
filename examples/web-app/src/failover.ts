import { createFailover } from 'switchover';
import { handoff } from 'switchover/browser';

/** Put there by Vite, from vite.config.ts. */
declare const HOSTS: readonly string[];

const NAME = 'quay';

/** First of all: a page that comes from the other host has a code in its address, which stands for the session that comes along. */
const moves = handoff({ hosts: HOSTS, name: NAME });

let asking: string | null = null;

/**
 * Everything that the app sends goes through this. The token of its session, and what waits to be sent, lie in the browser's
 * database: a reload, another tab and a page of the other host find them there.
 */
export const failover = createFailover({
  hosts: HOSTS,
  name: NAME,
  storage: moves.storage,
  session: {
    async open({ fetch }) {
      if (asking === null) throw new Error('Nobody has signed in.');
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch('/api/sign-in', { method: 'POST', headers, body: JSON.stringify({ name: asking }) });
      if (!answer.ok) throw new Error(`Signing in was answered with ${answer.status}.`);
      return answer.json() as Promise<{ token: string }>;
    },
  },
});

/** Who is signed in, and the token that lets them into the room. */
export interface Me {
  readonly name: string;
  readonly token: string;
}

/** Null: nobody is signed in. */
export async function whoAmI(): Promise<Me | null> {
  try {
    return await failover.http.get('api/me').json<Me>();
  } catch (error) {
    if (code(error) === 'SESSION_OPEN_FAILED' || code(error) === 'SESSION_LOST') return null;
    throw error;
  }
}

/** Opens a session under a name. */
export async function signIn(name: string): Promise<Me | null> {
  asking = name;
  try {
    return await whoAmI();
  } finally {
    asking = null;
  }
}

export async function signOut(): Promise<void> {
  try {
    await failover.fetch('/api/sign-out', { method: 'POST' });
  } finally {
    await failover.session?.end();
  }
}

const code = (error: unknown): unknown => (error as { code?: unknown }).code;
