import type { StoreNews } from '../sessionStore.ts';

/**
 * Tells listeners what was done to sessions: after the call that did it has its answer, and of several messages to one session in a
 * row only the last.
 */
export class NewsDesk {
  readonly #listeners = new Set<(news: StoreNews) => void>();
  #waiting: StoreNews[] = [];

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

  grown(sid: string, tx: number): void {
    if (!this.watched) return;
    const last = this.#waiting.at(-1);
    if (last?.kind === 'grown' && last.sid === sid) this.#waiting.pop();
    this.#tell({ kind: 'grown', sid, tx });
  }

  superseded(sid: string, epoch: number): void {
    if (this.watched) this.#tell({ kind: 'superseded', sid, epoch });
  }

  close(): void {
    this.#listeners.clear();
    this.#waiting = [];
  }

  #tell(news: StoreNews): void {
    if (this.#waiting.push(news) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const news of told) for (const listener of this.#listeners) listener(news);
  }
}
