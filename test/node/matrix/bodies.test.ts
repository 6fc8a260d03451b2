import { describe, expect, it } from 'vitest';
import type { Failover } from '../../../src/index.node.ts';
import type { Server } from '../../rig/cluster.ts';
import { contentBytes } from '../../rig/server/content.ts';
import { useRig } from '../../rig/vitest.ts';
import { eventually, stateOf, useClients } from './clients.ts';

const rig = useRig();
const client = useClients();
const SIZE = 400_000;

/** Reads a file chunk by chunk; `onStart` is called once its first bytes are there. */
async function download(failover: Failover, seed: string, onStart?: () => Promise<void>): Promise<boolean> {
  const response = await failover.fetch(`/file?size=${SIZE}&seed=${seed}&pauseMs=20`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) {
    if (chunks.length === 0) await onStart?.();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).equals(contentBytes(seed, 0, SIZE));
}

function rangesOf(server: Server): (string | null)[] {
  return server.counts().received.map(({ range }) => range);
}

describe('a download', () => {
  it('goes on at the second host when the first one is killed, if their ETags are the same', async () => {
    const [a, b] = [await rig.server({ name: 'a' }), await rig.server({ name: 'b' })];
    const failover = client({ hosts: [a.url, b.url], sharedEtags: true });
    expect(await download(failover, 's', () => a.kill())).toBe(true);
    expect(rangesOf(a)).toEqual([null]);
    expect(rangesOf(b)).toEqual([expect.stringMatching(/^bytes=[1-9]\d*-399999$/)]);
  });

  it('goes on at the first host when that is back in time, if their ETags are their own', async () => {
    const [a, b] = [await rig.server({ name: 'a' }), await rig.server({ name: 'b' })];
    const failover = client({ hosts: [a.url, b.url] });
    const restart = (): Promise<void> => a.restart();
    expect(await download(failover, 's', restart)).toBe(true);
    expect(rangesOf(a)).toEqual([null, expect.stringMatching(/^bytes=[1-9]\d*-399999$/)]);
    expect(rangesOf(b)).toEqual([]);
  });
});

describe('bodies that break', () => {
  it('send a host away when they are all that it gives', async () => {
    const [a, b] = [
      await rig.server({ name: 'a', mode: { kind: 'resetMidBody', probes: 'spared' } }),
      await rig.server({ name: 'b' }),
    ];
    const failover = client({ hosts: [a.url, b.url] });
    for (let turn = 0; turn < 3; turn++) await failover.http.get('item/1').json();
    await eventually('it is left', () => failover.status.current === b.url);
    expect(failover.status.hosts[0]).toMatchObject({ state: 'ejected', why: 'broken-body' });
  });

  it('are forgiven a host that gives whole ones in between', async () => {
    const [a, b] = [await rig.server({ name: 'a' }), await rig.server({ name: 'b' })];
    const failover = client({ hosts: [a.url, b.url] });
    for (let turn = 0; turn < 6; turn++) {
      await a.mode({ kind: 'resetMidBody', times: 1 });
      await failover.http.get('item/1').json();
      await failover.http.get('item/1').json();
    }
    expect(stateOf(failover, a.url)).toBe('up');
    expect(a.counts().work).toBe(12);
  });
});
