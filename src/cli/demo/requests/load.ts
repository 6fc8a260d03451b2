import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkKind } from './work.ts';

/** How much the app behind the client asks for. */
const PERIOD_MS = 25;
/** An app that waits for so many answers stops asking for more. */
const MOST_UNDER_WAY = 100;

/** One round: half of all requests read, a third writes with a key, and the rest writes without. */
const ROUND: readonly WorkKind[] = ['read', 'keyed', 'read', 'unsafe', 'read', 'keyed'];

/** Calls `begin` at a steady pace until `signal` aborts; resolves when all that it began is over. */
export async function keepBusy(begin: (work: WorkKind) => Promise<void>, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for (let turn = 0; !signal.aborted; turn += 1) {
    if (underWay.size < MOST_UNDER_WAY) {
      const request = begin(ROUND[turn % ROUND.length] ?? 'read').finally(() => underWay.delete(request));
      underWay.add(request);
    }
    await sleep(PERIOD_MS);
  }
  await Promise.all(underWay);
}
