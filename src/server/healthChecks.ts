import type { Clock } from '../runtime/ports.ts';

/**
 * Looks at one thing that the server needs. It fails where it returns false, throws, rejects or takes too long. The signal aborts when
 * its time is over.
 */
export type HealthCheck = (signal: AbortSignal) => unknown;

/** How a check went. */
export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  /** What it took, in milliseconds. */
  readonly tookMs: number;
  /** Why it failed; null where it did not. */
  readonly why: string | null;
}

/** Runs all checks at once, each within its time. */
export function runChecks(
  checks: Readonly<Record<string, HealthCheck>>,
  timeoutMs: number,
  clock: Clock,
): Promise<readonly CheckResult[]> {
  return Promise.all(Object.entries(checks).map(([name, check]) => runCheck(name, check, timeoutMs, clock)));
}

async function runCheck(name: string, check: HealthCheck, timeoutMs: number, clock: Clock): Promise<CheckResult> {
  const begunMs = clock.now();
  const abort = new AbortController();
  const why = await new Promise<string | null>((resolve) => {
    const cancel = clock.setTimer(() => {
      resolve(`no answer within ${timeoutMs} ms`);
      abort.abort();
    }, timeoutMs);
    const end = (complaint: string | null) => {
      cancel();
      resolve(complaint);
    };
    const run = async () => await check(abort.signal);
    run().then(
      (answer) => end(answer === false ? 'it said no' : null),
      (error: unknown) => end(error instanceof Error ? error.message : String(error)),
    );
  });
  return { name, ok: why === null, tookMs: Math.round(clock.now() - begunMs), why };
}
