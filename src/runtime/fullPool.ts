import type { HostList } from '../policy/hostList.ts';
import { judgeProbe } from '../policy/probeAnswer.ts';
import { everyRule } from '../policy/rules/everyRule.ts';
import { readTopology } from '../policy/topology.ts';
import { HostPool, type PoolOptions } from './hostPool.ts';
import { networkFault } from './networkFault.ts';
import { platformNews } from './platformNews.ts';
import { type HealthJudge, readingProber } from './prober.ts';
import { systemPorts } from './systemPorts.ts';

/** Options of a pool with all rules. Every one may be left out. */
export interface FullPoolOptions extends PoolOptions {
  /** Judges a health answer. Default: 200 is healthy, unless the body says otherwise. */
  readonly judge?: HealthJudge;
}

/**
 * A pool with every rule, with probes that read health answers and roles, and with the platform's news.
 *
 * @param hosts As `createFailover` takes them.
 * @throws SwitchoverError `NO_HOSTS`, `INVALID_HOST`, `INSECURE_HOST`, `DUPLICATE_HOST`, `INVALID_OPTION`.
 */
export function fullPool(hosts: HostList, options: FullPoolOptions = {}): HostPool {
  const { judge = judgeProbe, rules = [], parts = [], ...rest } = options;
  const whole: PoolOptions = {
    readHosts: readTopology,
    prober: readingProber(judge),
    readFault: networkFault,
    ...rest,
    rules: [...everyRule, ...rules],
    parts: [platformNews, ...parts],
  };
  return new HostPool(hosts, whole, systemPorts());
}
