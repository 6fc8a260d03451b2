import { describe, expect, it } from 'vitest';
import { encryptedStore, idbStore, registerWorker, SwitchoverError } from '../../../src/browser/index.ts';
import { memoryStore } from '../../../src/runtime/memoryStore.ts';
import { affinityKey, healthKey, isSharedKey, movesKey, sessionKey } from '../../../src/site/names.ts';

const store = memoryStore();

/** The code and the remedy of what a call throws. */
function refusal(call: () => unknown): readonly [string, boolean] {
  try {
    call();
  } catch (error) {
    if (SwitchoverError.is(error)) return [error.code, error.remedy.length > 5];
  }
  return ['nothing', false];
}

describe('what can’t be meant is refused at once', () => {
  it.each<[string, () => unknown]>([
    ['a store with an option that nobody knows', () => idbStore({ databse: 'x' } as never)],
    ['a store without a name', () => idbStore({ database: '' })],
    ['a store with a name that is no text', () => idbStore({ database: 7 as never })],
    ['encryption with an option that nobody knows', () => encryptedStore(store, { key: 'x' } as never)],
    ['encryption that takes the clear in another way', () => encryptedStore(store, { clear: 'keep' as never })],
    ['encryption without a place for its key', () => encryptedStore(store, { keyDatabase: '' })],
    ['a worker with an option that nobody knows', () => registerWorker({ path: '/x' } as never)],
    ['a worker without a script', () => registerWorker('')],
    ['a worker whose scope is no text', () => registerWorker({ scope: 1 as never })],
    ['a worker of another type', () => registerWorker({ type: 'shared' as never })],
  ])('%s', (_what, call) => {
    expect(refusal(call)).toEqual(['INVALID_OPTION', true]);
  });
});

describe('where there is no browser', () => {
  it('a store says so at its first call', async () => {
    await expect(idbStore().get('a')).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      remedy: expect.stringContaining('no IndexedDB'),
    });
  });

  it('a worker is not supported, and nothing happens', async () => {
    const worker = registerWorker();
    await Promise.all([worker.update(), worker.activateWaiting(), worker.unregister()]);
    expect([worker.state, worker.waiting, await worker.ready]).toEqual(['unsupported', false, false]);
  });
});

it('what the worker must read is stored in the clear, and nothing that is secret', () => {
  const name = 'https://a.example.com https://b.example.com';
  expect([healthKey(name), movesKey(name)].map(isSharedKey)).toEqual([true, true]);
  const secrets = [
    sessionKey(name),
    affinityKey(name),
    'switchover:channel:/chat',
    'switchover:channel:x:health',
    'my:health',
  ];
  expect(secrets.map(isSharedKey)).toEqual([false, false, false, false, false]);
});
