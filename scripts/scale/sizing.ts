import { reportOn } from '../../src/simulate/fleet/report.ts';
import type { Scenario } from '../../src/simulate/fleet/scenario.ts';
import { PeerFleet } from '../../src/simulate/peers/peerFleet.ts';
import { REQUEST_POLICIES } from '../../src/simulate/peers/requestPolicies.ts';
import { sizeStandby } from '../../src/simulate/sizing.ts';
import { type Figures, inSeconds, markdownTable, recovery, type Section, scenarioOf, whole } from './section.ts';

/** Clients, the time between two requests of one, tokens of each, and what the standby has over what it must carry. */
const FLEETS = [
  [10_000, 10_000, 1, 1],
  [100_000, 30_000, 1, 1],
  [1_000_000, 60_000, 1, 1],
  [1_000_000, 60_000, 1, 1.5],
  [1_000_000, 60_000, 10, 1],
  [50, 20, 10, 1],
] as const;
const TOLERATED_MS = 30_000;

/** The rule by which standbys are sized, with numbers. */
export const sizing: Section = {
  name: 'sizing',
  scenarios: ['outage'],
  quick: true,
  make(): Figures {
    const rows = FLEETS.map(([clients, everyMs, tokens, capacity]) => {
      const scenario = scenarioOf('outage', {
        ...{ clients, everyMs, hosts: [{ name: 'a' }, { name: 'b', capacity }] },
        policy: { budget: { capacity: tokens } },
      });
      const { burst, movingPerSecond, takers } = sizeStandby(scenario, TOLERATED_MS);
      const [standby] = takers;
      if (standby === undefined) throw new Error('nobody takes over');
      return [
        `${whole(clients)}, a request each ${inSeconds(everyMs)}`,
        String(tokens),
        whole(movingPerSecond),
        whole(standby.capacityPerSecond),
        whole(standby.sparePerSecond),
        whole(burst),
        recovery(standby.burstMs),
        whole(standby.neededPerSecond),
      ];
    });
    return { markdown: markdownTable(COLUMNS, rows) };
  },
};

const COLUMNS = [
  'clients',
  'tokens each',
  'load per s',
  'standby’s capacity',
  'to spare',
  'retries at once',
  'worked off in',
  `capacity for ${inSeconds(TOLERATED_MS)}`,
];

const TOKENS = [1, 2, 5, 10];

/** What the rule says beside what runs show, for clients that retry what has timed out. */
export const rule: Section = {
  name: 'rule',
  scenarios: ['overload'],
  quick: false,
  make(): Figures {
    const fleets = [
      scenarioOf('overload', patient({ utilisation: 0.8 })),
      scenarioOf('overload', patient({ utilisation: 0.5, everyMs: 20_000 })),
    ];
    const without = fleets.map((scenario) => recoveryOf(scenario, null) ?? 0);
    const rows = TOKENS.map((tokens) => [
      String(tokens),
      ...fleets.flatMap((scenario, at) => {
        const sized = sizeStandby({ ...scenario, policy: { budget: { capacity: tokens } } }, TOLERATED_MS);
        const reckoned = (without[at] ?? 0) + (sized.takers[0]?.burstMs ?? 0);
        return [inSeconds(reckoned), recovery(recoveryOf(scenario, tokens))];
      }),
    ]);
    const none = ['none', ...fleets.flatMap((_, at) => ['', inSeconds(without[at] ?? 0)])];
    return { markdown: markdownTable(RULE_COLUMNS, [none, ...rows]) };
  },
};

const RULE_COLUMNS = ['tokens each', '0.8 busy: reckoned', 'run', '0.5 busy: reckoned', 'run'];

/** A queue without an end, and time to see it worked off: what is above a limit would be refused, which costs less. */
const patient = (changes: Readonly<Record<string, unknown>>) => ({
  durationMs: 760_000,
  hosts: [{ name: 'a', queueMs: 3_600_000 }],
  ...changes,
});

function recoveryOf(scenario: Scenario, tokens: number | null): number | null {
  const bucket = REQUEST_POLICIES['bucket-10'];
  const policy =
    tokens === null || bucket.budget === null
      ? REQUEST_POLICIES.none
      : { ...bucket, budget: { ...bucket.budget, capacity: tokens } };
  return reportOn(scenario, new PeerFleet(scenario, policy, 1_000).run()).recoveryMs;
}
