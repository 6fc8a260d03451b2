import type { ClientEvent } from '../../session/clientState.ts';
import { CLOSE } from '../../session/frames.ts';
import type { Agenda } from './agenda.ts';
import { type App, type News, takesMs } from './app.ts';
import type { Parts } from './parts.ts';
import type { SeenClient, Witness } from './witness.ts';

const USUAL_MS = 250;

/** What a client's process does for its application. */
export interface ReadersClient extends SeenClient {
  readonly life: number;
  tell(event: ClientEvent): void;
  later(ms: number, task: () => void): void;
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
  /** What waits for it, and how often that was too much. */
  #waiting = 0;
  #overruns = 0;

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
    this.#overruns = 0;
  }

  /** One that fails at its news has had it all the same. */
  inform(news: News): void {
    const { agenda, witness } = this.#world;
    const client = this.#client;
    const { life } = client;
    this.#doneMs = Math.max(this.#doneMs, agenda.nowMs + takesMs(USUAL_MS, this.slow, agenda.nowMs, this.#random));
    this.#crowd();
    agenda.at(this.#doneMs, () =>
      client.whenAwake(() => {
        if (client.life !== life || !client.running) return;
        this.#waiting -= 1;
        if (agenda.nowMs < this.failsUntilMs) witness.meet('listener failed');
        this.app = witness.got(client, news);
        const { stream } = news;
        if (news.kind === 'deliver') client.tell({ kind: 'handed', stream, rx: news.seq });
        else client.tell(news.to === null ? { kind: 'told', stream } : { kind: 'handed', stream, rx: news.to });
      }),
    );
  }

  /** Two windows may wait. With more, the connection is given up: each brings a gap and a few messages at most until then. */
  #crowd(): void {
    const { parts, witness } = this.#world;
    const client = this.#client;
    this.#waiting += 1;
    witness.waits(client, this.#waiting, this.#overruns);
    if (this.#waiting <= 2 * parts.server.window[0]) return;
    const { link } = client.state;
    client.later(0, () => {
      if (link === null || client.state.link?.id !== link.id) return;
      this.#overruns += 1;
      client.tell({ kind: 'broken', link: link.id, code: CLOSE.overrun });
    });
  }
}
