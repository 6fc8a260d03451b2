import type { Env } from '../../policy/health.ts';
import { afterMove, type Moves, readMoves } from '../../policy/navigationMoves.ts';
import { type RememberedHealth, type RememberedHost, readHealth, withHost } from '../../policy/rememberedHealth.ts';
import { healthKey, movesKey, newsChannel } from '../../site/names.ts';
import type { ExtendableEvent } from '../events.ts';
import { useRecord } from './records.ts';

/** What the worker knows: the hosts' health, which it shares with all pages, and its own moves. */
export interface Knowledge {
  /** Resolves when what is stored has been read, or has taken too long. */
  load(): Promise<void>;
  /** False while a worker that was only just started has not read it. */
  readonly isLoaded: boolean;
  readonly health: RememberedHealth;
  readonly moves: Moves;
  /** Changes what is known of a host, for pages and other workers too. */
  note(event: ExtendableEvent, origin: string, change: (host: RememberedHost, env: Env) => RememberedHost): void;
  /** Keeps in mind that a page came from another host; with an empty one: not at all. */
  noteMove(event: ExtendableEvent, page: string, to: string): void;
}

type Change = (host: RememberedHost, env: Env) => RememberedHost;

/** What one worker has read, and what pages have told it since. */
export class StoredKnowledge implements Knowledge {
  isLoaded = false;
  moves: Moves = [];
  readonly #name: string;
  readonly #channel: BroadcastChannel;
  #text: unknown;
  #loading: Promise<void> | undefined;

  constructor(name: string) {
    this.#name = name;
    this.#channel = new BroadcastChannel(newsChannel(name));
    this.#channel.onmessage = ({ data }: MessageEvent<{ kind?: unknown; memory?: unknown } | null>) => {
      if (data?.kind === 'health') this.#text = data.memory;
    };
  }

  get health(): RememberedHealth {
    return readHealth(this.#text, Date.now());
  }

  load(): Promise<void> {
    this.#loading ??= this.#read();
    return this.#loading;
  }

  note(event: ExtendableEvent, origin: string, change: Change): void {
    const env: Env = { nowMs: Date.now(), random: Math.random };
    const changed = (text: unknown) => {
      const before = readHealth(text, env.nowMs);
      const after = withHost(before, origin, (host) => change(host, env));
      return after === before ? null : JSON.stringify(after);
    };
    // A host that is well goes on being well: nothing is written for each page.
    const now = changed(this.#text);
    if (now === null) return;
    this.#text = now;
    // Pages may have written meanwhile: what is stored is changed, not replaced.
    event.waitUntil(this.#store((text) => changed(text) ?? String(text ?? now)));
  }

  noteMove(event: ExtendableEvent, page: string, to: string): void {
    this.moves = afterMove(this.moves, page, to, Date.now());
    event.waitUntil(useRecord(movesKey(this.#name), () => JSON.stringify(this.moves)));
  }

  async #read(): Promise<void> {
    const [text, moves] = await Promise.all([useRecord(healthKey(this.#name)), useRecord(movesKey(this.#name))]);
    // News from a page is newer.
    this.#text ??= text;
    this.moves = readMoves(moves, Date.now());
    this.isLoaded = true;
  }

  async #store(change: (text: unknown) => string): Promise<void> {
    this.#text = (await useRecord(healthKey(this.#name), change)) ?? this.#text;
    this.#channel.postMessage({ kind: 'health', memory: this.#text });
  }
}
