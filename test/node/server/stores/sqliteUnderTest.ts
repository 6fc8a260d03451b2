import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoreUnderTest } from '../../../../src/server/conformance/harness.ts';
import type { StoreLimitOptions } from '../../../../src/server/stores/limits.ts';
import { sqliteSessionStoreBy } from '../../../../src/server/stores/sqlite/sqliteSessionStore.ts';
import type { Peer } from './peer.ts';

/** A directory that is gone with the test. */
export function scratch(): { readonly directory: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'switchover-store-'));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** A store in a file, whose time the checks move: in this process, and in a second one where there is one. */
export async function sqliteUnderTest(limits: StoreLimitOptions, peer?: Peer): Promise<StoreUnderTest> {
  const { directory, remove } = scratch();
  const path = join(directory, 'sessions.db');
  let nowMs = 1_000;
  const open = () => sqliteSessionStoreBy({ path, ...limits, pollMs: 5 }, { boot: 'test', now: () => nowMs });
  let store = open();
  await peer?.open(path, limits);
  return {
    store,
    ...(peer === undefined ? {} : { other: peer.store }),
    reopen() {
      store.close();
      store = open();
      return store;
    },
    async pass(ms) {
      nowMs += ms;
      await peer?.pass(ms);
      // Timers are real: what looks for news needs some time.
      await sleep(10);
    },
    dispose() {
      store.close();
      remove();
    },
  };
}
