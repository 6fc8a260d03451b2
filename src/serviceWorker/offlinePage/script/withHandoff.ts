import { createStore, entries } from 'idb-keyval';
import { moveSession } from '../../../site/handoff.ts';
import { DATABASE } from '../../../site/names.ts';
import { addressOn, goTo } from './address.ts';
import { block, root } from './page.ts';
import { watch } from './watch.ts';

function depart(origin: string): void {
  if (origin === location.origin) goTo(origin);
  else void moveTo(origin);
}

// A worker that sends people on has no other way to take their session along: it has written into the page where to.
watch(depart, root.dataset['to']);

/** Takes the session along, if there is one. Goes in any case: a person who has to sign in again is better off than one who waits. */
async function moveTo(backup: string): Promise<void> {
  const limit = new AbortController();
  setTimeout(() => limit.abort(), block.probeMs);
  const move = {
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    entries: await stored(),
    held: await heldLocks(),
    config: block.session ?? { name: '', handoff: null },
    backup,
    url: new URL(addressOn(backup)),
    signal: limit.signal,
  };
  location.replace(await moveSession(move));
}

const stored = (): Promise<[string, string][]> =>
  entries<string, string>(createStore(DATABASE.name, DATABASE.store)).catch(() => []);

/** A channel's session that another tab is using stays where it is. */
async function heldLocks(): Promise<string[]> {
  const { held = [] } = await navigator.locks.query().catch(() => ({ held: [] }));
  return held.map(({ name = '' }) => name);
}
