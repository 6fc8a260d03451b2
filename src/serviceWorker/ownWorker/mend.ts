import { judgePage } from '../../policy/navigation.ts';
import type { FetchEvent } from '../events.ts';
import { finish } from '../navigation/navigation.ts';
import type { Asked } from '../navigation/ownAnswer.ts';
import { inTime } from '../navigation/time.ts';
import type { WorkerSite } from '../navigation/workerSite.ts';

/** Long enough for a worker to look into its caches, in milliseconds. */
const CACHE_MS = 250;

/**
 * Waits for an answer that somebody else gets from the server; one that fails or takes too long is made good. Never rejects.
 *
 * Where the server is known to be out, only an answer that is there at once is waited for: out of a cache. A page that is led back to a
 * host which is wanted more waits for none.
 *
 * @param asked `abort` is called when its time is over; what it gives counts as the answer.
 */
export async function mendNavigation(site: WorkerSite, event: FetchEvent, asked: Asked): Promise<Response> {
  asked.response.catch(() => {});
  await site.known.load();
  const ahead = await site.mode.ahead?.(site, event, () => answersByItself(asked));
  if (!(ahead instanceof Response)) return finish(site, event, asked, ahead);
  void asked.abort();
  return ahead;
}

/** True where there is a page at once, and it is none that the server has given. */
async function answersByItself({ response, end }: Asked): Promise<boolean> {
  const answer = await inTime(response, CACHE_MS).catch(() => undefined);
  const heard = end();
  return answer?.ok === true && (heard === null || judgePage(heard, true).kind === 'failed');
}
