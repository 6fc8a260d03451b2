import type { AttachRequest, AttachResult } from '../../session/sessionRecord.ts';
import { broken } from './brokenPromise.ts';

interface Tokens {
  readonly made: ReadonlyMap<string, { readonly sid: string; readonly epoch: number }>;
  readonly dead: ReadonlySet<string>;
}

/** Who may do what: only the newest connection of a session, only its subject, and only with a token that lives. */
export class Rights {
  /** By hash, the session and the epoch that a token was made for. */
  #made = new Map<string, { readonly sid: string; readonly epoch: number }>();
  #dead = new Set<string>();
  readonly #subjects = new Map<string, string>();
  /** By session and stream: one that begins anew has a right to old numbers. */
  readonly #epochs = new Map<string, number>();
  #backup: Tokens | null = null;

  attached(request: AttachRequest, result: AttachResult): void {
    if (result.kind !== 'attached') return;
    const { sid, epoch, subject, stream } = result.record;
    const name = `${sid}/${stream}`;
    const owner = this.#subjects.get(sid) ?? request.subject;
    if (owner !== request.subject || subject !== owner) broken(`${request.subject} opened ${sid}, which is ${owner}'s`);
    if (sid === request.sid && this.#dead.has(request.hash)) broken(`a dead token opened ${sid}`);
    if (epoch <= (this.#epochs.get(name) ?? 0)) broken(`${sid} has epoch ${epoch} twice`);
    this.#subjects.set(sid, subject);
    this.#epochs.set(name, epoch);
    this.#made.set(request.fresh.hash, { sid, epoch });
  }

  /** The store did what a connection asked. With that, the tokens of the epochs before have to be dead. */
  used(op: string, sid: string, stream: string, epoch: number): void {
    const current = this.#epochs.get(`${sid}/${stream}`);
    if (current !== undefined && current !== epoch) broken(`${op} of epoch ${epoch} in ${current} of ${sid}`);
    if (op === 'read') return;
    for (const [hash, made] of this.#made) {
      if (made.sid !== sid || made.epoch >= epoch) continue;
      this.#dead.add(hash);
      this.#made.delete(hash);
    }
  }

  backUp(): void {
    this.#backup = { made: new Map(this.#made), dead: new Set(this.#dead) };
  }

  /** The store knows no more than it knew then: a token that has died since lives again. */
  restore(): void {
    if (this.#backup === null) return;
    this.#made = new Map(this.#backup.made);
    this.#dead = new Set(this.#backup.dead);
  }
}
