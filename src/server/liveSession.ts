import type { MaybePromise } from '../runtime/ports.ts';
import type { Connection } from './connection.ts';
import { whole } from './serverOptions.ts';
import type { Identity, Session } from './session.ts';

/** A session, as the application holds it: a view of its connection. */
export class LiveSession<I extends Identity> implements Session<I> {
  readonly sid: string;
  readonly subject: string;
  readonly #connection: Connection<I>;
  readonly #send: (sid: string, data: unknown) => MaybePromise<boolean>;
  #identity: I;

  constructor(
    sid: string,
    identity: I,
    connection: Connection<I>,
    send: (sid: string, data: unknown) => MaybePromise<boolean>,
  ) {
    this.sid = sid;
    this.subject = identity.subject;
    this.#identity = identity;
    this.#connection = connection;
    this.#send = send;
  }

  get identity(): I {
    this.#identity = this.#connection.identity ?? this.#identity;
    return this.#identity;
  }

  get connected(): boolean {
    return this.#connection.state.kind === 'open';
  }

  send(data: unknown): MaybePromise<boolean> {
    return this.#send(this.sid, data);
  }

  end(): void {
    this.#connection.feed({ kind: 'end' });
  }

  renew(withinMs: number): void {
    this.#connection.renew(whole('withinMs', withinMs, 1));
  }
}
