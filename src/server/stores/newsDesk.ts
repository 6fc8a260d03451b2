import type { StoreNews } from '../sessionStore.ts';

/**
 * Tells listeners what was done to sessions: after the call that did it has its answer, and of several messages to one session in a
 * row only the last.
 */
export class NewsDesk {
  readonly #listeners = new Set<(news: StoreNews) => void>();
  readonly #later: (flush: () => void) => void;
  #waiting: StoreNews[] = [];
  #due = false;

  /** @param later Calls a function after the answers that are on their way. */
  constructor(later: (flush: () => void) => void) {
    this.#later = later;
  }

  watch(listener: (news: StoreNews) => void): () => void {
    // One function may listen twice; each time ends by itself.
    const own = (news: StoreNews) => listener(news);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  tell(news: StoreNews): void {
    if (!this.watched) return;
    const last = this.#waiting.at(-1);
    if (news.kind === 'grown' && last?.kind === 'grown' && last.sid === news.sid) this.#waiting.pop();
    this.#waiting.push(news);
    if (this.#due) return;
    this.#due = true;
    this.#later(() => this.#flush());
  }

  close(): void {
    this.#listeners.clear();
    this.#waiting = [];
  }

  #flush(): void {
    this.#due = false;
    const told = this.#waiting;
    this.#waiting = [];
    for (const news of told) for (const listener of this.#listeners) listener(news);
  }
}
