/** What a page does while it is there, and while it is not. */
export interface Presence {
  /** It is back, after it was away. */
  readonly back: () => void;
  /** It is left or frozen. It may come back, or never run again. */
  readonly away: () => void;
  /** A user looks at it. */
  readonly seen: () => void;
}

/**
 * Tells of a page's way through the back-forward cache and through being frozen. Who holds a lock or listens to a channel has to let go
 * of it when the page goes: a page in the cache would keep its lock from all others, and is thrown out when a message comes for it. The
 * returned function ends this.
 */
export function watchPresence({ back, away, seen }: Presence): () => void {
  let isAway = false;
  const leave = () => {
    if (isAway) return;
    isAway = true;
    away();
  };
  const arrive = () => {
    if (isAway) {
      isAway = false;
      back();
    }
  };
  const look = () => {
    if (document.visibilityState === 'visible' && !isAway) seen();
  };
  const ends = [
    listen(window, 'pagehide', leave),
    listen(window, 'pageshow', arrive),
    listen(document, 'freeze', leave),
    listen(document, 'resume', arrive),
    listen(document, 'visibilitychange', look),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function listen(target: EventTarget, type: string, listener: () => void): () => void {
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}
