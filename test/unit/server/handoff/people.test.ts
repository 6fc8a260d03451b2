import { expect, test } from 'vitest';
import { createHandoff } from '../../../../src/server/handoff/createHandoff.ts';
import type { HandoffOptions } from '../../../../src/server/handoff/options.ts';

const A = 'https://a.example.com';
const B = 'https://b.example.com';

/** Asks host b as a page does. */
function hostB(people: Partial<Record<'verify' | 'current' | 'open', unknown>>) {
  const known = { verify: () => ({ subject: 'ann' }), current: () => null, open: () => ({}) };
  const handoff = createHandoff({ origins: [A, B], ...known, ...people } as HandoffOptions);
  const post = async (step: string, origin: string, body: object) =>
    handoff(
      new Request(`${B}/switchover-handoff/${step}`, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
  const mint = async () => post('mint', A, { token: 'shown' });
  const redeem = async () => post('redeem', B, { code: (await (await mint()).json()).code, from: A });
  return { mint, redeem };
}

test('an application that answers with nothing knows nobody, and lets nobody in', async () => {
  expect((await hostB({ verify: () => undefined }).mint()).status).toBe(401);
  expect((await hostB({ current: () => undefined }).redeem()).status).toBe(200);
  expect((await hostB({ open: () => undefined }).redeem()).status).toBe(403);
});

test('two users without a subject are not taken for one', async () => {
  for (const nobody of [{}, { subject: '' }, { subject: 7 }]) {
    await expect(hostB({ verify: () => nobody }).mint()).rejects.toThrow(/verify .* subject/);
    await expect(hostB({ current: () => nobody }).redeem()).rejects.toThrow(/current .* subject/);
  }
});
