import type { Clock, Random } from '../../runtime/ports.ts';
import { rememberSlot } from '../../runtime/tabSlot.ts';
import { waitAtMost } from '../../runtime/wait.ts';
import type { ClientState, Mark, SavedSession } from '../../session/clientState.ts';
import { Keeper } from './keeper.ts';
import type { ChannelSettings } from './options.ts';
import { type Claim, claim } from './owner.ts';

/** After how long a store that failed is tried again. */
const RETRY_MS = 5_000;

/** How long the lock of a stored session may take to answer. */
const LOCK_MS = 2_000;

/** What a channel wants to hear of its shelf. */
export interface ShelfListener {
  /** The state as it is now. */
  state(): ClientState;
  /** A state is stored, or can't be: then the channel goes on in memory. */
  stored(mark: Mark): void;
  /** What was stored can't be understood: nobody knows what was lost with it. */
  broken(): void;
  /** {@link Shelf.durable} has changed. */
  changed(): void;
}

/** The place in a store where a channel's session lies while the channel owns it. A store that fails holds nobody up for long. */
export class Shelf {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #settings: ChannelSettings;
  readonly #listener: ShelfListener;
  #claim: Claim | null = null;
  #keeper: Keeper | null = null;
  #due = false;
  #durable = false;
  #closing = false;
  #cancelRetry: () => void = () => {};

  constructor(clock: Clock, random: Random, settings: ChannelSettings, listener: ShelfListener) {
    this.#clock = clock;
    this.#random = random;
    this.#settings = settings;
    this.#listener = listener;
  }

  /** True while what is saved outlives the process. */
  get durable(): boolean {
    return this.#durable;
  }

  /** False where there is nothing to store in: nothing needs to be saved then. */
  get usable(): boolean {
    return this.#keeper !== null;
  }

  /** Takes a session that nobody owns, and reads it. Never rejects. */
  async open(): Promise<SavedSession | null> {
    const { storage, name, locks } = this.#settings;
    await storage.ready;
    try {
      const claiming = claim(name, locks);
      const found = await waitAtMost(this.#clock, LOCK_MS, claiming);
      // One that comes late is given back: the channel goes on in memory.
      if (found === undefined) void claiming.then((late) => late?.release()).catch(() => {});
      this.#claim = found ?? null;
      if (found === undefined) return this.#warn('owned: its lock does not answer', undefined);
    } catch (cause) {
      this.#warn('owned', cause);
      return null;
    }
    if (this.#claim === null) return this.#warn('owned: too many others have one of that name', undefined);
    const keeper = new Keeper(storage, this.#claim.key, this.#clock, this.#random);
    const found = await keeper.load();
    if (found.kind === 'failed') return this.#warn('read', found.cause);
    this.#keeper = keeper;
    this.#durable = true;
    if (found.kind === 'broken') {
      this.#warn('understood', undefined);
      this.#listener.broken();
    }
    return found.kind === 'session' ? found.saved : null;
  }

  /** Stores the state soon: what happens in the same moment goes together. */
  save(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.flush());
  }

  /** Stores at once what is to be stored soon. */
  flush(): void {
    if (!this.#due) return;
    this.#due = false;
    this.#keeper?.save(this.#listener.state(), (mark, error) => {
      const durable = error === undefined;
      this.#cancelRetry();
      // What failed is tried again even where nothing changes any more.
      if (!durable && !this.#closing) this.#cancelRetry = this.#clock.setTimer(() => this.save(), RETRY_MS, true);
      if (this.#durable && !durable) this.#warn('written', error);
      if (this.#durable !== durable) {
        this.#durable = durable;
        this.#listener.changed();
      }
      this.#listener.stored(mark);
    });
  }

  /** Stores what is left to store, and gives the place up: whatever changes later is nothing to the next owner. Never rejects. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#cancelRetry();
    await this.#keeper?.settled();
    this.flush();
    await this.#keeper?.settled();
    this.#keeper = null;
    // The place is anybody's now, and this tab's next channel takes what it finds, as any other does.
    rememberSlot(this.#settings.name, null);
    try {
      await this.#claim?.release();
    } catch (cause) {
      this.#warn('given up', cause);
    }
  }

  #warn(verb: string, cause: unknown): null {
    this.#settings.warn('STORAGE_FAILED', `The stored session could not be ${verb}.`, cause);
    return null;
  }
}
