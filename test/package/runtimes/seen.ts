import type { Seen } from './scenario.ts';

/** What a client sees where the runtime says of a refused connection that it was refused: even a plain POST goes on. */
export const SEEN: Seen = {
  before: {
    fetch: 'a',
    ky: 'a',
    socket: ['from a', 'a: hi'],
    events: 'a',
    channel: [{ re: { n: 1 } }],
  },
  after: {
    firstPost: { from: 'b', method: 'POST', bytes: 1 },
    smallFetch: { from: 'b', method: 'GET', bytes: 0 },
    fetch: 'b',
    keyedPost: 'b',
    socket: ['from b', 'b: again'],
    events: 'b',
    channel: [{ re: { n: 2 } }],
    timeout: 'TIMEOUT',
  },
  back: 'a',
  closed: 'CLOSED',
  refused: 'NO_HOSTS',
};

/** Where it does not, a POST that may have been processed is given back to its caller. */
export const SEEN_WITHOUT_PROOF: Seen = {
  ...SEEN,
  after: { ...(SEEN['after'] as object), firstPost: 'NOT_REPLAYABLE' },
};
