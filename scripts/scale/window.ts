import type { Scenario } from '../../src/simulate/fleet/scenario.ts';
import { type Run, runOurs, runPeer } from '../../src/simulate/peers/beside.ts';
import { CONNECTION_POLICIES } from '../../src/simulate/peers/connectionPolicies.ts';
import { plotBeside } from '../../src/simulate/peers/plot/plotBeside.ts';
import { sessionFigures } from '../../src/simulate/peers/sessionFigures.ts';
import {
  type Figures,
  inSeconds,
  markdownTable,
  named,
  recovery,
  type Section,
  scenarioOf,
  times,
  whole,
} from './section.ts';

/** The million of the scenario as twenty thousand, at a rate that takes as long for them. */
const CLIENTS = 20_000;
const RATE = { ratePerSecond: 400, burst: 800 };
/** The wait that clients choose for themselves. */
const OWN_WINDOW = { retryWindowMs: 1_000 };

/** All connections to a host end at once: by whose window do they come back? */
export const window: Section = {
  name: 'window',
  scenarios: ['sessions-failover'],
  quick: false,
  make(): Figures {
    const scenario = fleetOf({});
    const open = fleetOf({ refuses: false });
    const ours = runOurs(scenario);
    const unwarned = { ...runOurs(fleetOf(OWN_WINDOW)), title: 'Switchover, 1 s' };
    const peers = Object.keys(CONNECTION_POLICIES).map((name) => runPeer(scenario, name));
    const rows = [
      rowOf(ours, scenario, runOurs(open)),
      rowOf(unwarned, scenario, runOurs(fleetOf({ refuses: false, ...OWN_WINDOW }))),
      ...peers.map((run, at) => rowOf(run, scenario, runPeer(open, Object.keys(CONNECTION_POLICIES)[at] as string))),
    ];
    const title = `A host with ${whole(CLIENTS)} connections dies, and returns`;
    return {
      markdown: markdownTable(COLUMNS, rows),
      pictures: { 'scale-window': plotBeside({ ...scenario, title }, [ours, ...peers]) },
    };
  },
};

const fleetOf = (sessions: Readonly<Record<string, unknown>>): Scenario =>
  scenarioOf('sessions-failover', { clients: CLIENTS, sessions: { ...RATE, ...sessions } });

const COLUMNS = [
  '',
  'peak ÷ rate',
  'hellos each',
  'window told',
  '99 % are back in',
  'without a connection, mean',
  'never back',
  'on return of a, peak',
  'nobody turned away: peak',
  '99 % are back in',
];

function rowOf(run: Run, scenario: Scenario, open: Run): string[] {
  const { peaks, hellosPerClient, backMs, awayMs, lost } = sessionFigures(run, scenario);
  const opened = sessionFigures(open, scenario);
  return [
    named(run.title),
    times(peaks[1] ?? 0),
    times(hellosPerClient),
    run.title.startsWith('Switchover') ? inSeconds(run.report.sessions?.windowMs ?? 0) : '–',
    recovery(backMs),
    inSeconds(awayMs),
    whole(lost),
    times(peaks[0] ?? 0),
    times(opened.peaks[1] ?? 0),
    recovery(opened.backMs),
  ];
}
