import type { AcceptedMessage, AcceptRequest, StoreTransaction } from '../../../../../src/server/sessionStore.ts';
import {
  type SqliteSessionStore,
  sqliteSessionStoreBy,
} from '../../../../../src/server/stores/sqlite/sqliteSessionStore.ts';
import type { Ask, Tell } from '../peerProtocol.ts';

/** Has the store of a file open, and does what its parent asks for: the second process of the tests. */

let store: SqliteSessionStore | null = null;
let nowMs = 0;
let applies = 0;
const applying = new Map<number, (done: Extract<Ask, { kind: 'applied' }>) => void>();

const tell = (told: Tell) => process.send?.(told);

async function apply(id: number, accepted: AcceptedMessage, transaction: StoreTransaction): Promise<void> {
  const applyId = ++applies;
  const done = await new Promise<Extract<Ask, { kind: 'applied' }>>((resolve) => {
    applying.set(applyId, resolve);
    tell({ kind: 'apply', id, applyId, accepted });
  });
  for (const [sid, payload] of done.appends) transaction.append(sid, payload);
  if (done.error !== undefined) throw done.error;
}

function open(path: string, limits: object): void {
  store?.close();
  nowMs = 1_000;
  store = sqliteSessionStoreBy({ path, ...limits, pollMs: 5 }, { boot: 'test', now: () => nowMs });
  store.watch((news) => tell({ kind: 'news', news }));
}

function call(id: number, method: string, args: readonly unknown[]): unknown {
  const [first] = args;
  if (store === null) throw new Error('nothing is open');
  if (method === 'accept') {
    return store.accept(first as AcceptRequest, (accepted, transaction) => apply(id, accepted, transaction));
  }
  const [group, name] = method.includes('.') ? [store.leases, method.split('.')[1]] : [store, method];
  return (group as unknown as Record<string, (...values: readonly unknown[]) => unknown>)[name ?? '']?.(...args);
}

async function answer(ask: Exclude<Ask, { kind: 'applied' }>): Promise<unknown> {
  if (ask.kind === 'open') return open(ask.path, ask.limits);
  if (ask.kind === 'call') return call(ask.id, ask.method, ask.args);
  nowMs += ask.ms;
  return undefined;
}

process.on('message', (ask: Ask) => {
  if (ask.kind === 'applied') {
    applying.get(ask.id)?.(ask);
    return;
  }
  answer(ask).then(
    (value) => tell({ kind: 'answer', id: ask.id, value }),
    (error) => tell({ kind: 'error', id: ask.id, code: error?.code, message: String(error?.message) }),
  );
});
process.on('disconnect', () => process.exit());
