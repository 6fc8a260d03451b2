import type {
  AppendedRow,
  AttachStep,
  ClientLine,
  ClientRecord,
  EffectRow,
  Evidence,
  HeldStep,
  ServerLine,
  ServerRecord,
} from '../../node/soak/records.ts';

const STEP_US = 1_000;

/** A soak of one client, `ann`, told line by line. Time goes on with each. */
export class Story {
  readonly #client: ClientLine[] = [];
  readonly #servers = new Map<string, ServerLine[]>();
  readonly #effects: EffectRow[] = [];
  readonly #appended: AppendedRow[] = [];
  #us = 0;

  client(...records: readonly ClientRecord[]): this {
    for (const record of records) this.#client.push({ us: this.pass(), ...record });
    return this;
  }

  server(name: string, ...records: readonly ServerRecord[]): this {
    const lines = this.#servers.get(name) ?? [];
    this.#servers.set(name, lines);
    for (const record of records) lines.push({ us: this.pass(), ...record });
    return this;
  }

  /** The store attaches a connection; the client opens it. */
  attach(
    epoch: number,
    result: 'resumed' | 'partial' | 'new',
    session = 'S',
    asked = epoch === 1 ? '' : session,
  ): this {
    this.answeredAttach(epoch, result, session, asked);
    return this.client({ kind: 'opened', sid: session, stream: `${session}-log`, epoch, result });
  }

  answeredAttach(epoch: number, result: AttachStep['result'], session: string, asked: string): this {
    const named = { sid: session, stream: `${session}-log`, epoch };
    const startUs = this.pass();
    return this.server('A', { kind: 'attach', subject: 'ann', asked, startUs, result, ...named });
  }

  step(op: HeldStep['op'], epoch: number, result: HeldStep['result'] = 'done', startUs = this.pass()): this {
    return this.server('A', { kind: 'step', op, sid: 'S', epoch, startUs, result });
  }

  /** Messages of the client that are sent, accepted and answered; `at` is the first one's number in the log. */
  talk(numbers: readonly number[], at: number, epoch = 1): this {
    for (const [index, n] of numbers.entries()) {
      this.sends(n)
        .effect(n, at + index, epoch)
        .answer(n, at + index);
      this.step('accept', epoch);
      this.client({ kind: 'accepted', n }, delivered(`re:ann:${n}`));
    }
    return this;
  }

  sends(n: number, how: { readonly keyed?: boolean; readonly perishable?: boolean } = {}): this {
    return this.client({ kind: 'sent', n, keyed: how.keyed ?? false, perishable: how.perishable ?? false });
  }

  effect(n: number, seq: number, epoch = 1, session = 'S'): this {
    this.#effects.push({ client: 'ann', n, sid: session, stream: `${session}-log`, seq, epoch });
    return this;
  }

  answer(n: number, seq: number): this {
    return this.append(`re:ann:${n}`, seq);
  }

  append(id: string, seq: number, session = 'S'): this {
    this.#appended.push({ sid: session, stream: `${session}-log`, seq, to: 'ann', id });
    return this;
  }

  push(id: string, seq: number): this {
    return this.server('A', { kind: 'push', id }).append(id, seq).server('A', { kind: 'pushed', id });
  }

  /** A moment passes, or more. */
  pass(us = STEP_US): number {
    this.#us += us;
    return this.#us;
  }

  get evidence(): Evidence {
    return {
      clients: new Map([['ann', this.#client]]),
      servers: this.#servers,
      effects: this.#effects,
      appended: this.#appended,
      ttlMs: 10_000,
      replayCount: 3,
    };
  }
}

export const start = (life: number): ClientRecord => ({ kind: 'start', life });
export const stopped = { kind: 'stopped' } as const;

export const delivered = (id: string): ClientRecord => ({ kind: 'delivered', id });
export const repeated = (id: string): ClientRecord => ({ kind: 'repeated', id });

export const gap = (
  range: Extract<ClientRecord, { kind: 'gap' }>['range'],
  direction: 's2c' | 'c2s' = 's2c',
): ClientRecord => ({ kind: 'gap', direction, stream: 'S-log', range });
