import { SwitchoverError } from '../policy/error.ts';
import type { Clock } from '../runtime/ports.ts';
import { systemClock } from '../runtime/systemPorts.ts';

/** Of workerd alone. One end of a pair tells whether it is touched by the request that it belongs to: any other's touch throws. */
interface SocketPair {
  readonly 0: { readonly readyState: number };
}

/**
 * A clock for the one request that it is made in. workerd ends a request's timers, sockets and bodies with the request, and runs none of
 * them for another: a request that waited for the timer of one that is over would wait for ever. So this clock, which is asked at the
 * beginning of all that a pool does, refuses to serve any other request. All events of one Durable Object count as one.
 *
 * @throws SwitchoverError `OUTSIDE_REQUEST` where no request is being handled: at the top of a module. Its `now()` does, too, where
 * another request is.
 */
export function requestClock(): Clock {
  const pair = openPair();
  if (pair === null) return systemClock;
  return {
    ...systemClock,
    now() {
      try {
        void pair[0].readyState;
      } catch (cause) {
        throw outside('A pool was used in another request than the one that has made it.', cause);
      }
      return systemClock.now();
    },
  };
}

/** Null on a runtime that has none: then nothing is known of requests. */
function openPair(): SocketPair | null {
  const { WebSocketPair: Pair } = globalThis as { WebSocketPair?: new () => SocketPair };
  if (Pair === undefined) return null;
  try {
    return new Pair();
  } catch (cause) {
    throw outside('A pool was made where no request is being handled.', cause);
  }
}

function outside(message: string, cause: unknown): SwitchoverError {
  return new SwitchoverError('OUTSIDE_REQUEST', message, {
    remedy:
      'Make one in each call of the handler: they share what they know of the hosts. Or keep one in a Durable Object.',
    cause,
  });
}
