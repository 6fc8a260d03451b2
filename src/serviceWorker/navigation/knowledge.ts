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

export function openKnowledge(name: string): Knowledge {
  const channel = new BroadcastChannel(newsChannel(name));
  let stored: unknown;
  let moves: Moves = [];
  let loading: Promise<void> | undefined;
  let isLoaded = false;
  channel.onmessage = ({ data }: MessageEvent<{ kind?: unknown; memory?: unknown } | null>) => {
    if (data?.kind === 'health') stored = data.memory;
  };
  const read = async (): Promise<void> => {
    const texts = await Promise.all([useRecord(healthKey(name)), useRecord(movesKey(name))]);
    // News from a page is newer.
    stored ??= texts[0];
    moves = readMoves(texts[1], Date.now());
    isLoaded = true;
  };
  return {
    load: () => (loading ??= read()),
    get isLoaded() {
      return isLoaded;
    },
    get health() {
      return readHealth(stored, Date.now());
    },
    get moves() {
      return moves;
    },
    note(event, origin, change) {
      const env: Env = { nowMs: Date.now(), random: Math.random };
      const changed = (text: unknown) => withHost(readHealth(text, env.nowMs), origin, (host) => change(host, env));
      const before = readHealth(stored, env.nowMs);
      // A host that is well goes on being well: nothing is written for each page.
      if (withHost(before, origin, (host) => change(host, env)) === before) return;
      stored = JSON.stringify(changed(stored));
      const store = async (): Promise<void> => {
        // Pages may have written meanwhile: what is stored is changed, not replaced.
        stored = (await useRecord(healthKey(name), (text) => JSON.stringify(changed(text)))) ?? stored;
        channel.postMessage({ kind: 'health', memory: stored });
      };
      event.waitUntil(store());
    },
    noteMove(event, page, to) {
      moves = afterMove(moves, page, to, Date.now());
      event.waitUntil(useRecord(movesKey(name), () => JSON.stringify(moves)));
    },
  };
}
