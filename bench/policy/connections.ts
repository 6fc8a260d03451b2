import { CONNECTION_POLICIES } from '../../src/simulate/peers/connectionPolicies.ts';
import { sessionFigures } from '../../src/simulate/peers/sessionFigures.ts';
import type { Part, RunOptions, Section } from '../lib/report.ts';
import { ratio, runAll, scenarioOf } from './fleets.ts';

/** How long a host takes for all clients of another at the least. */
const LEAST_S = 50;

export const connections: Part = {
  name: 'connections',
  summary: 'all connections to a host end at once: what comes to the standby, and when all are back',
  run({ quick }: RunOptions): Promise<Section> {
    const clients = quick ? 10_000 : 20_000;
    const ratePerSecond = clients / LEAST_S;
    const scenario = scenarioOf('sessions-failover', {
      ...{ clients, sessions: { ratePerSecond, burst: 2 * ratePerSecond } },
    });
    const runs = runAll(scenario, Object.keys(CONNECTION_POLICIES));
    const windowS = (runs[0].report.sessions?.windowMs ?? 0) / 1000;
    const figures = runs.map((run) => ({
      title: run.title,
      ...sessionFigures(run, scenario),
    }));
    const [ours] = figures as [(typeof figures)[number]];
    const peak = ours.peaks[1] ?? Infinity;
    const back = (ours.backMs ?? Infinity) / 1000 / windowS;
    return Promise.resolve({
      title: 'Connections that all end at once',
      how: [
        `${clients} connections on virtual time to a host that dies, and a standby that lets in ${ratePerSecond} hellos in a second and turns the others away. The server's window is ${windowS} s.`,
        'Ratios to ours: hellos in the second in which there were most, hellos for each client, and the time until 99 % have a connection for good. socket.io and',
        'SignalR know one address, which a load balancer leads to the standby at once.',
      ],
      tables: [
        {
          table: {
            columns: ['', 'peak of hellos', 'hellos each', '99 % are back', 'never back'],
            rows: figures.map(({ title, peaks, hellosPerClient, backMs, lost }) => [
              title,
              ratio(peaks[1] ?? 0, peak),
              ratio(hellosPerClient, ours.hellosPerClient),
              ratio(backMs, ours.backMs),
              `${((lost / clients) * 100).toFixed(1)} %`,
            ]),
          },
        },
      ],
      goals: [
        {
          promise: 'the standby’s highest load in a second is at most 1.2 of its rate',
          measured: peak.toFixed(2),
          met: peak <= 1.2,
        },
        { promise: '99 % are back within 1.2 of the window', measured: back.toFixed(2), met: back <= 1.2 },
      ],
      figures: figures.map(({ connected: _, ...rest }) => rest),
    });
  },
};
