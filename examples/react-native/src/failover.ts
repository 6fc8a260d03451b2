import AsyncStorage from '@react-native-async-storage/async-storage';
import NetInfo from '@react-native-community/netinfo';
import { AppState } from 'react-native';
import * as Keychain from 'react-native-keychain';
import { createFailover } from 'switchover';
import { reactNative } from 'switchover/react-native';

/** Your servers, best first. On Android, `adb reverse` leads these to your machine: see the README. */
const HOSTS = ['http://localhost:8001', 'http://localhost:8002'];

/** Who is asking to be signed in, while somebody is. */
let asking: string | null = null;

/** Everything that the app sends goes through this. */
export const failover = createFailover({
  hosts: HOSTS,
  name: 'quay',
  ...reactNative({ appState: AppState, netInfo: NetInfo, storage: AsyncStorage, secrets: Keychain }),
  session: {
    async open({ fetch }) {
      if (asking === null) throw new Error('Nobody has signed in.');
      const headers = { 'Content-Type': 'application/json' };
      const answer = await fetch('/api/sign-in', { method: 'POST', headers, body: JSON.stringify({ name: asking }) });
      if (!answer.ok) throw new Error(`Signing in was answered with ${answer.status}.`);
      return (await answer.json()) as { token: string };
    },
  },
});

/** Who is signed in, and the token that lets them into the room. */
export interface Me {
  readonly name: string;
  readonly token: string;
}

/** What somebody said. */
export interface Line {
  readonly id: number;
  readonly author: string;
  readonly text: string;
  readonly server: string;
}

/** Null: nobody is signed in. */
export async function whoAmI(): Promise<Me | null> {
  try {
    return await failover.http.get('api/me').json<Me>();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'SESSION_OPEN_FAILED' || code === 'SESSION_LOST') return null;
    throw error;
  }
}

/** Opens a session under a name; null where the server does not take it. */
export async function signIn(name: string): Promise<Me | null> {
  asking = name;
  try {
    return await whoAmI();
  } finally {
    asking = null;
  }
}

/** Ends the session at the server and here. The token leaves the key store even where no server answers. */
export async function signOut(): Promise<void> {
  try {
    await failover.fetch('/api/sign-out', { method: 'POST' });
  } finally {
    await failover.session?.end();
  }
}

/** What was said last, oldest first. */
export const history = (): Promise<readonly Line[]> => failover.http.get('api/history').json<readonly Line[]>();
