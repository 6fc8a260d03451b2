import type { MaybePromise } from '../../runtime/ports.ts';
import { type Payload, payloadOf } from '../../session/payload.ts';
import type { LogEntry, StoreResult } from '../../session/serverState.ts';
import type { Incoming } from '../../session/sessionRecord.ts';
import type { AcceptedMessage, Apply, SessionStore, StoreTransaction } from '../sessionStore.ts';
import type { StoreLimitOptions } from '../stores/limits.ts';

/** A store that is to be checked, and what its surroundings can do. */
export interface StoreUnderTest {
  /** Empty at first, with the limits that were asked for. */
  readonly store: SessionStore;
  /**
   * Another way to the same sessions: a second process, a second connection. The checks then use both in turn. Default: there is none.
   */
  readonly other?: SessionStore;
  /** Closes the store and opens it again, as after a restart. Default: what it holds ends with it. */
  readonly reopen?: () => MaybePromise<SessionStore>;
  /** Lets time pass by the store's clock, in milliseconds. */
  readonly pass: (ms: number) => MaybePromise<void>;
  /** Called at the end of each check. */
  readonly dispose?: () => MaybePromise<void>;
}

/** Makes a store for one check. */
export type MakeStore = (limits: StoreLimitOptions) => MaybePromise<StoreUnderTest>;

/** One rule that every store keeps. */
export interface StoreCheck {
  /** The rule, as a sentence about a store. */
  readonly name: string;
  /** Rejects where the store breaks it. */
  run(makeStore: MakeStore): Promise<void>;
}

/** How long a session of the checks lives where that is not what is checked, in milliseconds. */
const LONG_MS = 60_000;

/** How often, and how long each time, the checks wait for what should come soon. */
const SOON_WAITS = 200;
const SOON_MS = 20;

export interface Held {
  readonly sid: string;
  readonly epoch: number;
  readonly stream: string;
}

/** A connection of the checks: what it holds, and the token that it was given. */
export interface Attached extends Held {
  readonly hash: string;
  readonly subject: string;
  readonly answer: Extract<StoreResult, { kind: 'attached' }>;
}

export interface AttachWish {
  readonly subject?: string;
  readonly from?: Attached;
  readonly hash?: string;
  readonly rx?: number;
  readonly txLow?: number;
  readonly stream?: string;
  readonly ttlMs?: number;
}

/** A store in the hands of a check. Calls go through the one and the other way to it in turn. */
export class Hands {
  readonly made: StoreUnderTest;
  #store: SessionStore;
  #turn = 0;
  #drawn = 0;

  constructor(made: StoreUnderTest) {
    this.made = made;
    this.#store = made.store;
  }

  /** The store, the first way: for what one process alone has to see. */
  get store(): SessionStore {
    return this.#store;
  }

  get either(): SessionStore {
    this.#turn += 1;
    return this.#turn % 2 === 0 ? this.#store : (this.made.other ?? this.#store);
  }

  async reopen(): Promise<boolean> {
    if (this.made.reopen === undefined) return false;
    this.#store = await this.made.reopen();
    return true;
  }

  attachRaw(wish: AttachWish = {}): Promise<StoreResult> {
    return this.#ask(wish, this.#names()).then(({ result }) => result);
  }

  async attach(wish: AttachWish = {}): Promise<Attached> {
    const names = this.#names();
    const { result, subject } = await this.#ask(wish, names);
    if (result.kind !== 'attached') throw new Error(`attach answered ${JSON.stringify(result)}`);
    const { sid, epoch, stream } = result.record;
    return { sid, epoch, stream, subject, hash: names.hash, answer: result };
  }

  async append(sid: string, data: unknown): Promise<number> {
    const result = await this.either.run({ op: 'append', sid, id: 7, payload: payload(data) });
    if (result.kind !== 'appended') throw new Error(`append answered ${JSON.stringify(result)}`);
    equal([result.id, result.payload], [7, payload(data)], 'the answer to an append names what was appended');
    holds(result.stream !== '', 'the answer to an append names the log');
    return result.seq;
  }

  async read(held: Held, after = 0, room = { count: 1_000, bytes: 1e9 }): Promise<readonly LogEntry[]> {
    const result = await this.either.run({ op: 'read', ...heldOf(held), after, ...room });
    if (result.kind !== 'read') throw new Error(`read answered ${JSON.stringify(result)}`);
    return result.entries;
  }

  /** What the log holds, as values. */
  async log(held: Held): Promise<unknown[]> {
    return (await this.read(held)).map(({ payload: { text } }) => JSON.parse(text));
  }

  async accept(
    held: Held,
    items: readonly Incoming[],
    apply: Apply<StoreTransaction> = () => {},
  ): Promise<StoreResult> {
    return await this.either.accept({ op: 'accept', ...heldOf(held), items }, apply);
  }

  async acknowledge(held: Held, rx: number, ttlMs = LONG_MS): Promise<StoreResult> {
    return await this.either.run({ op: 'acknowledge', ...heldOf(held), rx, ttlMs });
  }

  async end(held: Held): Promise<StoreResult> {
    return await this.either.run({ op: 'end', ...heldOf(held) });
  }

  /** What a call gives that must not wait for anything: one that does is no reason to wait for ever. */
  async soon<T>(call: MaybePromise<T>, rule: string): Promise<T> {
    let settled = false;
    const work = Promise.resolve(call).finally(() => {
      settled = true;
    });
    work.catch(() => {});
    for (let waits = 0; waits < SOON_WAITS && !settled; waits++) await this.made.pass(SOON_MS);
    if (!settled) throw new Error(`${rule}: waits for something`);
    return work;
  }

  async #ask({ subject, from, hash, rx = 0, txLow = 1, stream, ttlMs = LONG_MS }: AttachWish, fresh: Names) {
    const who = subject ?? from?.subject ?? 'ann';
    const shown = { sid: from?.sid ?? '', stream: stream ?? from?.stream ?? '', hash: hash ?? from?.hash ?? 'none' };
    const request = { op: 'attach', ...shown, rx, txLow, subject: who, fresh, ttlMs } as const;
    return { result: await this.either.run(request), subject: who };
  }

  #names(): Names {
    this.#drawn += 1;
    return { sid: `sid-${this.#drawn}`, stream: `stream-${this.#drawn}`, hash: `hash-${this.#drawn}` };
  }
}

interface Names {
  readonly sid: string;
  readonly stream: string;
  readonly hash: string;
}

export const heldOf = ({ sid, epoch, stream }: Held): Held => ({ sid, epoch, stream });

export function payload(data: unknown): Payload {
  const made = payloadOf(data);
  if (made === null) throw new Error('no payload');
  return made;
}

export const message = (seq: number, data: unknown = seq, key: string | null = null): Incoming => ({
  kind: 'message',
  seq,
  key,
  data,
});

/** An application that notes what it was given. */
export function noting(): { readonly apply: Apply<StoreTransaction>; readonly seen: AcceptedMessage[] } {
  const seen: AcceptedMessage[] = [];
  return { seen, apply: (accepted) => void seen.push(accepted) };
}

export function check(name: string, body: (hands: Hands) => Promise<void>, limits: StoreLimitOptions = {}): StoreCheck {
  return {
    name,
    async run(makeStore) {
      const made = await makeStore(limits);
      try {
        await body(new Hands(made));
      } finally {
        await made.dispose?.();
      }
    },
  };
}

/** Compares by what JSON says of them. */
export function equal(got: unknown, wanted: unknown, rule: string): void {
  const [a, b] = [sorted(got), sorted(wanted)];
  if (a !== b) throw new Error(`${rule}: got ${a}, not ${b}`);
}

export function holds(met: boolean, rule: string): void {
  if (!met) throw new Error(rule);
}

/** The code with which a call rejects, or what it answers instead. */
export async function codeOf(call: MaybePromise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
  }
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
