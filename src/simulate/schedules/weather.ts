import type { Agenda } from './agenda.ts';

/** The two directions of a line: to the server, and from it. */
export type Way = 'up' | 'down';

interface Spell {
  readonly untilMs: number;
  readonly server: number;
  readonly extraMs: number;
  readonly side: Way | 'both';
}
type Kind = 'blackHole' | 'delay' | 'slowStore' | 'storeFails' | 'storeFailsDone';

const FASTEST_MS = 1;
const USUAL_MS = 40;

/** The faults that last for a while, of the network and of the store. */
export class Weather {
  readonly #agenda: Agenda;
  readonly #spells = new Map<Kind, Spell>();

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
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
    return hole !== undefined && (hole.side === 'both' || hole.side === way);
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
    if (this.#now('storeFails', -1) !== undefined) return 'undone';
    return this.#now('storeFailsDone', -1) === undefined ? 'answered' : 'unanswered';
  }

  #takes(kind: Kind, server: number, random: () => number): number {
    const { extraMs = 0 } = this.#now(kind, server) ?? {};
    return FASTEST_MS + random() * (USUAL_MS + extraMs);
  }

  #now(kind: Kind, server: number): Spell | undefined {
    const spell = this.#spells.get(kind);
    return spell !== undefined && spell.server === server && this.#agenda.nowMs < spell.untilMs ? spell : undefined;
  }
}
