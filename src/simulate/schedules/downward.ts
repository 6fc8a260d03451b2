import { type App, type News, seenOf } from './app.ts';
import { broken } from './brokenPromise.ts';
import { numberIn } from './messages.ts';

/** Messages to the clients: each comes once and in order, as it was said; and what does not come is reported, exactly. */
export class Downward {
  /** By stream and number, what a server's application said; and what the store had to let go. */
  readonly #said = new Map<string, number>();
  readonly #overflowed = new Set<string>();

  said(stream: string, seq: number, number: number, floor: number): void {
    const name = `${stream}:${seq}`;
    if (this.#said.has(name)) broken(`${name} was given twice`);
    this.#said.set(name, number);
    for (let gone = floor; gone > 0 && !this.#overflowed.has(`${stream}:${gone}`); gone--) {
      this.#overflowed.add(`${stream}:${gone}`);
    }
  }

  /** An application gets what its client tells it. `copied`: others may have acknowledged in its name. */
  got(name: string, app: App, news: News, copied: boolean): App {
    const { stream } = news;
    const seen = seenOf(app, stream);
    if (news.kind === 'deliver') {
      if (news.seq !== seen.upTo + 1) broken(`${name} got ${stream}:${news.seq} after ${seen.upTo}`);
      if (numberIn(news.data) !== this.#said.get(`${stream}:${news.seq}`)) {
        broken(`${stream}:${news.seq} is not what was said`);
      }
      return { ...app, [stream]: { ...seen, upTo: news.seq } };
    }
    if (news.to === null) return { ...app, [stream]: { ...seen, lost: true } };
    if (news.from !== seen.upTo + 1) broken(`${name} was told of a gap from ${stream}:${news.from} after ${seen.upTo}`);
    for (let seq = news.from; seq <= news.to && !copied; seq++) {
      if (!this.#overflowed.has(`${stream}:${seq}`)) broken(`${stream}:${seq} is called lost, and was not`);
    }
    return { ...app, [stream]: { ...seen, upTo: news.to } };
  }
}
