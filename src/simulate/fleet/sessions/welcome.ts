import type { ClientState } from '../../../session/clientState.ts';
import type { FrameFromServer } from '../../../session/frames.ts';
import { SERVER_POLICY } from '../../../session/serverPolicy.ts';

const { maxBytes, window, heartbeatMs } = SERVER_POLICY;

/** The logs that a session may have, in turn: its name need only differ from the one before. */
const STREAMS = ['first', 'second'] as const;

/**
 * The welcome of a server to a client that has sent nothing. A session that is gone begins anew, in another log. Names are the same for
 * all clients: each is a session of its own by its number.
 */
export function welcomeFrame(
  { sid, stream, epoch }: ClientState,
  windowMs: number,
  ttlMs: number,
  isLost: boolean,
): FrameFromServer {
  const resumes = sid !== '' && !isLost;
  return {
    kind: 'welcome',
    sid: 'session',
    token: 'token',
    epoch: epoch + 1,
    stream: resumes ? stream : stream === STREAMS[0] ? STREAMS[1] : STREAMS[0],
    result: resumes ? 'resumed' : 'new',
    rx: 0,
    replayFrom: 1,
    lost: { s2c: isLost ? 'unknown' : null, c2s: isLost ? 'unknown' : null },
    ttlMs,
    maxBytes,
    window,
    heartbeatMs,
    retryWindowMs: windowMs,
  };
}
