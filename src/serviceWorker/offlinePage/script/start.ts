import { fullJitter } from '../../../policy/backoff.ts';
import type { SiteHost } from '../../../site/config.ts';
import { BLOCK_ID, type PageBlock } from '../block.ts';
import { askAll } from './ask.ts';
import { isCircling, noteDeparture } from './guard.ts';
import { createView, type View } from './view.ts';

/** How a page gets to a host. */
export type Departure = (origin: string, block: PageBlock) => void;

/** Brings the page to life: it asks, waits and asks again until a host is healthy, and goes there. */
export function start(depart: Departure): void {
  const block: PageBlock = JSON.parse(document.getElementById(BLOCK_ID)?.textContent ?? '');
  const view = createView(block);
  const watch = createWatch(block, view, depart);
  view.button.onclick = () => watch.look(true);
  for (const host of block.hosts) leadOver(view.link(host), () => depart(host.origin, block));
  // Whatever has changed, the next try is now. What the browser says of the connection is not asked for leave.
  for (const name of ['online', 'offline']) addEventListener(name, () => watch.look());
  addEventListener('pageshow', ({ persisted }) => persisted && watch.look());
  document.addEventListener('visibilitychange', () => document.hidden || watch.look());
  // What is under way would keep the page out of the back-forward cache.
  addEventListener('pagehide', () => watch.stop());
  watch.look();
}

/** A link goes the page's own way, unless it is to open elsewhere. */
function leadOver(link: HTMLElement, follow: () => void): void {
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    follow();
  };
}

interface Watch {
  /** Asks at once, and begins anew with the waits. `byHand`: a person wants it, who may also go in circles. */
  readonly look: (byHand?: boolean) => void;
  readonly stop: () => void;
}

function createWatch(block: PageBlock, view: View, depart: Departure): Watch {
  const isOwn = ({ origin }: SiteHost): boolean => origin === location.origin;
  // The host in whose place the page stands comes first: it is where the person has a session.
  const hosts = [...block.hosts].sort((one, other) => Number(isOwn(other)) - Number(isOwn(one)));
  let timer: number | undefined;
  let stopAsking = (): void => {};
  let rounds = 0;
  let isLeaving = false;

  const stop = (): void => {
    clearTimeout(timer);
    stopAsking();
  };
  const ask = (byHand: boolean): void => {
    stop();
    view.showNext(null);
    stopAsking = askAll(hosts, block, view.showHost, (best) => {
      if (best !== undefined && (byHand || !isCircling(block.guardMs))) {
        view.tell('leaving', best);
        leave(best);
        return;
      }
      view.tell(best === undefined ? (byHand ? 'still' : 'lead') : 'stuck', best);
      rest();
    });
  };
  const leave = ({ origin }: SiteHost): void => {
    isLeaving = true;
    noteDeparture(block.guardMs);
    // An address may turn out to be a download: then the page is still there.
    timer = setTimeout(look, block.guardMs, true);
    // In transparent mode, the worker brings the document here.
    depart(block.mode === 'transparent' ? location.origin : origin, block);
  };
  const rest = (): void => {
    const capMs = navigator.onLine ? block.capMs : block.offlineCapMs;
    const waitMs = fullJitter(rounds, { baseMs: block.baseMs, capMs }, Math.random);
    const dueMs = performance.now() + waitMs;
    rounds += 1;
    const tick = (): void => {
      const leftMs = dueMs - performance.now();
      // Nobody is looking: to be seen again is the next try.
      if (document.hidden) return;
      if (leftMs <= 0) {
        ask(false);
        return;
      }
      if (waitMs > 1000) view.showNext(Math.ceil(leftMs / 1000));
      timer = setTimeout(tick, leftMs % 1000);
    };
    tick();
  };
  const look = (byHand = false): void => {
    if (isLeaving && !byHand) return;
    isLeaving = false;
    rounds = 0;
    if (byHand) view.tell('trying');
    ask(byHand);
  };
  view.tell('lead');
  return { look, stop };
}
