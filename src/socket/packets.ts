/** A byte stream that can hold back what is written to it: Node's. */
export interface ByteStream {
  /** Holds back what is written from now on. */
  cork(): void;
  /** Lets it go. */
  uncork(): void;
}

/**
 * Lets what is sent in one go leave in one packet. `ws` writes each message by itself, and that system call is most of what a small
 * message costs; the other side wakes for each packet, too.
 */
export class Packets {
  readonly #stream: ByteStream;
  #open = false;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** To be called before each message. */
  gather(): void {
    if (this.#open) return;
    this.#open = true;
    this.#stream.cork();
    // Whoever waited for the same answer as the first sender has its turn before this.
    queueMicrotask(() => queueMicrotask(this.#leave));
  }

  readonly #leave = (): void => {
    this.#open = false;
    this.#stream.uncork();
  };
}
