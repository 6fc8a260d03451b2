import { check, equal, holds, type StoreCheck } from './harness.ts';

/** Leases. */
export const LEASING: readonly StoreCheck[] = [
  check('gives a lease to one at a time, however many ask at once', async (hands) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const terms = await Promise.all(names.map((name) => hands.either.leases.acquire('job', name, 60_000)));
    equal(new Set(terms.map(({ holder }) => holder)).size, 1, 'how many hold it');
    equal(new Set(terms.map(({ epoch }) => epoch)).size, 1, 'how many terms there are');
    const other = await hands.either.leases.acquire('another', 'z', 60_000);
    equal(other.holder, 'z', 'another lease');
  }),

  check('renews a lease for its holder, under the same epoch', async (hands) => {
    const first = await hands.either.leases.acquire('job', 'a', 1_000);
    for (let round = 0; round < 3; round++) {
      await hands.made.pass(500);
      const { holder, epoch, leftMs } = await hands.either.leases.acquire('job', 'a', 1_000);
      equal([holder, epoch], ['a', first.epoch], 'a renewal');
      holds(leftMs > 500 && leftMs <= 1_000, `a renewal is for the whole time, not ${leftMs}`);
    }
    const { holder, leftMs } = await hands.either.leases.acquire('job', 'b', 60_000);
    equal(holder, 'a', 'who asks while it is held');
    holds(leftMs > 0 && leftMs <= 1_000, `what is left of it for who asks: ${leftMs}`);
  }),

  check('raises the epoch when a lease changes hands, and when it ran out', async (hands) => {
    const first = await hands.either.leases.acquire('job', 'a', 100);
    await hands.made.pass(200);
    const left = (await hands.either.leases.read('job'))?.leftMs ?? 1;
    holds(left <= 0, `what is left of a lease that has run out: ${left}`);
    const second = await hands.either.leases.acquire('job', 'a', 100);
    holds(second.epoch > first.epoch, 'a lease that ran out is taken again under a higher epoch');
    await hands.made.pass(200);
    const third = await hands.either.leases.acquire('job', 'b', 60_000);
    holds(third.epoch > second.epoch, 'a lease that changes hands has a higher epoch');
    const read = await hands.either.leases.read('job');
    equal([read?.name, read?.holder, read?.epoch], ['job', 'b', third.epoch], 'what is read');
    equal(await hands.either.leases.read('never'), null, 'a lease that was never taken');
  }),

  check('takes a lease back from its holder only, and only under its epoch', async (hands) => {
    const first = await hands.either.leases.acquire('job', 'a', 60_000);
    await hands.either.leases.release('job', 'b', first.epoch);
    await hands.either.leases.release('job', 'a', first.epoch - 1);
    equal((await hands.either.leases.acquire('job', 'b', 60_000)).holder, 'a', 'what others give back');
    await hands.either.leases.release('job', 'a', first.epoch);
    const next = await hands.either.leases.acquire('job', 'b', 60_000);
    equal(next.holder, 'b', 'a lease that was given back');
    holds(next.epoch > first.epoch, 'a lease that was given back has a higher epoch for the next');
    await hands.either.leases.release('job', 'a', first.epoch);
    equal((await hands.either.leases.read('job'))?.holder, 'b', 'what the last holder gives back too late');
  }),
];
