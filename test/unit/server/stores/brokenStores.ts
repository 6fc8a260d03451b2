import type { MakeStore, StoreUnderTest } from '../../../../src/server/conformance/harness.ts';
import type {
  AcceptRequest,
  PlainRequest,
  SessionStore,
  StoreTransaction,
} from '../../../../src/server/sessionStore.ts';
import type { StoreResult } from '../../../../src/session/serverState.ts';
import { memoryUnderTest } from './memoryUnderTest.ts';

type Attached = Extract<StoreResult, { kind: 'attached' }>;
type Attach = Extract<PlainRequest, { op: 'attach' }>;
type Ways = Partial<SessionStore>;

/** A store in memory, broken in one way. */
function broken(breakIt: (store: SessionStore) => Ways, limits?: object): MakeStore {
  return (asked) => {
    const made = memoryUnderTest(limits === undefined ? asked : { ...asked, ...limits });
    return { ...made, store: { ...boundTo(made.store), ...breakIt(made.store) } };
  };
}

const boundTo = (store: SessionStore): SessionStore => ({
  run: (request) => store.run(request),
  accept: (request, apply) => store.accept(request, apply),
  sessionsOf: (subject) => store.sessionsOf(subject),
  watch: (listener) => store.watch(listener),
  collect: () => store.collect(),
  close: () => store.close(),
  leases: store.leases,
});

/** Broken in what it does with requests, and in what it answers. */
const steps = (
  ask: (request: PlainRequest) => PlainRequest,
  answer: (result: StoreResult, request: PlainRequest) => StoreResult = (result) => result,
) => broken((store) => ({ run: async (request) => answer(await store.run(ask(request)), request) }));

const attaching = (ask: (request: Attach) => Attach) =>
  steps((request) => (request.op === 'attach' ? ask(request) : request));
const answering = (answer: (result: Attached, request: Attach) => StoreResult) =>
  steps(
    (request) => request,
    (result, request) => (result.kind === 'attached' && request.op === 'attach' ? answer(result, request) : result),
  );

/** Broken in what a transaction does. */
const transactions = (wrap: (inner: StoreTransaction, store: SessionStore) => StoreTransaction) =>
  broken((store) => ({
    accept: (request, apply) => store.accept(request, (accepted, inner) => apply(accepted, wrap(inner, store))),
  }));

const batches = (ask: (request: AcceptRequest) => AcceptRequest) =>
  broken((store) => ({ accept: (request, apply) => store.accept(ask(request), apply) }));

/** Puts the newest epoch, stream or token in place of what a connection shows. */
function forgiving(what: readonly ('epoch' | 'stream' | 'hash' | 'subject')[]): MakeStore {
  return broken((store) => {
    const newest = new Map<string, Record<string, unknown>>();
    const trust = <R extends PlainRequest | AcceptRequest>(request: R): R => {
      const known = newest.get(request.sid) ?? {};
      const put = what.filter((name) => name in request && name in known).map((name) => [name, known[name]]);
      return { ...request, ...Object.fromEntries(put) };
    };
    return {
      accept: (request, apply) => store.accept(trust(request), apply),
      async run(request) {
        const result = await store.run(trust(request));
        if (result.kind === 'attached' && request.op === 'attach') {
          const { sid, epoch, stream, subject } = result.record;
          newest.set(sid, { epoch, stream, subject, hash: request.fresh.hash });
        }
        return result;
      },
    };
  });
}

/** Every call waits for the one before. */
function oneAtATime(): MakeStore {
  return broken((store) => {
    let last: Promise<unknown> = Promise.resolve();
    const inTurn = <T>(call: () => T | Promise<T>): Promise<T> => {
      const mine = last.then(call);
      last = mine.catch(() => {});
      return mine;
    };
    return {
      run: (request) => inTurn(() => store.run(request)),
      accept: (request, apply) => inTurn(() => store.accept(request, apply)),
    };
  });
}

const withoutDedupe = broken((store) => ({
  accept(request, apply) {
    const fresh = new Set<number>();
    const { sid, stream, epoch } = request;
    return Promise.resolve(
      store.accept(request, (accepted, transaction) => {
        fresh.add(accepted.message.seq);
        return apply(accepted, transaction);
      }),
    ).then(async (result) => {
      for (const message of request.items) {
        if (message.kind === 'lost' || fresh.has(message.seq)) continue;
        const append: StoreTransaction['append'] = (to, payload) => {
          void store.run({ op: 'append', sid: to, id: 0, payload });
          return true;
        };
        await apply({ sid, subject: 'ann', stream, epoch, message }, { append });
      }
      return result;
    });
  },
}));

const withoutKeys = batches((request) => ({
  ...request,
  items: request.items.map((item) => (item.kind === 'message' ? { ...item, key: null } : item)),
}));

const withLeases = (breakIt: (leases: SessionStore['leases']) => Partial<SessionStore['leases']>) =>
  broken(({ leases }) => ({
    leases: {
      acquire: (...args) => leases.acquire(...args),
      release: (...args) => leases.release(...args),
      read: (name) => leases.read(name),
      ...breakIt(leases),
    },
  }));

function raising(): MakeStore {
  let epoch = 0;
  return withLeases((leases) => ({
    acquire: async (...args) => ({ ...(await leases.acquire(...args)), epoch: ++epoch }),
  }));
}

const withoutPersistence: MakeStore = (limits) => {
  const made = memoryUnderTest(limits) as StoreUnderTest;
  return { ...made, reopen: async () => memoryUnderTest(limits).store };
};

/** Each broken store, and a check that finds it out. */
export const BROKEN: readonly (readonly [flaw: string, found: RegExp, store: MakeStore])[] = [
  [
    'calls a first attach a loss',
    /begins a session for/,
    answering((one) => ({ ...one, lost: { s2c: 'unknown', c2s: null } })),
  ],
  ['forgets the numbers', /resumes a session/, answering((one) => ({ ...one, record: { ...one.record, rx: 0 } }))],
  ['has no fence', /only the newest connection/, forgiving(['epoch'])],
  ['lets many hold a session', /each of many who attach/, forgiving(['epoch'])],
  ['takes any stream', /means another stream/, forgiving(['stream'])],
  ['takes any token', /refuses a token/, forgiving(['hash', 'subject'])],
  ['keeps old tokens', /keeps a token until/, forgiving(['hash'])],
  [
    'calls a lost session whole',
    /begins a session anew/,
    answering((one) => ({ ...one, lost: { s2c: null, c2s: null } })),
  ],
  ['believes its log', /begins another stream/, attaching((request) => ({ ...request, rx: 0 }))],
  [
    'hides what is missing',
    /tells exactly what is missing/,
    attaching((request) => ({ ...request, rx: 99, txLow: 1 })),
  ],
  ['lists sessions that have ended', /lists the sessions/, listingAll()],
  [
    'answers with the number before',
    /numbers messages from 1/,
    steps(
      (request) => request,
      (one) => (one.kind === 'appended' ? { ...one, seq: one.seq - 1 } : one),
    ),
  ],
  [
    'bends bytes',
    /byte for byte/,
    steps((request) =>
      request.op === 'append'
        ? {
            ...request,
            payload: { ...request.payload, text: Buffer.from(request.payload.text, 'latin1').toString('latin1') },
          }
        : request,
    ),
  ],
  [
    'reads all there is',
    /reads after a number/,
    steps((request) => (request.op === 'read' ? { ...request, count: 1e9, bytes: 1e9 } : request)),
  ],
  [
    'keeps what is acknowledged',
    /lets go of what is acknowledged/,
    steps((request) => (request.op === 'acknowledge' ? { ...request, rx: 0 } : request)),
  ],
  ['keeps everything', /lets go of the oldest/, broken(() => ({}), { replay: {} })],
  [
    'appends for nobody',
    /append for a session/,
    steps(
      (request) => request,
      (one, request) =>
        one.kind === 'failed' && request.op === 'append'
          ? { kind: 'appended', id: request.id, stream: 'r', seq: 1, payload: request.payload }
          : one,
    ),
  ],
  ['tells nobody', /tells who watches/, broken(() => ({ watch: () => () => {} }))],
  [
    'miscounts',
    /counts what it holds/,
    broken((store) => ({ collect: async () => ({ ...(await store.collect()), bytes: 0 }) })),
  ],
  [
    'swaps senders',
    /accepts messages in order/,
    broken((store) => ({
      accept: (request, apply) =>
        store.accept(request, (one, transaction) => apply({ ...one, subject: one.sid }, transaction)),
    })),
  ],
  ['has no dedupe', /accepts a message once/, withoutDedupe],
  [
    'closes gaps',
    /accepts nothing where a number is missing/,
    batches((request) => ({
      ...request,
      items: request.items.filter(
        ({ kind, seq }, at) => kind === 'lost' || at === 0 || request.items[at - 1]?.seq === seq - 1,
      ),
    })),
  ],
  [
    'swallows what was given up',
    /passes over numbers/,
    broken((store) => ({
      accept: async (request, apply) => {
        const result = await store.accept(request, apply);
        return result.kind === 'accepted' ? { ...result, gaps: [] } : result;
      },
    })),
  ],
  ['forgets keys', /accepts a key once for/, withoutKeys],
  ['forgets keys under way', /two sessions bring it/, withoutKeys],
  ['drops appends', /commits what an application appends/, transactions(() => ({ append: () => true }))],
  [
    'promises appends to nobody',
    /there is no session to append to/,
    transactions((inner) => ({ append: (sid, payload) => inner.append(sid, payload) || true })),
  ],
  [
    'appends at once',
    /leaves no trace of a message whose handler throws/,
    transactions((_, store) => ({
      append: (sid, payload) => store.run({ op: 'append', sid, id: 0, payload }) !== null,
    })),
  ],
  [
    'appends before a promise is kept',
    /leaves no trace of a message whose handler rejects/,
    transactions((_, store) => ({
      append: (sid, payload) => store.run({ op: 'append', sid, id: 0, payload }) !== null,
    })),
  ],
  [
    'waits for no handler',
    /waits for a handler/,
    broken((store) => ({
      accept: (request, apply) =>
        store.accept(request, (one, transaction) => {
          void Promise.resolve(apply(one, transaction)).catch(() => {});
        }),
    })),
  ],
  ['does one thing at a time', /goes on with all else/, oneAtATime()],
  ['does what was taken over twice', /commits a message once/, withoutDedupe],
  [
    'never ends a transaction',
    /takes nothing more for a transaction/,
    transactions((_, store) => ({
      append: (sid, payload) => store.run({ op: 'append', sid, id: 0, payload }) !== null,
    })),
  ],
  ['keeps sessions for ever', /keeps a session for its time/, attaching((request) => ({ ...request, ttlMs: 1e9 }))],
  [
    'lets sessions die that live',
    /keeps a session for as long as/,
    steps((request) => (request.op === 'acknowledge' ? { ...request, ttlMs: 100 } : request)),
  ],
  ['has no end of sessions', /to make room/, broken(() => ({}), { total: {} })],
  ['has no end of bytes', /no more than so many bytes/, broken(() => ({}), { total: {} })],
  ['keeps keys for ever', /forgets keys/, broken(() => ({}), { keys: {} })],
  ['does not persist', /keeps everything where it is opened again/, withoutPersistence],
  ['goes on after its end', /does nothing more once it is closed/, broken(() => ({ close: () => {} }))],
  [
    'gives a lease to everybody',
    /gives a lease to one/,
    withLeases(() => ({ acquire: (name, holder, ttlMs) => ({ name, holder, epoch: 1, leftMs: ttlMs }) })),
  ],
  ['raises the epoch at each renewal', /renews a lease/, raising()],
  [
    'never raises the epoch',
    /raises the epoch/,
    withLeases((leases) => ({ acquire: async (...args) => ({ ...(await leases.acquire(...args)), epoch: 1 }) })),
  ],
  [
    'takes leases back from anybody',
    /takes a lease back/,
    withLeases((leases) => ({
      release: async (name) => {
        const kept = await leases.read(name);
        if (kept !== null) await leases.release(name, kept.holder, kept.epoch);
      },
    })),
  ],
];

function listingAll(): MakeStore {
  return broken((store) => {
    const all = new Map<string, string[]>();
    return {
      async run(request) {
        const result = await store.run(request);
        if (result.kind === 'attached' && request.op === 'attach') {
          all.set(request.subject, [...(all.get(request.subject) ?? []), result.record.sid]);
        }
        return result;
      },
      sessionsOf: (subject) => all.get(subject) ?? [],
    };
  });
}
