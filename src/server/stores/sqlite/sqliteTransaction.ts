import type { DatabaseSync } from 'node:sqlite';
import { SwitchoverError } from '../../../policy/error.ts';
import type { StoreTransaction } from '../../sessionStore.ts';
import { StagedTransaction } from '../staging.ts';

/** What a handler of messages can do in the transaction that accepts its message. */
export interface SqliteTransaction extends StoreTransaction {
  /**
   * The database itself: what is written through it commits with the message, or not at all. Only for handlers that do not wait. A
   * handler must not end the transaction, nor begin one, and errors of the database have to leave it.
   *
   * @throws SwitchoverError `TRANSACTION_OVER` after the handler has waited for something.
   */
  readonly database: DatabaseSync;
  /**
   * Calls `write` in the transaction that accepts the message, once the handler is done: for handlers that wait. It must not wait itself;
   * what it throws is as if the handler had.
   *
   * @throws SwitchoverError `TRANSACTION_OVER` after the handler's end.
   */
  atCommit(write: (database: DatabaseSync) => void): void;
}

/** The transaction of one message. */
export class MessageTransaction extends StagedTransaction implements SqliteTransaction {
  readonly #database: DatabaseSync;
  readonly #writes: ((database: DatabaseSync) => void)[] = [];
  #waited = false;
  #touched = false;

  constructor(database: DatabaseSync, exists: (sid: string) => boolean) {
    super(exists);
    this.#database = database;
  }

  get database(): DatabaseSync {
    this.assertOpen();
    if (this.#waited) throw waitedFault('TRANSACTION_OVER');
    this.#touched = true;
    return this.#database;
  }

  atCommit(write: (database: DatabaseSync) => void): void {
    this.assertOpen();
    this.#writes.push(write);
  }

  /**
   * The handler has returned a promise: no transaction stays open for that, or all other processes would wait for it.
   *
   * @throws SwitchoverError `HANDLER_FAILED` where it has used the database already: that has to be undone.
   */
  wait(): void {
    this.#waited = true;
    if (this.#touched) throw waitedFault('HANDLER_FAILED');
  }

  /** Does what was put off. In the transaction, and as the last thing. */
  finish(): void {
    for (const write of this.#writes) write(this.#database);
    this.end();
  }
}

const waitedFault = (code: 'TRANSACTION_OVER' | 'HANDLER_FAILED') =>
  new SwitchoverError(code, 'A handler that waits has used `transaction.database`.', {
    remedy:
      'Write in `transaction.atCommit((database) => …)`, or make the handler a plain function that returns nothing.',
  });
