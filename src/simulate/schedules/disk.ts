import type { SavedSession } from '../../session/clientState.ts';
import type { Agenda } from './agenda.ts';
import { type App, type Slowness, takesMs } from './app.ts';

/** What is on a client's disk, written as one piece. */
export interface Piece {
  readonly session: SavedSession;
  readonly app: App;
  /** On the clock that no fault touches. */
  readonly atMs: number;
}

const USUAL_MS = 60;

/** A client's disk: slow, failing, or torn in the middle of a piece. It outlives the processes. */
export class Disk {
  slow: Slowness = { extraMs: 0, untilMs: 0 };
  failsUntilMs = 0;
  /** It holds less than a process was told: what comes back from it is what the client was before. */
  isBehind = false;
  isTorn = false;
  readonly #agenda: Agenda;
  readonly #random: () => number;
  #kept: Piece | null;
  #writing: Piece | null = null;
  /** When it has what it was given last. */
  #doneMs = 0;

  constructor(agenda: Agenda, random: () => number, kept: Piece | null) {
    this.#agenda = agenda;
    this.#random = random;
    this.#kept = kept;
  }

  get isWriting(): boolean {
    return this.#writing !== null;
  }

  /** What a process finds: text does not remember what it was made of. */
  read(): Piece | null {
    return JSON.parse(JSON.stringify(this.#kept));
  }

  /** One piece at a time. `done` says whether it is stored; it is not called any more where the process has died. */
  write(piece: Piece, done: (stored: boolean) => void): void {
    this.#writing = piece;
    const takes = takesMs(USUAL_MS, this.slow, this.#agenda.nowMs, this.#random);
    this.#doneMs = Math.max(this.#doneMs, this.#agenda.nowMs + takes);
    this.#agenda.at(this.#doneMs, () => {
      if (this.#writing !== piece) return;
      this.#writing = null;
      const stored = this.#agenda.nowMs >= this.failsUntilMs;
      if (stored) this.#take(piece);
      else this.isBehind = true;
      done(stored);
    });
  }

  /** The process has died: what it wrote last is there, or not; or nobody can read it. */
  left(torn: boolean): void {
    const piece = this.#writing;
    this.#writing = null;
    this.#doneMs = 0;
    if (piece === null || this.#agenda.nowMs < this.failsUntilMs) return;
    if (torn) {
      this.#kept = null;
      this.isBehind = false;
      this.isTorn = true;
    } else if (this.#random() < 0.5) this.#take(piece);
  }

  #take(piece: Piece): void {
    this.#kept = piece;
    this.isBehind = false;
    this.isTorn = false;
  }
}
