import { fullJitter } from '../../../policy/backoff.ts';
import { askAll } from './ask.ts';
import { isCircling, noteDeparture } from './guard.ts';
import { block, find, hosts, type PageHost } from './page.ts';
import { setUp, showHost, showNext, tell } from './view.ts';

/** How the page gets to a host. */
type Departure = (origin: string) => void;

let depart: Departure;
let ranked: readonly PageHost[];
let timer: ReturnType<typeof setTimeout> | undefined;
let stopAsking = (): void => {};
let rounds = 0;
let isLeaving = false;

/**
 * Brings the page to life: it asks, waits and asks again until a host is healthy, and goes there.
 *
 * @param first The host that comes before the others. Default: the one in whose place the page stands, where the person has a session.
 */
export function watch(departure: Departure, first = location.origin): void {
  depart = departure;
  ranked = [...new Set([...hosts.filter(({ origin }) => origin === first), ...hosts])];
  setUp(depart);
  tell('lead');
  find('button').onclick = () => look(true);
  // A browser that says that it is offline may be wrong: it is told, not obeyed.
  for (const change of ['online', 'offline', 'pageshow']) addEventListener(change, () => look());
  document.onvisibilitychange = () => document.hidden || look();
  // What is under way would keep the page out of the back-forward cache.
  addEventListener('pagehide', stop);
}

/** The next try is now, and the waits begin anew. */
function look(byHand?: boolean): void {
  if (isLeaving && !byHand) return;
  isLeaving = false;
  rounds = 0;
  if (byHand) tell('trying');
  ask(byHand);
}

function stop(): void {
  clearTimeout(timer);
  stopAsking();
}

function ask(byHand?: boolean): void {
  stop();
  showNext(0);
  stopAsking = askAll(ranked, showHost, (best) => settle(best, byHand));
}

function settle(best: PageHost | undefined, byHand?: boolean): void {
  // A person may go in circles.
  const stays = best === undefined || (!byHand && isCircling());
  if (stays) rest();
  else leave(best);
  tell(stays ? (best ? 'stuck' : byHand ? 'still' : 'lead') : 'leaving', best?.origin);
}

function leave({ origin }: PageHost): void {
  isLeaving = true;
  noteDeparture();
  // An address may turn out to be a download: then the page is still there.
  timer = setTimeout(look, block.guardMs, true);
  depart(block.stays ? location.origin : origin);
}

function rest(): void {
  const waitMs = fullJitter(rounds++, block, Math.random);
  const dueMs = performance.now() + waitMs;
  const tick = (): void => {
    const leftMs = dueMs - performance.now();
    if (leftMs > 0) {
      if (waitMs > 1000) showNext(Math.ceil(leftMs / 1000));
      timer = setTimeout(tick, leftMs % 1000);
    } else if (!document.hidden) ask();
    // While nobody looks, nobody is asked: to be seen again is the next try.
  };
  tick();
}
