import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LeaseRecord } from '../../leaseStore.ts';

/** The leases of a store in SQLite. A lease that was given up keeps its epoch, so that the next one has a higher. */
export class SqliteLeases {
  readonly #find: StatementSync;
  readonly #keep: StatementSync;
  readonly #release: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT holder, epoch, expires_at FROM switchover_leases WHERE name = ?');
    this.#keep = database.prepare('INSERT OR REPLACE INTO switchover_leases VALUES (?, ?, ?, ?)');
    this.#release = database.prepare(
      'UPDATE switchover_leases SET expires_at = ? WHERE name = ? AND holder = ? AND epoch = ?',
    );
  }

  acquire(name: string, holder: string, ttlMs: number, nowMs: number): LeaseRecord {
    const kept = this.read(name, nowMs);
    const held = kept !== null && kept.leftMs > 0;
    if (held && kept.holder !== holder) return kept;
    const epoch = held ? kept.epoch : (kept?.epoch ?? 0) + 1;
    this.#keep.run(name, holder, epoch, nowMs + ttlMs);
    return { name, holder, epoch, leftMs: ttlMs };
  }

  release(name: string, holder: string, epoch: number, nowMs: number): void {
    this.#release.run(nowMs, name, holder, epoch);
  }

  read(name: string, nowMs: number): LeaseRecord | null {
    const row = this.#find.get(name);
    if (row === undefined) return null;
    const leftMs = Number(row['expires_at']) - nowMs;
    return { name, holder: String(row['holder']), epoch: Number(row['epoch']), leftMs };
  }
}
