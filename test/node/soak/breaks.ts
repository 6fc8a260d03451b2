/** The product with a part left out, as seen through its public ports. Each must make the checker complain in its own way. */
import type { KeyValueStore } from '../../../src/runtime/ports.ts';
import type { AcceptRequest, SessionStore, StoreTransaction } from '../../../src/server/index.ts';
import type { StoreResult } from '../../../src/session/serverState.ts';
import { sleep } from '../../rig/wait.ts';
import type { Break } from './orders.ts';
import { after, storePort } from './storePort.ts';

export function brokenStore<Transaction extends StoreTransaction>(
  store: SessionStore<Transaction>,
  broken: Break | undefined,
): SessionStore<Transaction> {
  if (broken === 'no-dedupe') return withoutDedupe(store);
  if (broken === 'no-fence') return withoutFence(store);
  if (broken === 'no-commit') return withoutCommit(store);
  return store;
}

/**
 * Knows no more of what it has accepted than the client does: it says at each attach that it has nothing of what the client still
 * holds, takes all that comes as if for the first time, and knows no keys.
 */
function withoutDedupe<Transaction extends StoreTransaction>(
  store: SessionStore<Transaction>,
): SessionStore<Transaction> {
  /** By connection: by how much the numbers of the store are ahead of the client's. */
  const ahead = new Map<string, number>();
  const nameOf = ({ sid, epoch }: { readonly sid: string; readonly epoch: number }) => `${sid}:${epoch}`;
  return {
    ...storePort(store),
    run: (request) =>
      after(store.run(request), (result) => {
        if (request.op !== 'attach' || result.kind !== 'attached' || result.result === 'new') return result;
        const { record } = result;
        const rx = Math.min(record.rx, Math.max(0, request.txLow - 1));
        ahead.set(nameOf(record), record.rx - rx);
        return { ...result, record: { ...record, rx } };
      }),
    accept(request, apply) {
      const by = ahead.get(nameOf(request)) ?? 0;
      const items = request.items.map((item) => (item.kind === 'lost' ? item : { ...item, key: null }));
      const moved = items.map((item) => ({ ...item, seq: item.seq + by }));
      const answer = store.accept({ ...request, items: moved }, (accepted, transaction) => {
        const { message } = accepted;
        return apply({ ...accepted, message: { ...message, seq: message.seq - by } }, transaction);
      });
      return after(answer, (result) =>
        result.kind === 'accepted'
          ? { ...result, rx: result.rx - by, gaps: result.gaps.map(([from, to]) => [from - by, to - by] as const) }
          : result,
      );
    },
  };
}

/** More attaches than a connection is ever behind. */
const EPOCHS_AHEAD = 50;

/** Does what a connection asks whether or not a newer one has the session, and tells nobody of a newer one. */
function withoutFence<Transaction extends StoreTransaction>(
  store: SessionStore<Transaction>,
): SessionStore<Transaction> {
  const whatever = async (first: number, ask: (epoch: number) => Promise<StoreResult>): Promise<StoreResult> => {
    let result = await ask(first);
    for (let by = 1; result.kind === 'fenced' && by <= EPOCHS_AHEAD; by += 1) result = await ask(first + by);
    return result;
  };
  return {
    ...storePort(store),
    run: async (request) =>
      'epoch' in request
        ? whatever(request.epoch, async (epoch) => store.run({ ...request, epoch }))
        : store.run(request),
    accept: (request, apply) =>
      whatever(request.epoch, async (epoch) =>
        store.accept({ ...request, epoch }, (accepted, transaction) =>
          apply({ ...accepted, epoch: request.epoch }, transaction),
        ),
      ),
    watch: (listener) => store.watch((news) => news.kind === 'superseded' || listener(news)),
  };
}

const COMMIT_DELAY_MS = 150;

/** Says that messages are accepted, and sees to it a little later. */
function withoutCommit<Transaction extends StoreTransaction>(
  store: SessionStore<Transaction>,
): SessionStore<Transaction> {
  return {
    ...storePort(store),
    accept(request, apply) {
      void sleep(COMMIT_DELAY_MS)
        .then(() => store.accept(request, apply))
        .catch(() => {});
      return { kind: 'accepted', rx: lastOf(request), gaps: [] };
    },
  };
}

const lastOf = ({ items }: AcceptRequest): number => items.at(-1)?.seq ?? 0;

/** Says that a value is stored, and keeps it in memory. */
export function withoutPersistence(): KeyValueStore {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    delete: (key) => void values.delete(key),
  };
}
