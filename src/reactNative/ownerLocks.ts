import { reasonOf } from '../runtime/abortReason.ts';
import type { MaybePromise, OwnerLock } from '../runtime/ports.ts';

/** Who waits for a name, in order; the first has it. */
type Queue = (() => void)[];

const QUEUES = /* @__PURE__ */ new WeakMap<object, Map<string, Queue>>();

/**
 * An app is one process, but may make two stores over one storage: a module that is loaded anew while the old one lives. All locks of
 * one storage know of each other.
 */
export function ownerLocks(storage: object): OwnerLock {
  const queues = QUEUES.get(storage) ?? new Map<string, Queue>();
  QUEUES.set(storage, queues);
  const enter = (name: string, turn: () => void): (() => void) => {
    const queue = queues.get(name) ?? [];
    queues.set(name, queue);
    if (queue.push(turn) === 1) turn();
    return () => leave(name, turn);
  };
  const leave = (name: string, turn: () => void): void => {
    const queue = queues.get(name) ?? [];
    const at = queue.indexOf(turn);
    if (at === -1) return;
    queue.splice(at, 1);
    if (queue.length === 0) queues.delete(name);
    else if (at === 0) queue[0]?.();
  };
  return {
    acquire: (name) => (queues.has(name) ? null : enter(name, () => {})),
    wait: (name, signal) => waitFor((turn) => enter(name, turn), signal),
  };
}

function waitFor(enter: (turn: () => void) => () => void, signal: AbortSignal): Promise<() => MaybePromise<void>> {
  return new Promise((resolve, reject) => {
    let mine = false;
    const give = enter(() => {
      mine = true;
      signal.removeEventListener('abort', aborted);
      queueMicrotask(() => resolve(give));
    });
    function aborted(): void {
      give();
      reject(reasonOf(signal));
    }
    if (mine) return;
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted);
  });
}
