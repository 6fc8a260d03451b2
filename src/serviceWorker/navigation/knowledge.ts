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
  note(event: ExtendableEvent, origin: string, change: Change): void;
  /** Keeps in mind that a page came from another host; with an empty one: not at all. */
  noteMove(event: ExtendableEvent, page: string, to: string): void;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

type Change = (host: RememberedHost, env: Env) => RememberedHost;

/** What one worker has read, and what pages have told it since. */
export function storedKnowledge(name: string): Knowledge {
  let text: unknown;
  const channel = new BroadcastChannel(newsChannel(name));
  channel.onmessage = ({ data }: MessageEvent<{ kind?: unknown; memory?: unknown } | null>) => {
    if (data?.kind === 'health') text = data.memory;
  };
  const read = async (): Promise<void> => {
    const [health, moved] = await Promise.all([useRecord(healthKey(name)), useRecord(movesKey(name))]);
    // News from a page is newer.
    text ??= health;
    known.moves = readMoves(moved, Date.now());
    known.isLoaded = true;
  };
  const store = async (change: (stored: unknown) => string): Promise<void> => {
    text = (await useRecord(healthKey(name), change)) ?? text;
    channel.postMessage({ kind: 'health', memory: text });
  };
  const known: Writable<Knowledge> = {
    isLoaded: false,
    moves: [],
    get health() {
      return readHealth(text, Date.now());
    },
    load: once(read),
    note(event, origin, change) {
      const now = changed(text, origin, change);
      // A host that is well goes on being well: nothing is written for each page.
      if (now === undefined) return;
      text = now;
      // Pages may have written meanwhile: what is stored is changed, not replaced.
      event.waitUntil(store((stored) => changed(stored, origin, change) ?? String(stored ?? now)));
    },
    noteMove(event, page, to) {
      known.moves = afterMove(known.moves, page, to, Date.now());
      event.waitUntil(useRecord(movesKey(name), () => JSON.stringify(known.moves)));
    },
  };
  return known;
}

/** Does the work with the first call. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

/** The record with one host's entry changed. Undefined where that stays the same. */
function changed(text: unknown, origin: string, change: Change): string | undefined {
  const env: Env = { nowMs: Date.now(), random: Math.random };
  const before = readHealth(text, env.nowMs);
  const after = withHost(before, origin, (host) => change(host, env));
  return after === before ? undefined : JSON.stringify(after);
}
