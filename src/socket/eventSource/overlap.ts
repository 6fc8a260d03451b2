/** So many IDs are remembered. A stream that brings more while another one opens brings some of them twice. */
const MOST = 10_000;

/**
 * Where one stream takes over from another that is still open, the events that came by the old one after the new one was
 * asked for come by the new one as well. They are told by their IDs, and passed over.
 */
export class Overlap {
  /** How many events of each ID have come since the new stream was asked for. */
  #noted: Map<string, number> | null = null;
  /** How many of them the new one still is to bring. */
  #awaited: Map<string, number> | null = null;

  /** True while the new stream brings what the old one had brought. */
  get isRepeating(): boolean {
    return this.#awaited !== null;
  }

  /** Another stream is asked for. */
  begin(): void {
    this.#noted = new Map();
  }

  /** It took over, or did not come. */
  end(tookOver: boolean): void {
    if (tookOver) this.#awaited = this.#noted?.size ? this.#noted : null;
    this.#noted = null;
  }

  /** Whether an event has come before. One that has not ends the repetition: IDs may mean something else from then on. */
  repeats(id: string): boolean {
    const left = this.#awaited?.get(id) ?? 0;
    if (left > 0) this.#awaited?.set(id, left - 1);
    else this.#awaited = null;
    return left > 0;
  }

  /** Remembers an event that was handed out. */
  note(id: string): void {
    const noted = this.#noted;
    if (noted !== null && noted.size < MOST) noted.set(id, (noted.get(id) ?? 0) + 1);
  }
}
