/** How many connections a server lets in. */
export interface AdmissionPolicy {
  /** Hellos in a second, in the long run: what this server can authenticate and attach beside its other work. Default 1,000. */
  readonly ratePerSecond: number;
  /** Hellos at once after a quiet time. Default 2,000. */
  readonly burst: number;
}

/**
 * A token bucket for hellos. Who is turned away is told to come back within a window that is as long as the queue of those who
 * were turned away before: so they return at the rate that the server has asked for. The queue is a number; nobody is kept.
 *
 * The last quarter of the bucket is for sessions that resume: they have a conversation to carry on.
 */
export class Admission {
  readonly #policy: AdmissionPolicy;
  #tokens: number;
  /** Those who were turned away and are still to come, as the rate goes. */
  #queued = 0;
  #atMs: number;

  constructor(policy: AdmissionPolicy, nowMs: number) {
    this.#policy = policy;
    this.#tokens = policy.burst;
    this.#atMs = nowMs;
  }

  /** Null for one who may come in; else how long those who are turned away should spread their return, in milliseconds. */
  admit(resumes: boolean, nowMs: number): number | null {
    const { ratePerSecond, burst } = this.#policy;
    const passed = (Math.max(0, nowMs - this.#atMs) * ratePerSecond) / 1000;
    this.#atMs = nowMs;
    this.#tokens = Math.min(burst, this.#tokens + passed);
    this.#queued = Math.max(0, this.#queued - passed);
    const reserved = resumes ? 0 : Math.floor(burst / 4);
    if (this.#tokens >= 1 + reserved) {
      this.#tokens -= 1;
      return null;
    }
    this.#queued += 1;
    return Math.ceil((this.#queued * 1000) / ratePerSecond);
  }
}
