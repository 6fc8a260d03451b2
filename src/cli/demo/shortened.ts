/**
 * Times that fit into a demo of less than a minute. They are what an app with two servers and few clients could choose;
 * the defaults are made for fleets.
 */
export const SHORTENED = {
  timeout: { attemptMs: 1_000, waryAttemptMs: 1_000 },
  ejection: { coolDownMs: 500, coolDownCapMs: 1_000 },
  probe: { periodMs: 250, inactivePeriodMs: 1_000, timeoutMs: 500 },
  failback: { holdMs: 1_000 },
} as const;
