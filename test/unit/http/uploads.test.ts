import { describe, expect, it } from 'vitest';
import { createFetch, type FetchOptions } from '../../../src/http/createFetch.ts';
import { bufferedBodies } from '../../../src/http/requestBody.ts';
import { A, B, letter, world } from '../runtime/world.ts';
import { drain, fakeBody, rejection, reset, settle, utf8 } from './fakes.ts';

const CHUNKS = ['one ', 'two ', 'three'].map(utf8);

/** How a host treats an upload: refuses the connection, breaks it after some chunks, or reads it all. */
type Treatment = 'refuse' | 'ok' | { readonly readThenBreak: number };

/** A client that uploads a stream, and what each host read of it. */
function uploader(hosts: Record<string, Treatment>, parts: FetchOptions = { bodies: bufferedBodies(5) }) {
  const read: string[] = [];
  const w = world({
    fetch: async (input, init) => {
      const origin = new URL(String(input)).origin;
      const treatment = hosts[origin] ?? 'ok';
      const stream = new Response(init?.body ?? null).body;
      if (treatment === 'refuse') {
        const cause = Object.assign(new Error(), { code: 'ECONNREFUSED', syscall: 'connect' });
        throw new TypeError('fetch failed', { cause });
      }
      if (treatment === 'ok') read.push(`${letter(origin)} ${new TextDecoder().decode(await drain(stream))}`);
      else {
        const reader = stream?.getReader();
        for (let chunks = 0; chunks < treatment.readThenBreak; chunks++) await reader?.read();
        throw new TypeError('fetch failed', { cause: Object.assign(reset(), { code: 'ECONNRESET' }) });
      }
      return new Response('done');
    },
  });
  const body = fakeBody(CHUNKS);
  const fetch = createFetch(w.pool, parts);
  const send = (method: string) =>
    fetch('/upload', { method, body: body.stream, duplex: 'half' } as RequestInit & { duplex: 'half' });
  return { send, read, body };
}

describe('an upload of a stream', () => {
  it('goes to another host where the first one got nothing of it, whatever its method', async () => {
    const { send, read } = uploader({ [A]: 'refuse' });
    expect((await send('POST')).status).toBe(200);
    expect(read).toEqual(['b one two three']);
  });

  it('is not sent again once more of it was read than is held, and its source is ended', async () => {
    const { send, read, body } = uploader({ [A]: { readThenBreak: 2 } });
    expect(await rejection(send('PUT'))).toMatchObject({ code: 'NOT_REPLAYABLE' });
    await settle();
    expect([read, body.cancelled.length]).toEqual([[], 1]);
  });

  it('that no host takes ends its source', async () => {
    const { send, body } = uploader({ [A]: 'refuse', [B]: { readThenBreak: 0 } });
    expect(await rejection(send('POST'))).toMatchObject({ code: 'NOT_REPLAYABLE' });
    await settle();
    expect(body.cancelled).toHaveLength(1);
  });

  it('without the part for it is refused, and neither read nor sent', async () => {
    const { send, read, body } = uploader({}, {});
    expect(await rejection(send('POST'))).toMatchObject({ code: 'INVALID_REQUEST' });
    expect([read, body.pulled]).toEqual([[], 0]);
  });
});
