import type { ServerState } from '../../session/serverState.ts';
import type { Agenda } from './agenda.ts';
import type { Way, Weather } from './weather.ts';

export type Wire = string | Uint8Array;

/** The share of lines whose frames come together where they left together. */
const PACKS = 0.5;

interface Pipe {
  /** Nothing gets through any more: what was lost has to be sent again first. */
  broken: boolean;
  /** When the last frame left, and when it arrives: the next one does not overtake it. */
  leftMs: number;
  lastMs: number;
}

/** What a line needs of the world. */
export interface Ground {
  readonly agenda: Agenda;
  readonly weather: Weather;
}

/** A connection: in order in each direction, and in no order with any other. Its ends may know different things of it. */
export class Line {
  /** The client's name and life, and the number of the connection within it. */
  readonly name: string;
  readonly life: number;
  readonly link: number;
  readonly server: number;
  /** What each end believes. */
  clientOpen = true;
  serverOpen = true;
  /** Which of the server's lives it is in. */
  readonly serverLife: number;
  /** The machine's, at the server. */
  state: ServerState = { kind: 'closed' };
  readonly #ground: Ground;
  readonly #random: () => number;
  /** What leaves together arrives together. */
  readonly #packs: boolean;
  readonly #up: Pipe = { broken: false, leftMs: -1, lastMs: 0 };
  readonly #down: Pipe = { broken: false, leftMs: -1, lastMs: 0 };

  constructor(
    ground: Ground,
    client: { readonly name: string; readonly life: number },
    link: number,
    server: { readonly at: number; readonly life: number },
    random: () => number,
  ) {
    this.name = client.name;
    this.life = client.life;
    this.link = link;
    this.server = server.at;
    this.serverLife = server.life;
    this.#ground = ground;
    this.#random = random;
    this.#packs = random() < PACKS;
  }

  /** Both ends have left. */
  get isOver(): boolean {
    return !this.clientOpen && !this.serverOpen;
  }

  /** Carries a frame, or the news that the other end has closed. */
  carry(way: Way, arrive: () => void): void {
    const pipe = way === 'up' ? this.#up : this.#down;
    const { agenda, weather } = this.#ground;
    if (weather.swallows(this.server, way)) pipe.broken = true;
    if (pipe.broken) return;
    const isTogether = this.#packs && pipe.leftMs === agenda.nowMs;
    if (!isTogether) {
      pipe.leftMs = agenda.nowMs;
      pipe.lastMs = Math.max(pipe.lastMs, agenda.nowMs + weather.latencyMs(this.server, this.#random));
    }
    agenda.at(pipe.lastMs, () => {
      if (!pipe.broken) arrive();
    });
  }

  /** What is on the way is lost, and so is all that comes later. */
  cut(): void {
    this.#up.broken = true;
    this.#down.broken = true;
  }
}
