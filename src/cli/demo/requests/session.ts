import type { SessionOptions } from '../../../index.node.ts';

/** How this app logs in, and how it makes itself known to a server that it has not met: all that a user has to write. */
export const session: SessionOptions = {
  open: ({ fetch }) => tokenFrom(fetch('/session', { method: 'POST', body: CREDENTIALS })),
  resume: ({ fetch, token }) =>
    tokenFrom(fetch('/session/resume', { method: 'POST', headers: { Authorization: `Bearer ${token}` } })),
};

const CREDENTIALS = JSON.stringify({ user: 'ada', password: 'demo' });

async function tokenFrom(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  if (!response.ok) throw new Error(`The server refused the session: ${response.status}.`);
  const { token } = (await response.json()) as { token: string };
  return token;
}
