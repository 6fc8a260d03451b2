import type { Fetch } from '../../../runtime/ports.ts';
import type { AttemptRecord, RequestRecord } from './records.ts';
import { WORK_PATH } from './work.ts';

/** Writes down what the client does: each request as its app sees it, and below the library each attempt. */
export interface Recorder {
  readonly requests: readonly RequestRecord[];
  readonly attempts: readonly AttemptRecord[];
  note(request: RequestRecord): void;
  /** The attempts that a request took so far. */
  attemptsOf(id: string): number;
  /** The same `fetch`, with each attempt of the app's own work on record. */
  watch(fetch: Fetch): Fetch;
}

export function createRecorder(): Recorder {
  const requests: RequestRecord[] = [];
  const attempts: AttemptRecord[] = [];
  const counts = new Map<string, number>();
  return {
    requests,
    attempts,
    note: (request) => void requests.push(request),
    attemptsOf: (id) => counts.get(id) ?? 0,
    watch: (fetch) => async (input, init) => {
      const { origin, pathname } = new URL(input instanceof Request ? input.url : input);
      if (!pathname.startsWith(WORK_PATH)) return fetch(input, init);
      const id = pathname.slice(WORK_PATH.length);
      counts.set(id, (counts.get(id) ?? 0) + 1);
      const startedMs = performance.now();
      let well = false;
      try {
        const response = await fetch(input, init);
        well = response.status < 500;
        return response;
      } finally {
        attempts.push({ id, origin, startedMs, endedMs: performance.now(), well });
      }
    },
  };
}
