import type { Agenda } from './agenda.ts';

/** The two directions of a line: to the server, and from it. */
export type Way = 'up' | 'down';

interface Spell {
  readonly untilMs: number;
  /** -1: of no server in particular. */
  readonly server: number;
  readonly extraMs: number;
  readonly side: Way | 'both';
}
type Kind = 'blackHole' | 'delay' | 'slowStore' | 'storeFails' | 'storeFailsDone' | 'handlerFails';

const FASTEST_MS = 1;
const USUAL_MS = 40;

/** The faults that last for a while, of the network, of the servers and of the store. */
export class Weather {
  readonly #agenda: Agenda;
  readonly #meet: (name: string) => void;
  readonly #spells = new Map<Kind, Spell>();

  /** @param meet Called each time that a fault strikes. */
  constructor(agenda: Agenda, meet: (name: string) => void) {
    this.#agenda = agenda;
    this.#meet = meet;
  }

  /** A new spell takes the place of the last of its kind. */
  begin(kind: Kind, forMs: number, more: Partial<Spell> = {}): void {
    const untilMs = this.#agenda.nowMs + forMs;
    this.#spells.set(kind, { server: -1, extraMs: 0, side: 'both', ...more, untilMs });
  }

  clear(): void {
    this.#spells.clear();
  }

  /** True while frames to or from a server vanish. */
  swallows(server: number, way: Way): boolean {
    const hole = this.#now('blackHole', server);
    const isGone = hole !== undefined && (hole.side === 'both' || hole.side === way);
    if (isGone) this.#meet(`swallowed ${way}`);
    return isGone;
  }

  /** How long a frame takes. */
  latencyMs(server: number, random: () => number): number {
    return this.#takes('delay', server, random);
  }

  /** How long the store takes, to hear or to answer. */
  storeMs(random: () => number): number {
    return this.#takes('slowStore', -1, random) / 8;
  }

  /** What the store does with a request. */
  fate(): 'answered' | 'undone' | 'unanswered' {
    const undone = this.#now('storeFails', -1) !== undefined;
    if (!undone && this.#now('storeFailsDone', -1) === undefined) return 'answered';
    this.#meet(undone ? 'store undone' : 'store unanswered');
    return undone ? 'undone' : 'unanswered';
  }

  /** True while a server's handler of messages fails. */
  failsHandler(server: number): boolean {
    return this.#now('handlerFails', server) !== undefined;
  }

  #takes(kind: Kind, server: number, random: () => number): number {
    const spell = this.#now(kind, server);
    if (spell !== undefined) this.#meet(kind);
    return FASTEST_MS + random() * (USUAL_MS + (spell?.extraMs ?? 0));
  }

  #now(kind: Kind, server: number): Spell | undefined {
    const spell = this.#spells.get(kind);
    return spell !== undefined && spell.server === server && this.#agenda.nowMs < spell.untilMs ? spell : undefined;
  }
}
