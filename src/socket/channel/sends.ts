import type { SwitchoverError } from '../../policy/error.ts';
import { reasonOf } from '../../runtime/abortReason.ts';
import type { Clock } from '../../runtime/ports.ts';
import type { ClientEvent } from '../../session/clientState.ts';
import { payloadOf } from '../../session/payload.ts';
import { errorOf, refusalOf } from './refusals.ts';
import type { MessageData, SendOptions } from './types.ts';

type SendEvent = Extract<ClientEvent, { kind: 'send' }>;

/** A message whose sender waits to hear what became of it. */
interface Pending {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly event: SendEvent;
  /** When it becomes stale; Infinity: never. */
  readonly untilMs: number;
  readonly signal: AbortSignal | undefined;
  /** Ends what listens to its signal, and the timer of its wait. */
  leave: () => void;
}

/** What was sent and is not settled, and what waits for room in the outbox, in order. */
export class Sends {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #tell: (event: ClientEvent) => void;
  readonly #pending = new Map<number, Pending>();
  #waiting: readonly number[] = [];
  #refused = 0;
  #lastId = 0;

  /** @param most That many may be pending: as many as the outbox takes, and as many that wait for room. */
  constructor(clock: Clock, most: number, tell: (event: ClientEvent) => void) {
    this.#clock = clock;
    this.#most = most;
    this.#tell = tell;
  }

  send(data: MessageData, options: SendOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      const event = readMessage(this.#lastId + 1, data, options);
      if (signal?.aborted) throw reasonOf(signal);
      if (this.#pending.size >= this.#most) throw refusalOf('full');
      const id = ++this.#lastId;
      const untilMs = this.#clock.now() + (event.ttlMs ?? Infinity);
      const abort = () => this.#cancel(id);
      signal?.addEventListener('abort', abort);
      const leave = () => signal?.removeEventListener('abort', abort);
      this.#pending.set(id, { resolve, reject, event, untilMs, signal, leave });
      if (this.#waiting.length > 0) this.#wait(id);
      else this.#tell(event);
    });
  }

  /** What became of it. False where nobody waits to hear. */
  settle(id: number, error: SwitchoverError | null): boolean {
    const pending = this.#pending.get(id);
    if (pending === undefined) return false;
    this.#pending.delete(id);
    this.#waiting = this.#waiting.filter((other) => other !== id);
    pending.leave();
    if (error === null) pending.resolve();
    else pending.reject(pending.signal?.aborted ? reasonOf(pending.signal) : error);
    return true;
  }

  /** There is no room for it now. */
  refused(id: number): void {
    this.#refused = id;
  }

  /** The outbox was asked to take it. */
  tried(id: number): void {
    const first = this.#waiting[0] === id;
    if (this.#refused === id) {
      this.#refused = 0;
      if (!first) this.#wait(id);
    } else if (first) {
      this.#waiting = this.#waiting.slice(1);
      this.room();
    }
  }

  /** There may be room again: one after the other, so that they keep their order. */
  room(): void {
    const pending = this.#pending.get(this.#waiting[0] ?? 0);
    if (pending === undefined) return;
    const ttlMs = pending.untilMs - this.#clock.now();
    this.#tell(ttlMs === Infinity ? pending.event : { ...pending.event, ttlMs });
  }

  /** Nobody will hear of them any more. */
  close(error: SwitchoverError): void {
    for (const id of [...this.#pending.keys()]) this.settle(id, error);
  }

  #wait(id: number): void {
    this.#waiting = [...this.#waiting, id];
    const pending = this.#pending.get(id);
    if (pending?.event.ttlMs === undefined) return;
    const expire = () => {
      if (this.#waiting.includes(id)) this.settle(id, refusalOf('expired'));
    };
    const stopTimer = this.#clock.setTimer(expire, pending.event.ttlMs);
    const { leave } = pending;
    pending.leave = () => {
      stopTimer();
      leave();
    };
  }

  #cancel(id: number): void {
    if (this.#waiting.includes(id)) this.settle(id, refusalOf('cancelled'));
    else this.#tell({ kind: 'cancel', id });
  }
}

/** @throws SwitchoverError `INVALID_MESSAGE`. */
function readMessage(id: number, data: MessageData, { key, ttlMs = Infinity }: SendOptions): SendEvent {
  const payload = payloadOf(bytesOf(data));
  if (payload === null)
    throw invalid('The message has no form in JSON', 'Send a JSON value, 64 deep at most, or bytes.');
  if (!(typeof ttlMs === 'number' && ttlMs >= 0)) throw invalid('ttlMs is no time', 'Give milliseconds.');
  return { kind: 'send', id, payload, key, ttlMs: ttlMs === Infinity ? undefined : ttlMs };
}

function bytesOf(data: MessageData): unknown {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : data;
}

const invalid = (complaint: string, remedy: string): SwitchoverError =>
  errorOf('INVALID_MESSAGE', `${complaint}.`, remedy);
