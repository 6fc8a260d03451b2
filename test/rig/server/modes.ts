import type { Mode } from '../protocol.ts';

const OK: Mode = { kind: 'ok' };

/** The mode that a server is in, and how many requests it is still for. */
export interface ModeKeeper {
  readonly current: Mode;
  set(mode: Mode): void;
  /** The mode that this request meets; uses up one of its `times`. */
  take(request: { readonly isProbe: boolean }): Mode;
}

export function createModeKeeper(first: Mode = OK): ModeKeeper {
  let current = first;
  let left = timesOf(first);
  const set = (mode: Mode): void => {
    current = mode;
    left = timesOf(mode);
  };
  return {
    get current() {
      return current;
    },
    set,
    take({ isProbe }) {
      if (isProbe && 'probes' in current && current.probes === 'spared') return OK;
      const taken = current;
      left -= 1;
      if (left <= 0) set(OK);
      return taken;
    },
  };
}

function timesOf(mode: Mode): number {
  return ('times' in mode ? mode.times : undefined) ?? Number.POSITIVE_INFINITY;
}
