import type { HealthOptions } from './healthPolicy.ts';

/** nginx' passive checks: `server … max_fails= fail_timeout=`. Times in seconds, as in nginx. */
export interface NginxChecks {
  /** Default 1, as in nginx; 0 switches ejection off. */
  readonly maxFails?: number;
  /** Both the window in which failures add up and the time out of service, in seconds. Default 10. */
  readonly failTimeoutSeconds?: number;
  /** Count 5xx answers, as `proxy_next_upstream … http_500 http_502 http_503 http_504` does. Default false, as in nginx. */
  readonly countServerErrors?: boolean;
}

/**
 * The health policy that does what nginx' `max_fails` and `fail_timeout` do: no probes, one live request in each
 * `fail_timeout` proves a host again, and its clients return at once. Unlike in nginx, a success begins the count anew.
 */
export function nginxChecks(checks: NginxChecks = {}): HealthOptions {
  const { maxFails = 1, failTimeoutSeconds = 10, countServerErrors = false } = checks;
  const failTimeoutMs = failTimeoutSeconds * 1000;
  return {
    ejection: {
      connectFailures: maxFails,
      serverErrors: countServerErrors ? maxFails : 0,
      windowMs: failTimeoutMs,
      coolDownMs: failTimeoutMs,
      coolDownCapMs: failTimeoutMs,
      coolDownSpread: 0,
    },
    probe: { successThreshold: 1, failureThreshold: 1 },
    failback: { holdMs: 0, proof: 'request' },
  };
}

/** A Kubernetes readiness probe. Times in seconds, names and defaults as there. */
export interface KubernetesProbe {
  /** Path that is probed: `httpGet.path`. Default `/`. */
  readonly path?: string;
  /** Until the first probe of a host that was listed just now, in seconds. Default 0. */
  readonly initialDelaySeconds?: number;
  /** Between two probes, in seconds. Default 10. */
  readonly periodSeconds?: number;
  /** Until a probe's whole answer, in seconds. Default 1. */
  readonly timeoutSeconds?: number;
  /** Good probes in a row that bring a host back. Default 1. */
  readonly successThreshold?: number;
  /** Bad probes in a row that take a host out. Default 3. */
  readonly failureThreshold?: number;
}

/**
 * The health policy that does what a Kubernetes readiness probe does: a probe in each period, and nothing but probes decides.
 * Unlike there, hosts are in service from the start.
 */
export function kubernetesProbe(probe: KubernetesProbe = {}): HealthOptions {
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  return {
    // Out of service a host is probed as often as in service.
    ejection: { connectFailures: 0, serverErrors: 0, coolDownMs: periodMs, coolDownCapMs: periodMs, coolDownSpread: 0 },
    probe: {
      always: true,
      path: probe.path ?? '/',
      initialDelayMs: (probe.initialDelaySeconds ?? 0) * 1000,
      periodMs,
      timeoutMs: (probe.timeoutSeconds ?? 1) * 1000,
      successThreshold: probe.successThreshold ?? 1,
      failureThreshold: probe.failureThreshold ?? 3,
    },
    failback: { holdMs: 0, proof: 'probe' },
  };
}
