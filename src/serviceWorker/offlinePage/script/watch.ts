import { fullJitter } from '../../../policy/backoff.ts';
import { askAll } from './ask.ts';
import { isCircling, noteDeparture } from './guard.ts';
import { block, find, hosts, type PageHost } from './page.ts';
import { setUp, showHost, showNext, tell, type Word } from './view.ts';

/**
 * Brings the page to life: it asks, waits and asks again until a host is healthy, and goes there.
 *
 * @param depart How the page gets to a host.
 * @param first The host that comes before the others. Default: the one in whose place the page stands, where the person has a session.
 */
export function watch(depart: (origin: string) => void, first = location.origin): void {
  const ranked = [...new Set([...hosts.filter(({ origin }) => origin === first), ...hosts])];
  let rounds = 0;
  let isLeaving = false;
  let word: Word = 'lead';
  /** Ends what is under way: asking, or waiting. */
  let stop = (): void => {};
  const ask = (byHand?: boolean): void => {
    stop();
    showNext(0);
    stop = askAll(ranked, showHost, (best) => settle(best, byHand));
  };
  /** A person may go in circles. */
  const settle = (best: PageHost | undefined, byHand?: boolean): void => {
    const stays = best === undefined || (!byHand && isCircling());
    if (stays) stop = rest(rounds++, ask);
    else leave(best);
    // A person's answer stays to be read: the next try may be over in a moment.
    word = stays ? (best ? 'stuck' : byHand ? 'still' : word) : 'leaving';
    tell(word, best?.origin);
  };
  const leave = ({ origin }: PageHost): void => {
    isLeaving = true;
    noteDeparture();
    // An address may turn out to be a download: then the page is still there.
    const timer = setTimeout(look, block.guardMs, true);
    stop = () => clearTimeout(timer);
    depart(block.stays ? location.origin : origin);
  };
  /** The next try is now, and the waits begin anew. */
  const look = (byHand?: boolean): void => {
    if (isLeaving && !byHand) return;
    [isLeaving, word, rounds] = [false, 'lead', 0];
    if (byHand) tell('trying');
    ask(byHand);
  };
  setUp(depart);
  tell('lead');
  listen(look, () => stop());
}

function listen(look: (byHand?: boolean) => void, stop: () => void): void {
  find('button').onclick = () => look(true);
  // A browser that says that it is offline may be wrong: it is told, not obeyed.
  for (const change of ['online', 'offline', 'pageshow']) addEventListener(change, () => look());
  document.onvisibilitychange = () => document.hidden || look();
  // What is under way would keep the page out of the back-forward cache.
  addEventListener('pagehide', stop);
}

/** Waits before the next try, and shows for how long. Returns what ends it. */
function rest(round: number, ask: () => void): () => void {
  const waitMs = fullJitter(round, block, Math.random);
  const dueMs = performance.now() + waitMs;
  const tick = (): void => {
    const leftMs = dueMs - performance.now();
    if (leftMs > 0) {
      if (waitMs > 1000) showNext(Math.ceil(leftMs / 1000));
      timer = setTimeout(tick, leftMs % 1000);
    } else if (!document.hidden) ask();
    // While nobody looks, nobody is asked: to be seen again is the next try.
  };
  let timer = setTimeout(tick);
  return () => clearTimeout(timer);
}
