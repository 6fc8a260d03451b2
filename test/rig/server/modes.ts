import type { Mode } from '../protocol.ts';

const OK: Mode = { kind: 'ok' };

/** The mode that a server is in, and how many requests it is still for. */
export interface ModeKeeper {
  readonly current: Mode;
  set(mode: Mode): void;
  /** The mode that this request meets; uses up one of its `times`. */
  take(request: Target): Mode;
}

/** What a mode has to know of a request. */
export interface Target {
  readonly isProbe: boolean;
  readonly isNavigation: boolean;
  /** Without its query. */
  readonly path: string;
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
    take(target) {
      if (!isHit(current, target)) return OK;
      const taken = current;
      left -= 1;
      if (left <= 0) set(OK);
      return taken;
    },
  };
}

function isHit(mode: Mode, { isProbe, isNavigation, path }: Target): boolean {
  if (isProbe && 'probes' in mode && mode.probes === 'spared') return false;
  const only = 'only' in mode ? mode.only : undefined;
  if (only === undefined) return true;
  return typeof only === 'string' ? isNavigation === (only === 'navigations') : only.includes(path);
}

function timesOf(mode: Mode): number {
  return ('times' in mode ? mode.times : undefined) ?? Number.POSITIVE_INFINITY;
}
