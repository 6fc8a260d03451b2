import { describe, expect, test } from 'vitest';
import { A, B, channelWorld } from './world.ts';

describe('a channel', () => {
  test('is open at welcome, carries messages both ways, and resolves a send once the server has accepted', async () => {
    const { channel, servers, messages, listen, news, pass } = channelWorld();
    listen();
    const sent = channel.send({ hello: 1 });
    await pass(0);
    await sent;
    servers.speak('one', Uint8Array.of(1, 2));
    expect(servers.got).toEqual([{ hello: 1 }]);
    expect(messages).toEqual(['one', Uint8Array.of(1, 2)]);
    expect(news()).toEqual(['open a']);
  });

  test('goes on at another host when its host dies, with nothing lost, repeated or reordered', async () => {
    const { channel, servers, messages, listen, news, pass } = channelWorld();
    listen();
    await pass(0);
    servers.speak(1, 2);
    servers.kill(A);
    const sends = [channel.send('a'), channel.send('b')];
    await pass(1_000);
    await Promise.all(sends);
    servers.speak(3);
    expect(messages).toEqual([1, 2, 3]);
    expect(servers.got).toEqual(['a', 'b']);
    expect(servers.last.origin).toBe(B);
    expect(news()).toEqual(['open a', 'reconnecting -', 'resumed', 'open b']);
  });
});
