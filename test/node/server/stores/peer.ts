import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type {
  AcceptedMessage,
  Apply,
  SessionStore,
  StoreNews,
  StoreTransaction,
} from '../../../../src/server/sessionStore.ts';
import type { StoreLimitOptions } from '../../../../src/server/stores/limits.ts';
import type { Payload } from '../../../../src/session/payload.ts';
import type { Ask, Tell } from './peerProtocol.ts';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly apply?: Apply<StoreTransaction>;
}

/** A process of its own that has the same file open. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(news: StoreNews) => void>();
  #asked = 0;

  constructor() {
    const program = join(import.meta.dirname, 'programs/peer.ts');
    this.#child = fork(program, [], { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'] });
    this.#child.on('message', (told: Tell) => void this.#onTold(told));
  }

  open(path: string, limits: StoreLimitOptions): Promise<unknown> {
    return this.#ask({ kind: 'open', path, limits });
  }

  pass(ms: number): Promise<unknown> {
    return this.#ask({ kind: 'pass', ms });
  }

  close(): void {
    this.#child.kill();
  }

  /** The store as that process has it. What a handler appends there goes along with its end. */
  get store(): SessionStore {
    const call = (method: string, args: readonly unknown[], apply?: Apply<StoreTransaction>) =>
      this.#ask({ kind: 'call', method, args }, apply) as Promise<never>;
    return {
      run: (request) => call('run', [request]),
      accept: (request, apply) => call('accept', [request], apply),
      sessionsOf: (subject) => call('sessionsOf', [subject]),
      collect: () => call('collect', []),
      close: () => call('close', []),
      watch: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      leases: {
        acquire: (...args) => call('leases.acquire', args),
        release: (...args) => call('leases.release', args),
        read: (...args) => call('leases.read', args),
      },
    };
  }

  #ask(
    ask:
      | { kind: 'open'; path: string; limits: StoreLimitOptions }
      | { kind: 'call'; method: string; args: readonly unknown[] }
      | { kind: 'pass'; ms: number },
    apply?: Apply<StoreTransaction>,
  ): Promise<unknown> {
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, ...(apply === undefined ? {} : { apply }) });
      this.#child.send({ ...ask, id } satisfies Ask);
    });
  }

  async #onTold(told: Tell): Promise<void> {
    if (told.kind === 'news') {
      for (const listener of this.#listeners) listener(told.news as StoreNews);
      return;
    }
    const waiting = this.#waiting.get(told.id);
    if (told.kind === 'apply') {
      const applied = await this.#apply(told.accepted, waiting?.apply);
      this.#child.send({ kind: 'applied', id: told.applyId, ...applied } satisfies Ask);
      return;
    }
    this.#waiting.delete(told.id);
    if (told.kind === 'answer') waiting?.resolve(told.value);
    else waiting?.reject(Object.assign(new Error(told.message), { code: told.code }));
  }

  async #apply(accepted: AcceptedMessage, apply: Apply<StoreTransaction> | undefined) {
    const appends: [string, Payload][] = [];
    const append = (sid: string, payload: Payload) => appends.push([sid, payload]) > 0;
    try {
      await apply?.(accepted, { append });
      return { appends };
    } catch (error) {
      return { appends, error: { code: (error as { code?: unknown }).code } };
    }
  }
}
