import { memoryStore } from './memoryStore.ts';
import type { Clock, Connectivity, Lifecycle, Ports } from './ports.ts';

/** The clock of any platform that has timers. */
export const systemClock: Clock = {
  // Some engines that React Native runs on have dates alone.
  now: () => (typeof performance === 'object' ? performance.now() : Date.now()),
  wallTime: () => Date.now(),
  setTimer(callback, delayMs, background = false) {
    // A longer delay overflows a 32-bit timer, which then fires at once.
    const timer: unknown = setTimeout(callback, Math.min(delayMs, 2 ** 31 - 1));
    if (background && typeof timer === 'object' && timer !== null && 'unref' in timer)
      (timer as { unref(): void }).unref();
    return () => clearTimeout(timer as number);
  },
};

/** `navigator.onLine` and its events, where there are any; else always online. */
const systemConnectivity: Connectivity = {
  isOnline: () => globalThis.navigator?.onLine !== false,
  subscribe: (listener) => listen({ online: () => listener(true), offline: () => listener(false) }),
};

/** A page is back when it is shown again, from a hidden tab or from the back-forward cache; and when a frozen one runs again. */
const systemLifecycle: Lifecycle = {
  subscribe: (listener) =>
    listen({
      pageshow: listener,
      resume: listener,
      visibilitychange: () => {
        if (document.visibilityState === 'visible') listener();
      },
    }),
  // Hidden is the last that a page may hear of before it is frozen or killed; `pagehide` comes where it is left.
  onLeave: (listener) =>
    listen({
      pagehide: listener,
      visibilitychange: () => {
        if (document.visibilityState === 'hidden') listener();
      },
    }),
};

/** What every platform has. It never tells of the network or of the app, and forgets what is stored. */
export const plainPorts = (): Ports => ({
  fetch: (input, init) => globalThis.fetch(input, init),
  clock: systemClock,
  random: Math.random,
  storage: memoryStore(),
  connectivity: { isOnline: () => true, subscribe: () => () => {} },
  lifecycle: { subscribe: () => () => {} },
});

/**
 * The platform's own parts, for a pool of your own: its clock, chance and `fetch`, a store in memory, and what it tells of the network and of
 * the page. Nothing is touched before it is used.
 */
export function systemPorts(): Ports {
  return { ...plainPorts(), connectivity: systemConnectivity, lifecycle: systemLifecycle };
}

function listen(listeners: Record<string, () => void>): () => void {
  // React Native and Node have no document.
  if (typeof addEventListener !== 'function' || typeof document === 'undefined') return () => {};
  const entries = Object.entries(listeners);
  // On their way down, since `resume` does not bubble.
  for (const [type, listener] of entries) addEventListener(type, listener, true);
  return () => {
    for (const [type, listener] of entries) removeEventListener(type, listener, true);
  };
}
