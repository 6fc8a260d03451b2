import { expect, it } from 'vitest';
import { latestWrites } from '../../../src/node/latestWrites.ts';

/** Writes that end when the test says so, oldest first. */
function held() {
  const begun: string[] = [];
  const ends: { resolve(): void; reject(error: Error): void }[] = [];
  const writes = latestWrites((key, value) => {
    begun.push(`${key}=${value}`);
    return new Promise((resolve, reject) => ends.push({ resolve, reject }));
  });
  const end = async (error?: Error) => {
    const oldest = ends.shift();
    if (error === undefined) oldest?.resolve();
    else oldest?.reject(error);
    for (let i = 0; i < 10; i += 1) await null;
  };
  return { ...writes, begun, end };
}

it('runs one write of a key at a time, and of those that wait only the newest', async () => {
  const { write, begun, end } = held();
  const all = Promise.all(['1', '2', '3', '4'].map((value) => write('a', value)));
  expect(begun).toEqual(['a=1']);
  await end();
  expect(begun).toEqual(['a=1', 'a=4']);
  await end();
  await all;
  void write('a', undefined);
  expect(begun).toEqual(['a=1', 'a=4', 'a=undefined']);
});

it('does not let one key wait for another', () => {
  const { write, begun } = held();
  void write('a', '1');
  void write('b', '1');
  expect(begun).toEqual(['a=1', 'b=1']);
});

it('goes on after a write that failed, whose own caller is told', async () => {
  const { write, begun, end } = held();
  const first = write('a', '1');
  const second = write('a', '2');
  const told = expect(first).rejects.toThrow('full');
  await end(new Error('full'));
  await told;
  expect(begun).toEqual(['a=1', 'a=2']);
  await end();
  await second;
});

it('tells all whose value gave way when the write of the newest failed', async () => {
  const { write, end } = held();
  const [first, second, third] = ['1', '2', '3'].map((value) => write('a', value));
  const told = Promise.all([expect(second).rejects.toThrow('full'), expect(third).rejects.toThrow('full')]);
  await end();
  await first;
  await end(new Error('full'));
  await told;
});

it('is settled when the last write has ended, well or badly', async () => {
  const { write, settled, end } = held();
  await settled('a');
  const writes = [write('a', '1'), write('a', '2')].map((each) => each.catch(() => {}));
  let over = false;
  const wait = settled('a').then(() => {
    over = true;
  });
  await end();
  expect(over).toBe(false);
  await end(new Error('full'));
  await wait;
  await Promise.all(writes);
});
