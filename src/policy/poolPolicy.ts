import { layered, POOL_DEFAULTS } from './defaults.ts';
import { fill, refuseUnknown } from './fill.ts';
import type { PolicyOptions, PolicySections } from './policyOptions.ts';
import { applyEvent } from './poolMachine.ts';
import type { PoolPolicy, PoolRule } from './poolRule.ts';

/**
 * Fills the defaults in and refuses what makes no sense.
 *
 * @param others Options that are there beside the sections.
 * @throws SwitchoverError `INVALID_OPTION` for an option that neither the machine nor one of the rules has, or a value out of
 * its range.
 */
export function readPolicy(
  options: PolicyOptions,
  rules: readonly PoolRule[] = [],
  others: readonly string[] = [],
): PoolPolicy {
  const defaults = rules.reduce((all, rule) => layered(all, rule.defaults ?? {}), POOL_DEFAULTS);
  refuseUnknown(options, [...Object.keys(defaults), ...others]);
  const given = options as Readonly<Record<string, object | undefined>>;
  const sections = Object.entries(defaults).map(([name, section]) => [name, fill<object>(name, section, given[name])]);
  const apply = rules.reduce((inner, { around }) => around?.(inner) ?? inner, applyEvent);
  return { ...(Object.fromEntries(sections) as PolicySections), rules, apply };
}
