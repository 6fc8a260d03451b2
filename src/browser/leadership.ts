import { takeWebLock } from '../runtime/locks.ts';

/** What the error is called that tells of a theft. */
const STOLEN = 'AbortError';

/**
 * Who of a browser's tabs leads: the one that has a Web Lock. A tab that closes or crashes loses it, and the next one in line has it
 * some milliseconds later.
 */
export class Leadership {
  readonly #name: string;
  readonly #changed: (leads: boolean) => void;
  /** The present wish for the lock; null while there is none. What comes of an older one is given back. */
  #wish: AbortController | null = null;
  #release: (() => void) | null = null;
  #leads = false;

  /** @param changed Called each time this tab begins or ceases to lead. */
  constructor(name: string, changed: (leads: boolean) => void) {
    this.#name = name;
    this.#changed = changed;
  }

  get leads(): boolean {
    return this.#leads;
  }

  /**
   * Wants the lock, unless it does already.
   *
   * @param isSeen A tab that is seen takes it from whoever has it: browsers slow down the timers of hidden tabs, and may stop them
   * without a word. A hidden one gets in line.
   */
  want(isSeen: boolean): void {
    if (this.#wish === null) void this.#ask(isSeen);
  }

  /** The tab is seen from now on: it takes the lock, if it wants it. */
  seen(): void {
    if (this.#wish !== null && !this.#leads) void this.#ask(true);
  }

  /** Gives the lock up, and does not want it any more. */
  rest(): void {
    this.#wish?.abort();
    this.#wish = null;
    this.#release?.();
    this.#release = null;
    this.#tell(false);
  }

  async #ask(steal: boolean): Promise<void> {
    this.#wish?.abort();
    const wish = new AbortController();
    this.#wish = wish;
    let isLost = false;
    const lost = () => {
      isLost = true;
      if (this.#wish !== wish || !this.#leads) return;
      this.#release = null;
      this.#tell(false);
      void this.#ask(false);
    };
    try {
      const release = await takeWebLock(this.#name, steal ? { steal } : { signal: wish.signal }, lost);
      if (this.#wish !== wish) release?.();
      // Where two tabs take it in the same moment, WebKit tells the first that it is gone, and then that it has it.
      else if (isLost) void this.#ask(false);
      else {
        this.#release = release;
        this.#tell(true);
      }
    } catch (error) {
      if (this.#wish !== wish) return;
      if ((error as Error).name === STOLEN) void this.#ask(false);
      // A page that gets no locks, as in a sandboxed frame, is on its own.
      else this.#tell(true);
    }
  }

  #tell(leads: boolean): void {
    if (this.#leads === leads) return;
    this.#leads = leads;
    this.#changed(leads);
  }
}
