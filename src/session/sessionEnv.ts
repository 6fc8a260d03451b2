/** Time and chance, as they come in. `nowMs` is monotonic: only differences mean anything. */
export interface SessionEnv {
  readonly nowMs: number;
  readonly random: () => number;
}

/** No time at all, in a form that JSON has. */
export const NEVER = Number.MAX_SAFE_INTEGER;
