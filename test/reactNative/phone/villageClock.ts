/** Time in an engine that has none: it goes from one timer to the next. */
export interface VillageClock {
  now(): number;
  setTimer(callback: () => void, delayMs: number): () => void;
}

interface Engine {
  setTimeout: (callback: () => void, delayMs: number) => unknown;
  clearTimeout: (id: unknown) => void;
  queueMicrotask: (callback: () => void) => void;
  performance: { now(): number };
}

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** What the engine that there is as a program has not got yet, and the one inside React Native 0.88 has. */
export function mendEngine(): void {
  const at = function at<Item>(this: readonly Item[], index: number): Item | undefined {
    return this[index < 0 ? this.length + index : index];
  };
  if (!('at' in Array.prototype)) Object.defineProperty(Array.prototype, 'at', { value: at, configurable: true });
}

/** Puts timers in place of the engine's own, which know no delay: each runs as a task of its own, so that promises settle in between. */
export function installClock(): VillageClock {
  const engine = globalThis as unknown as Engine;
  const nextTask = engine.setTimeout;
  const timers = new Map<number, Timer>();
  let nowMs = 1_000;
  let made = 0;
  let running = false;

  const step = (): void => {
    const [id, timer] = soonest(timers) ?? [0, null];
    running = timer !== null;
    if (timer === null) return;
    timers.delete(id);
    nowMs = Math.max(nowMs, timer.atMs);
    nextTask(step, 0);
    timer.callback();
  };
  const set = (callback: () => void, delayMs = 0): number => {
    timers.set(++made, { atMs: nowMs + Math.max(1, delayMs), callback });
    if (!running) nextTask(step, 0);
    running = true;
    return made;
  };
  engine.setTimeout = set;
  engine.clearTimeout = (id) => void timers.delete(Number(id));
  engine.queueMicrotask = (callback) => void Promise.resolve().then(callback);
  engine.performance = { now: () => nowMs };
  return {
    now: () => nowMs,
    setTimer(callback, delayMs) {
      const id = set(callback, delayMs);
      return () => void timers.delete(id);
    },
  };
}

function soonest(timers: ReadonlyMap<number, Timer>): [number, Timer] | undefined {
  let first: [number, Timer] | undefined;
  for (const entry of timers) if (first === undefined || entry[1].atMs < first[1].atMs) first = entry;
  return first;
}
