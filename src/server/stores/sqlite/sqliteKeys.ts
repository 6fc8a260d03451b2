import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { KeyLimits } from '../limits.ts';
import type { KeyTable } from '../steps.ts';
import type { UnitOfWork } from './unit.ts';

/** The idempotency keys of a store in SQLite, as one transaction sees them. */
export class SqliteKeys implements KeyTable {
  readonly #unit: UnitOfWork;
  readonly #limits: KeyLimits;
  readonly #has: StatementSync;
  readonly #add: StatementSync;
  readonly #renew: StatementSync;
  readonly #forgetExpired: StatementSync;
  readonly #forgetOldest: StatementSync;

  constructor(database: DatabaseSync, unit: UnitOfWork, limits: KeyLimits) {
    const oldest = 'SELECT subject, key FROM switchover_keys';
    const forget = 'DELETE FROM switchover_keys WHERE (subject, key) IN';
    this.#unit = unit;
    this.#limits = limits;
    this.#has = database.prepare('SELECT 1 FROM switchover_keys WHERE subject = ? AND key = ? AND expires_at > ?');
    this.#add = database.prepare('INSERT OR IGNORE INTO switchover_keys VALUES (?, ?, ?)');
    this.#renew = database.prepare('UPDATE switchover_keys SET expires_at = ? WHERE subject = ? AND key = ?');
    this.#forgetExpired = database.prepare(`${forget} (${oldest} WHERE expires_at <= ? LIMIT ?)`);
    this.#forgetOldest = database.prepare(`${forget} (${oldest} ORDER BY expires_at LIMIT ?)`);
  }

  has(subject: string, key: string, nowMs: number): boolean {
    return this.#has.get(subject, key, nowMs) !== undefined;
  }

  add(subject: string, key: string, expiresAtMs: number): void {
    if (Number(this.#add.run(subject, key, expiresAtMs).changes) > 0) this.#unit.totals.keys += 1;
    // It has expired, and was not collected yet.
    else this.#renew.run(expiresAtMs, subject, key);
  }

  /** Forgets what has expired, up to so many, and what is over the limit. */
  collect(most: number): void {
    const { totals, nowMs } = this.#unit;
    totals.keys -= Number(this.#forgetExpired.run(nowMs, most).changes);
    const over = Math.min(most, totals.keys - this.#limits.count);
    if (over > 0) totals.keys -= Number(this.#forgetOldest.run(over).changes);
  }
}
