import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../../../runtime/ports.ts';
import type { StoreNews } from '../../sessionStore.ts';

/** Looks, now and then, for what other processes have done to sessions. A look costs microseconds where they have done nothing. */
export class NewsPoll {
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #writer: number;
  readonly #tell: (news: StoreNews) => void;
  readonly #version: StatementSync;
  readonly #change: StatementSync;
  readonly #changed: StatementSync;
  #cancel: (() => void) | null = null;
  #seen = { version: -1, change: 0 };

  constructor(
    database: DatabaseSync,
    clock: Clock,
    options: { readonly pollMs: number; readonly writer: number; readonly tell: (news: StoreNews) => void },
  ) {
    this.#clock = clock;
    this.#pollMs = options.pollMs;
    this.#writer = options.writer;
    this.#tell = options.tell;
    // Changes with what other connections commit, and with nothing else.
    this.#version = database.prepare('PRAGMA data_version');
    this.#change = database.prepare('SELECT change FROM switchover_state');
    this.#changed = database.prepare(
      'SELECT sid, epoch, tx FROM switchover_sessions WHERE changed > ? AND writer <> ? ORDER BY changed',
    );
  }

  /** Begins with what is done from now on. */
  start(): void {
    if (this.#cancel !== null) return;
    this.#seen = this.#now() ?? this.#seen;
    this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #schedule(): void {
    this.#cancel = this.#clock.setTimer(
      () => {
        this.#look();
        if (this.#cancel !== null) this.#schedule();
      },
      this.#pollMs,
      true,
    );
  }

  #look(): void {
    const now = this.#now(this.#seen.version);
    if (now === null) return;
    try {
      const rows = this.#changed.all(this.#seen.change, this.#writer);
      this.#seen = now;
      for (const { sid, epoch, tx } of rows) {
        // A row does not say which of the two it was. Who has heard of one passes over it.
        this.#tell({ kind: 'superseded', sid: String(sid), epoch: Number(epoch) });
        if (Number(tx) > 0) this.#tell({ kind: 'grown', sid: String(sid), tx: Number(tx) });
      }
    } catch {
      // The next look finds the same.
    }
  }

  /** Where the file stands; null where it stands as before, or can't be read now. */
  #now(before?: number): { readonly version: number; readonly change: number } | null {
    try {
      const version = Number(this.#version.get()?.['data_version']);
      return version === before ? null : { version, change: Number(this.#change.get()?.['change']) };
    } catch {
      return null;
    }
  }
}
