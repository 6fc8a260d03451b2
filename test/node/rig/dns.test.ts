import { connect, type LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { failingName, failureOf, lookupFrom } from '../../rig/dns.ts';
import { useRig } from '../../rig/vitest.ts';
import { look } from './look.ts';

const rig = useRig();

/** `connect`, or the code of the error, of a connection by name. */
function dial(host: string, port: number, lookup: LookupFunction): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, lookup, autoSelectFamily: false });
    socket.once('connect', () => resolve('connect'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}

describe('a failing name', () => {
  it('fails in the resolver of every machine, each time a new one', async () => {
    expect(failingName()).not.toBe(failingName());
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(await failureOf(failingName()));
  });

  it('fails a plain fetch for the same reason', async () => {
    const seen = await look(`http://${failingName()}/`);
    expect(seen.end).toBe('broken before');
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(seen.code);
  });

  it('is not every name', async () => {
    expect(await failureOf('localhost')).toBeUndefined();
  });
});

describe('a made-up lookup', () => {
  it('leads names where it was told, or fails them', async () => {
    const { port } = await rig.server();
    const lookup = lookupFrom({ 'good.test': ['127.0.0.1'], 'gone.test': 'ENOTFOUND', 'mute.test': 'EAI_AGAIN' });
    expect(await dial('good.test', port, lookup)).toBe('connect');
    expect(await dial('gone.test', port, lookup)).toBe('ENOTFOUND');
    expect(await dial('mute.test', port, lookup)).toBe('EAI_AGAIN');
    expect(await dial('localhost', port, lookup)).toBe('connect');
  });

  it('gives all addresses to one who asks for all', async () => {
    const addresses = await new Promise((resolve) => {
      lookupFrom({ 'two.test': ['::1', '127.0.0.1'] })('two.test', { all: true }, (_, all) => resolve(all));
    });
    expect(addresses).toEqual([
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]);
  });
});
