import type { KeyValueStore } from '../runtime/ports.ts';
import { isSecretKey } from '../site/names.ts';
import { TokensApart } from './tokensApart.ts';

/** Two stores as one: tokens lie with the secrets, all else in the other. */
export function parted(store: KeyValueStore, secrets: KeyValueStore): KeyValueStore {
  const plain = new TokensApart(store, secrets);
  const of = (key: string) => (isSecretKey(key) ? secrets : plain);
  const locks = store.locks;
  return {
    get: (key) => of(key).get(key),
    set: (key, value) => of(key).set(key, value),
    delete: (key) => of(key).delete(key),
    async update(key, change) {
      const there = isSecretKey(key) ? secrets : store;
      if (there.update !== undefined) return there.update(key, change);
      const next = change(await there.get(key));
      await (next === undefined ? there.delete(key) : there.set(key, next));
    },
    ...(locks === undefined ? {} : { locks }),
    ...(store.ready === undefined ? {} : { ready: store.ready }),
    ...(store.volatile === true && secrets.volatile === true ? { volatile: true } : {}),
  };
}
