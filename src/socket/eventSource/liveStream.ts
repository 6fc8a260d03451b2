import { EVENT_SOURCE_DEFAULTS } from '../../policy/defaults.ts';
import type { HostPool } from '../../runtime/hostPool.ts';
import type { TimeLimit } from '../../runtime/timeLimits.ts';
import type { StreamReader } from './streamReader.ts';

const { provenMs } = EVENT_SOURCE_DEFAULTS;

/** The stream that is being read, if there is one, and whether it may be dead. Silence is a question, not a verdict. */
export class LiveStream {
  readonly #pool: HostPool;
  readonly #stallMs: number;
  readonly #onDoubt: () => void;
  #stream: StreamReader | null = null;
  #limit: TimeLimit | null = null;
  #doubted = false;

  /** @param onDoubt Called when a stream has been silent for `stallMs`, and again after as long; 0 for never. */
  constructor(pool: HostPool, stallMs: number, onDoubt: () => void) {
    this.#pool = pool;
    this.#stallMs = stallMs;
    this.#onDoubt = onDoubt;
  }

  get isOpen(): boolean {
    return this.#stream !== null;
  }

  /** Where it comes from. */
  get host(): string | null {
    return this.#stream?.host ?? null;
  }

  get hasLasted(): boolean {
    return this.#stream?.lasted ?? false;
  }

  /** True while there is a stream that may be dead. One that has spoken since is alive. */
  get isDoubted(): boolean {
    const patienceMs = Math.min(this.#stallMs || Infinity, provenMs);
    return this.#doubted && this.#stream !== null && this.#stream.silentMs >= patienceMs;
  }

  /** After a sleep, a stream that has not spoken may have died meanwhile. */
  doubtIfSilent(): void {
    this.#doubted ||= (this.#stream?.silentMs ?? 0) >= provenMs;
  }

  /** Takes another stream in, and leaves the old one. */
  hold(stream: StreamReader): void {
    this.leave();
    this.#stream = stream;
    if (this.#stallMs === 0) return;
    const dueMs = this.#pool.ports.clock.now() + this.#stallMs;
    this.#limit = this.#pool.limits.set(dueMs, () => {
      const leftMs = this.#stallMs - stream.silentMs;
      if (leftMs > 0) return leftMs;
      this.#doubted = true;
      this.#onDoubt();
      return this.#stallMs;
    });
  }

  leave(): void {
    this.#stream?.drop();
    this.#stream = null;
    this.#doubted = false;
    if (this.#limit !== null) this.#pool.limits.lift(this.#limit);
    this.#limit = null;
  }
}
