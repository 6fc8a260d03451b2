import { describe, expect, test } from 'vitest';
import { A, B, channelWorld, Disk } from './world.ts';

const ignored = (promise: Promise<unknown>): void => void promise.catch(() => {});

/** What a page that moves to another host takes along, or leaves behind. */
const copyOf = (disk: Disk): Disk => new Disk(new Map(disk.values));

describe('two copies of what a channel has stored', () => {
  test('send a message once that was written before there was any session', async () => {
    const storage = new Disk();
    const { channel, open, servers, pass } = channelWorld({ channel: { storage }, network: { [A]: 'refuse' } });
    for (const host of [A, B]) servers.manners.set(host, 'refuses');
    ignored(channel.send('first'));
    ignored(channel.send('second'));
    await pass(0);
    const left = copyOf(storage);
    const taken = copyOf(storage);
    storage.dead = true;
    servers.manners.clear();
    await open({ storage: taken }).send('third');
    await open({ storage: left }).send('from the one left behind');
    expect(servers.got).toEqual(['first', 'second', 'third', 'from the one left behind']);
  });

  test('send a message once that was not on its way when the session was copied', async () => {
    const storage = new Disk();
    const { channel, open, servers, pass, hear, news } = channelWorld({ channel: { storage } });
    await channel.send('first');
    servers.vanish(A);
    for (const host of [A, B]) servers.manners.set(host, 'refuses');
    ignored(channel.send('second'));
    await pass(0);
    const left = copyOf(storage);
    const taken = copyOf(storage);
    storage.dead = true;
    servers.manners.clear();
    const here = open({ storage: taken });
    ignored(here.send('third'));
    await pass(60_000);
    const behind = open({ storage: left });
    hear(behind, 'left: ');
    await pass(60_000);
    ignored(behind.send('fourth'));
    await pass(60_000);
    expect(servers.got).toEqual(['first', 'second', 'third', 'fourth']);
    // The other copy has the session: what becomes of the message is no longer this one's to say.
    expect(news()).toContain('left: warning UNKNOWN_FATE');
  });
});
