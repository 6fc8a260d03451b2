import { NO_HINTS } from '../policy/hints.ts';
import type { Fault } from '../policy/outcome.ts';
import { type HostReader, readPlainHosts } from '../policy/plainHosts.ts';
import type { PolicyOptions, RetryPolicy, TimeoutPolicy } from '../policy/policyOptions.ts';
import { readPolicy } from '../policy/poolPolicy.ts';
import { type PoolPolicy, type PoolRule, ruleOf } from '../policy/poolRule.ts';
import { retryAfterSeconds } from '../policy/retryAfter.ts';
import { plainFault } from './plainFault.ts';
import { plainProber } from './plainProber.ts';
import type { Ports } from './ports.ts';
import type { Prober } from './prober.ts';

export { refuseUnknown } from '../policy/fill.ts';

/** What a pool is made with, but for its parts. Every one may be left out. */
export interface PoolConfig extends PolicyOptions, Partial<Ports> {
  /** Accept http to hosts that are not local. Session tokens are still refused to them. Default false. */
  readonly allowInsecure?: boolean;
  /** Rules beyond the machine's own, in their order: each is around those before it. Default none; `createFailover` has all. */
  readonly rules?: readonly PoolRule[];
  /** Reads the list of hosts. Default: texts alone, best first; `createFailover` reads M+N, weights, zones and health URLs. */
  readonly readHosts?: HostReader;
  /** Asks a host how it is. Default: 200 at its health path, else any answer below 500 at the path that failed. */
  readonly prober?: Prober;
  /** Reads from what `fetch` rejected with how the network failed; null where it was not the network. Default: `network`. */
  readonly readFault?: (error: unknown) => Fault | null;
}

/** A pool's whole configuration. */
export interface PoolSettings {
  readonly policy: PoolPolicy;
  readonly retry: RetryPolicy;
  readonly timeout: TimeoutPolicy;
  readonly readHosts: HostReader;
  readonly prober: Prober;
  /** How the network failed, by what `fetch` rejected with; null where it was not the network. */
  readonly readFault: (error: unknown) => Fault | null;
  /** What a server says of itself in its response headers, each given by its lower-case name. */
  readonly readHints: NonNullable<PoolRule['readHints']>;
  /** How long a `Retry-After` header asks to wait, in milliseconds; null where it says nothing. */
  readonly readRetryAfter: NonNullable<PoolRule['readRetryAfter']>;
  readonly judge: PoolRule['judge'];
  readonly pick: PoolRule['pick'];
  readonly grace: PoolRule['grace'];
}

const OTHERS = ['allowInsecure', 'rules', 'parts', 'readHosts', 'prober', 'readFault'];

/**
 * Checks the options of a pool, and fills the defaults in.
 *
 * @throws SwitchoverError `INVALID_OPTION` for an unknown name or a value out of its range.
 */
export function readPoolOptions(options: PoolConfig, ports: Ports): PoolSettings {
  const policy = readPolicy(options, options.rules, [...OTHERS, ...Object.keys(ports)]);
  const { rules, retry, timeout } = policy;
  return {
    policy,
    retry,
    timeout,
    readHosts: options.readHosts ?? readPlainHosts,
    prober: options.prober ?? plainProber,
    readFault: options.readFault ?? plainFault,
    readHints: ruleOf(rules, 'readHints') ?? (() => NO_HINTS),
    readRetryAfter: ruleOf(rules, 'readRetryAfter') ?? ((value) => retryAfterSeconds(value)),
    judge: ruleOf(rules, 'judge'),
    pick: ruleOf(rules, 'pick'),
    grace: ruleOf(rules, 'grace'),
  };
}

/** The platform's own ports, but for those that the options replace. */
export function portsOf(options: PoolConfig, platform: Ports): Ports {
  const names = Object.keys(platform) as (keyof Ports)[];
  return Object.fromEntries(names.map((name) => [name, options[name] ?? platform[name]])) as unknown as Ports;
}
