import type { Env } from '../../policy/health.ts';
import { type NavigationState, readNavigation } from '../../policy/navigationState.ts';
import { type RememberedHealth, readHealth } from '../../policy/rememberedHealth.ts';
import { healthKey, movesKey, newsChannel } from '../../site/names.ts';
import { openRecords } from './records.ts';

/** What the worker knows: the hosts' health, which it shares with all pages, and its own moves. */
export interface Knowledge {
  /** Resolves when what is stored has been read, or has taken too long. */
  load(): Promise<void>;
  /** False while a worker that was only just started has not read it. */
  readonly isLoaded: boolean;
  readonly health: RememberedHealth;
  readonly state: NavigationState;
  /** Changes what is known of hosts, for pages and other workers too. Resolves when it is stored. */
  changeHealth(change: (record: RememberedHealth, env: Env) => RememberedHealth): Promise<void>;
  /** Changes what is known of moves. Resolves when it is stored. */
  changeState(change: (state: NavigationState, env: Env) => NavigationState): Promise<void>;
}

export const worldOf = (): Env => ({ nowMs: Date.now(), random: Math.random });

export function openKnowledge(name: string): Knowledge {
  const records = openRecords();
  const channel = new BroadcastChannel(newsChannel(name));
  let stored: unknown;
  let state = readNavigation(undefined, 0);
  let loading: Promise<void> | undefined;
  let isLoaded = false;
  channel.onmessage = ({ data }: MessageEvent<{ kind?: unknown; memory?: unknown } | null>) => {
    if (data?.kind === 'health') stored = data.memory;
  };
  const read = async (): Promise<void> => {
    const [text, moves] = await Promise.all([records.read(healthKey(name)), records.read(movesKey(name))]);
    // News from a page is newer.
    stored ??= text;
    state = readNavigation(moves, Date.now());
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
    get state() {
      return state;
    },
    async changeHealth(change) {
      const env = worldOf();
      const before = readHealth(stored, env.nowMs);
      const after = change(before, env);
      if (after === before) return;
      stored = JSON.stringify(after);
      // Pages may have written meanwhile: what is stored is changed, not replaced.
      stored =
        (await records.change(healthKey(name), (text) => JSON.stringify(change(readHealth(text, env.nowMs), env)))) ??
        stored;
      channel.postMessage({ kind: 'health', memory: stored });
    },
    async changeState(change) {
      const before = state;
      state = change(state, worldOf());
      if (state !== before) await records.change(movesKey(name), () => JSON.stringify(state));
    },
  };
}
