import { DEFAULTS } from './defaults.ts';
import type { HealthOptions } from './healthPolicy.ts';

/** nginx' passive checks: `server … max_fails= fail_timeout=`. Times in seconds, as in nginx. */
export interface NginxChecks {
  /** Default 1, as in nginx; 0 switches ejection off. */
  readonly maxFails?: number;
  /** Both the window in which failures add up and the time out of service. Default 10. */
  readonly failTimeoutSeconds?: number;
}

/** The health policy that does what nginx' `max_fails` and `fail_timeout` do: the next live request proves a host again. */
export function nginxChecks({ maxFails = 1, failTimeoutSeconds = 10 }: NginxChecks = {}): HealthOptions {
  const failTimeoutMs = failTimeoutSeconds * 1000;
  return {
    ejection: {
      connectFailures: maxFails,
      serverErrors: maxFails,
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
  readonly path?: string;
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
}

/** The health policy that does what a Kubernetes readiness probe does: probes always, and nothing but probes decides. */
export function kubernetesProbe(probe: KubernetesProbe = {}): HealthOptions {
  return {
    ejection: { connectFailures: 0, serverErrors: 0, coolDownMs: 0, coolDownCapMs: 0, coolDownSpread: 0 },
    probe: {
      always: true,
      path: probe.path ?? DEFAULTS.probe.path,
      initialDelayMs: (probe.initialDelaySeconds ?? 0) * 1000,
      periodMs: (probe.periodSeconds ?? 10) * 1000,
      timeoutMs: (probe.timeoutSeconds ?? 1) * 1000,
      successThreshold: probe.successThreshold ?? 1,
      failureThreshold: probe.failureThreshold ?? 3,
    },
    failback: { holdMs: 0, proof: 'probe' },
  };
}
