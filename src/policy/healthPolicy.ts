/** When a host is taken out of service. All of it may be given in part; the rest is the default. */
export interface EjectionPolicy {
  /**
   * Attempts in a row that must end without an answer: refused, reset, DNS, TLS, time-out. After a first time-out the host
   * is probed at once. 0: never. Default 2.
   */
  readonly connectFailures: number;
  /** Answers in a row that must be 5xx, or bodies in a row that must break off or stall. 0: never. Default 3. */
  readonly serverErrors: number;
  /** Failures in a row add up only within this time, in milliseconds (nginx' `fail_timeout`). Default Infinity. */
  readonly windowMs: number;
  /** First cool-down, in milliseconds; doubled at each ejection in a row. Also the least time between trials. Default 5,000. */
  readonly coolDownMs: number;
  /** Longest cool-down before the spread, in milliseconds. A host in service for as long has recovered for good. Default 60,000. */
  readonly coolDownCapMs: number;
  /** The cool-down is multiplied by a draw from [1 - spread, 1 + spread). 0 to 1. Default 0.5. */
  readonly coolDownSpread: number;
  /** All of several hosts beginning to fail within this time, in milliseconds, is a fault of this side. Default 10,000. */
  readonly localFaultWindowMs: number;
}

/** How a host's health is asked for. */
export interface ProbePolicy {
  /**
   * Path of the health endpoint. Default `/healthz/ready`; where a host has nothing there (404 or 405), the path that failed
   * last is asked instead, and any answer below 500 will do. A path that you give must be there.
   */
  readonly path: string;
  /** Between two probes of one host, in milliseconds (Kubernetes' `periodSeconds`). Default 2,000. */
  readonly periodMs: number;
  /** Between two looks at a host that is well but not active, in milliseconds. Default 15,000. */
  readonly inactivePeriodMs: number;
  /** Until a probe's whole answer, in milliseconds (`timeoutSeconds`). Default 2,000. */
  readonly timeoutMs: number;
  /** Good probes in a row that prove a host (`successThreshold`). One is enough where it had to wait, see `requestsPerProbe`. Default 2. */
  readonly successThreshold: number;
  /** Bad probes in a row that eject a host, or send it back to its cool-down (`failureThreshold`). Default 1. */
  readonly failureThreshold: number;
  /**
   * A client that is well served elsewhere probes once in so many requests, or after 32 times its pause, at most four of the longest
   * cool-downs; and one good probe is then enough. 0: by the clock alone. Default 4.
   */
  readonly requestsPerProbe: number;
  /** Until the first probe of a host that was listed just now, in milliseconds (`initialDelaySeconds`). Needs `always`. Default 0. */
  readonly initialDelayMs: number;
  /** Probe hosts that are in service too, as Kubernetes does. Default false: probes are sent only when a host is down or a failback is due. */
  readonly always: boolean;
}

/** How a host that failed gets its clients back. */
export interface FailbackPolicy {
  /** A proven host waits a draw from [0, holdMs) before clients return to it, in milliseconds. Default 60,000. */
  readonly holdMs: number;
  /** What proves a host: a background `probe`, or one live `request` at a time (as in nginx). Default `probe`. */
  readonly proof: 'probe' | 'request';
}

/** How long a host that lost its role stays shut out. */
export interface FencePolicy {
  /** How long a lower epoch of the same cluster is refused, in milliseconds. Default 600,000. */
  readonly forMs: number;
}

/**
 * The whole policy of health, as the machine wants it: nothing is optional. An option that belongs to a rule is there with that
 * rule, and nobody else reads it.
 */
export interface HealthPolicy {
  /** When a host is taken out of service. */
  readonly ejection: EjectionPolicy;
  /** How a host is asked how it is. */
  readonly probe: ProbePolicy;
  /** How a host that failed gets its clients back. */
  readonly failback: FailbackPolicy;
  /** How long a host that lost its role stays shut out. */
  readonly fence: FencePolicy;
}

/** A {@link HealthPolicy} of which each part may be left out. */
export type HealthOptions = { readonly [Part in keyof HealthPolicy]?: Partial<HealthPolicy[Part]> };
