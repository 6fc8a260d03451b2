import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoreNews } from '../../sessionStore.ts';

interface Totals {
  sessions: number;
  messages: number;
  bytes: number;
  keys: number;
}

/** What one transaction knows of the whole store, and what is to be told once it has committed. */
export class UnitOfWork {
  /** The store's time, the same for all steps of the transaction. */
  nowMs = 0;
  /** The number of this transaction among all that have written. */
  change = 0;
  totals: Totals = { sessions: 0, messages: 0, bytes: 0, keys: 0 };
  news: StoreNews[] = [];
  readonly #load: StatementSync;
  readonly #save: StatementSync;

  constructor(database: DatabaseSync) {
    this.#load = database.prepare('SELECT change, sessions, messages, bytes, keys FROM switchover_state');
    this.#save = database.prepare(
      'UPDATE switchover_state SET mark_ms = ?, change = ?, sessions = ?, messages = ?, bytes = ?, keys = ?',
    );
  }

  begin(nowMs: number): void {
    const row = this.#load.get() ?? {};
    const number = (name: string) => Number(row[name]);
    this.nowMs = nowMs;
    this.change = number('change') + 1;
    const [sessions, messages, bytes, keys] = [number('sessions'), number('messages'), number('bytes'), number('keys')];
    this.totals = { sessions, messages, bytes, keys };
    this.news = [];
  }

  /** A point to come back to, where a step fails. */
  mark(): () => void {
    const totals = { ...this.totals };
    const told = this.news.length;
    return () => {
      this.totals = totals;
      this.news.length = told;
    };
  }

  /** Writes down what has changed, as the last thing before the commit. */
  save(): void {
    const { sessions, messages, bytes, keys } = this.totals;
    this.#save.run(this.nowMs, this.change, sessions, messages, bytes, keys);
  }
}
