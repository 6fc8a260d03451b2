/** Writes a key's value; `undefined` takes the key away. */
type Write = (key: string, value: string | undefined) => Promise<void>;

interface Waiting {
  value: string | undefined;
  readonly done: Promise<void>;
}

interface Running {
  readonly done: Promise<void>;
  waiting: Waiting | undefined;
}

/** Writes of each key, one at a time. */
export interface LatestWrites {
  readonly write: Write;
  /** Resolves when nothing is left to write of what was given until now. Never rejects. */
  settled(key: string): Promise<void>;
}

/**
 * Orders the writes of each key. At most one runs and one waits: a value that waits gives way to a newer one, whose end
 * is then the end of both. So a disk that is slow holds up two values of a key, never a queue of them.
 */
export function latestWrites(write: Write): LatestWrites {
  const running = new Map<string, Running>();
  const start: Write = (key, value) => {
    const done = write(key, value).finally(() => {
      if (entry.waiting === undefined) running.delete(key);
    });
    const entry: Running = { done, waiting: undefined };
    running.set(key, entry);
    return done;
  };
  return {
    write(key, value) {
      const entry = running.get(key);
      if (entry === undefined) return start(key, value);
      if (entry.waiting !== undefined) {
        entry.waiting.value = value;
        return entry.waiting.done;
      }
      const done = quiet(entry.done).then(() => start(key, waiting.value));
      const waiting: Waiting = { value, done };
      entry.waiting = waiting;
      return done;
    },
    async settled(key) {
      const entry = running.get(key);
      if (entry !== undefined) await quiet((entry.waiting ?? entry).done);
    },
  };
}

/** A failed write is told to who asked for it, and holds nobody else up. */
function quiet(done: Promise<void>): Promise<void> {
  return done.catch(() => {});
}
