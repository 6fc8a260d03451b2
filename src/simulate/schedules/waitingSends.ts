import type { ClientEvent } from '../../session/clientState.ts';

type Send = Extract<ClientEvent, { kind: 'send' }>;

/** Messages that found no room in the outbox, in order: each is tried again when there is some. They are lost with their process. */
export class WaitingSends {
  readonly #tell: (event: Send) => void;
  #waiting: Send[] = [];
  #denied = false;

  constructor(tell: (event: Send) => void) {
    this.#tell = tell;
  }

  get count(): number {
    return this.#waiting.length;
  }

  /** None overtakes those that wait. */
  send(event: Send): void {
    if (this.#waiting.length > 0 || !this.#isTaken(event)) this.#waiting.push(event);
  }

  /** The outbox has no room for what it was just given. */
  deny(): void {
    this.#denied = true;
  }

  /** There is room again. */
  room(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#isTaken(next); next = this.#waiting[0]) {
      this.#waiting.shift();
    }
  }

  clear(): void {
    this.#waiting = [];
  }

  #isTaken(event: Send): boolean {
    this.#denied = false;
    this.#tell(event);
    return !this.#denied;
  }
}
