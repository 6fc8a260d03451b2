import type { ClientEvent } from '../../session/clientState.ts';
import type { Agenda } from './agenda.ts';
import { type App, type News, takesMs } from './app.ts';
import { INBOX } from './parties.ts';
import type { Parts } from './parts.ts';
import type { SeenClient, Witness } from './witness.ts';

const USUAL_MS = 250;

/** What a client's process does for its application. */
export interface ReadersClient extends SeenClient {
  readonly life: number;
  tell(event: ClientEvent): void;
  whenAwake(task: () => void): void;
}

/** What an application needs of the world. */
export interface ReadersWorld {
  readonly agenda: Agenda;
  readonly parts: Parts;
  readonly witness: Witness;
}

/** A client's application: it takes what its machine tells it one by one, slowly at times, and fails at it at others. */
export class Reader {
  app: App = {};
  slow = { extraMs: 0, untilMs: 0 };
  failsUntilMs = 0;
  readonly #client: ReadersClient;
  readonly #world: ReadersWorld;
  readonly #random: () => number;
  /** When it has taken what it was told last. */
  #doneMs = 0;
  /** How many messages wait for it. */
  #waiting = 0;
  #full = false;

  constructor(client: ReadersClient, world: ReadersWorld, random: () => number) {
    this.#client = client;
    this.#world = world;
    this.#random = random;
  }

  /** Another process: it knows what was stored, and nothing waits. */
  begin(app: App): void {
    this.app = app;
    this.#doneMs = 0;
    this.#waiting = 0;
    this.#full = false;
  }

  /** Whether more waits than may; once it does, until no more than half of that waits. */
  get isFull(): boolean {
    this.#full = this.#waiting > (this.#full ? INBOX / 2 : INBOX);
    return this.#full;
  }

  /** One that fails at its news has had it all the same. */
  inform(news: News): void {
    const { agenda, witness } = this.#world;
    const client = this.#client;
    const { life } = client;
    const weight = news.kind === 'deliver' ? 1 : 0;
    this.#doneMs = Math.max(this.#doneMs, agenda.nowMs + takesMs(USUAL_MS, this.slow, agenda.nowMs, this.#random));
    this.#waiting += weight;
    witness.waits(client, this.#waiting);
    agenda.at(this.#doneMs, () =>
      client.whenAwake(() => {
        if (client.life !== life || !client.running) return;
        this.#waiting -= weight;
        if (agenda.nowMs < this.failsUntilMs) witness.meet('listener failed');
        this.app = witness.got(client, news);
        const { stream } = news;
        if (news.kind === 'deliver') client.tell({ kind: 'handed', stream, rx: news.seq });
        else client.tell(news.to === null ? { kind: 'told', stream } : { kind: 'handed', stream, rx: news.to });
      }),
    );
  }
}
