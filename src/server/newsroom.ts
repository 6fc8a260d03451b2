import type { ServerEvent } from '../session/serverState.ts';
import type { StoreNews } from './sessionStore.ts';

/** Who hears of a session's news. */
interface Listener {
  feed(event: ServerEvent): void;
}

/** News of sessions that are being attached, which nobody listens to yet. Beyond it the oldest go: the next touch brings them. */
const KEPT = 10_000;

/**
 * What a store says of its sessions, brought to their connections: once for each session and round, however often it has said so, and
 * never in the midst of a step.
 */
export class Newsroom {
  readonly #find: (sid: string) => Listener | undefined;
  readonly #news = new Map<string, { tx: number; epoch: number }>();
  /** What came while sessions were being attached: the attach may have been before it, and its answer still on the way. */
  readonly #missed = new Map<string, number>();
  /** Attaches whose answer is still to come. */
  #attaching = 0;
  #planned = false;

  constructor(find: (sid: string) => Listener | undefined) {
    this.#find = find;
  }

  /** For {@link SessionStore.watch}. */
  readonly hear = (news: StoreNews): void => {
    const known = this.#news.get(news.sid) ?? { tx: 0, epoch: 0 };
    if (news.kind === 'grown') known.tx = Math.max(known.tx, news.tx);
    else known.epoch = Math.max(known.epoch, news.epoch);
    this.#news.set(news.sid, known);
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(this.#tell);
  };

  attachBegins(): void {
    this.#attaching += 1;
  }

  attachEnds(): void {
    this.#attaching -= 1;
    if (this.#attaching === 0) this.#missed.clear();
  }

  /** Tells a connection that has just opened what it may have missed. */
  catchUp(sid: string, listener: Listener): void {
    const tx = this.#missed.get(sid);
    if (tx !== undefined) listener.feed({ kind: 'grown', tx });
  }

  readonly #tell = (): void => {
    this.#planned = false;
    const news = [...this.#news];
    this.#news.clear();
    for (const [sid, { tx, epoch }] of news) {
      const listener = this.#find(sid);
      if (epoch > 0) listener?.feed({ kind: 'superseded', epoch });
      if (tx > 0) listener?.feed({ kind: 'grown', tx });
      if (tx > 0 && this.#attaching > 0) this.#miss(sid, tx);
    }
  };

  #miss(sid: string, tx: number): void {
    this.#missed.set(sid, Math.max(tx, this.#missed.get(sid) ?? 0));
    const oldest = this.#missed.keys().next();
    if (this.#missed.size > KEPT && !oldest.done) this.#missed.delete(oldest.value);
  }
}
