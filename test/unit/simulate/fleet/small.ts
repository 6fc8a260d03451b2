import { Fleet } from '../../../../src/simulate/fleet/fleet.ts';
import { readScenario } from '../../../../src/simulate/fleet/readScenario.ts';
import { reportOn } from '../../../../src/simulate/fleet/report.ts';
import type { Scenario } from '../../../../src/simulate/fleet/scenario.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A small fleet: 400 clients, 40 requests a second, two hosts that are half busy. */
export const small = (given: Fields = {}): Scenario =>
  readScenario({
    clients: 400,
    everyMs: 10_000,
    utilisation: 0.5,
    durationMs: 120_000,
    hosts: [{ name: 'a' }, { name: 'b' }],
    ...given,
  });

/** One fault of the first host, from 20 to 60 s. */
export const fault = (kind: string, more: Fields = {}): Fields => ({
  faults: [{ host: 'a', kind, fromMs: 20_000, untilMs: 60_000, ...more }],
});

export function play(given: Fields = {}) {
  const scenario = small(given);
  const fleet = new Fleet(scenario);
  const record = fleet.run();
  const report = reportOn(scenario, record);
  const host = (name: string) => {
    const [found] = report.hosts.filter((one) => one.name === name);
    if (found === undefined) throw new Error(`there is no host ${name}`);
    return found;
  };
  return { scenario, fleet, record, report, host };
}
