import type { SessionOptions } from '../../../src/index.node.ts';

/** A login and a resume as an app writes them. */
export const session: SessionOptions = {
  open: async ({ fetch }) => grantOf(await fetch('/login', { method: 'POST' })),
  resume: async ({ fetch, token }) =>
    grantOf(await fetch('/resume', { method: 'POST', headers: { authorization: `Bearer ${token}` } })),
};

async function grantOf(response: Response): Promise<{ token: string; instance: string }> {
  if (!response.ok) throw new Error(`The server said ${response.status}.`);
  return (await response.json()) as { token: string; instance: string };
}
