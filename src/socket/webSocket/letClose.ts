import type { Wire } from '../wire.ts';
import type { Timer } from './timer.ts';

/** How long a link may take to close while nothing of what was sent moves on, in milliseconds: a dead one takes for ever. */
const CLOSE_MS = 5_000;

/** Lets a link close for as long as what was sent moves on; then leaves it, and says so. */
export function letClose(wire: Wire, timer: Timer, left: () => void, beforeBytes = Infinity): void {
  timer.set(CLOSE_MS, () => {
    const { bufferedAmount } = wire.socket;
    if (bufferedAmount > 0 && bufferedAmount < beforeBytes) letClose(wire, timer, left, bufferedAmount);
    else {
      wire.drop(undefined, undefined, true);
      left();
    }
  });
}
