/** How many connections a server lets in. */
export interface AdmissionPolicy {
  /** Hellos in a second, in the long run: what this server can authenticate and attach beside its other work. Default 1,000. */
  readonly ratePerSecond: number;
  /** Hellos at once after a quiet time. Default 2,000. */
  readonly burst: number;
}

export const ADMISSION: AdmissionPolicy = { ratePerSecond: 1_000, burst: 2_000 };

/** Where a server's admission stands. Plain data. */
export interface AdmissionState {
  readonly tokens: number;
  /** Those who were turned away and are still to come, as the rate goes. */
  readonly queued: number;
  readonly atMs: number;
}

/** A server that has had a quiet time. */
export const openAdmission = ({ burst }: AdmissionPolicy, nowMs: number): AdmissionState => ({
  tokens: burst,
  queued: 0,
  atMs: nowMs,
});

/**
 * A token bucket for hellos. Who is turned away is told to come back within a window that is as long as the queue of those who
 * were turned away before: so they return at the rate that the server has asked for. The queue is a number; nobody is kept.
 *
 * The last quarter of the bucket is for sessions that resume: they have a conversation to carry on.
 *
 * @returns `waitMs`: null for one who may come in; else how long those who are turned away should spread their return, in milliseconds.
 */
export function admit(
  before: AdmissionState,
  { ratePerSecond, burst }: AdmissionPolicy,
  resumes: boolean,
  nowMs: number,
): { readonly state: AdmissionState; readonly waitMs: number | null } {
  const passed = (Math.max(0, nowMs - before.atMs) * ratePerSecond) / 1000;
  const tokens = Math.min(burst, before.tokens + passed);
  const queued = Math.max(0, before.queued - passed);
  const reserved = resumes ? 0 : Math.floor(burst / 4);
  if (tokens >= 1 + reserved) return { state: { tokens: tokens - 1, queued, atMs: nowMs }, waitMs: null };
  const waitMs = Math.ceil(((queued + 1) * 1000) / ratePerSecond);
  return { state: { tokens, queued: queued + 1, atMs: nowMs }, waitMs };
}
