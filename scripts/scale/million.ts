import { runOurs } from '../../src/simulate/peers/beside.ts';
import {
  type Figures,
  inSeconds,
  markdownTable,
  percent,
  recovery,
  type Section,
  scenarioOf,
  times,
  whole,
} from './section.ts';

/** The largest fleets: the same shapes at their full size. */
export const million: Section = {
  name: 'million',
  scenarios: ['million', 'sessions-failover'],
  quick: false,
  make(): Figures {
    const rows = [...ofRequests(), ...ofSessions()];
    return { markdown: markdownTable(['', 'measured'], rows) };
  },
};

function ofRequests(): string[][] {
  const { clients, requests, goodputInFault, attemptsPerRequest, attemptsPerRequestCalm, hosts, probesPerClient } =
    runOurs(scenarioOf('million')).report;
  const [first, standby] = hosts;
  return [
    [`\`million\`: ${whole(clients)} clients, requests`, whole(requests)],
    ['served while the host was gone', percent(goodputInFault ?? 0)],
    [
      'attempts for each request, before it and over all',
      `${times(attemptsPerRequestCalm)}, ${times(attemptsPerRequest)}`,
    ],
    ['the standby’s highest load in a second', times(standby?.peakLoad ?? 0)],
    ['the returning host’s load from 10 to 90 %', inSeconds(first?.comeback?.tookMs ?? 0)],
    [
      'probes for each client, and the most in a second over the capacity',
      `${times(probesPerClient)}, ${times(first?.peakProbes ?? 0)}`,
    ],
  ];
}

function ofSessions(): string[][] {
  const { clients, sessions } = runOurs(scenarioOf('sessions-failover')).report;
  if (sessions === null) throw new Error('the scenario has no sessions');
  const { windowMs, backMs, backOverWindow, refusedPerClient, lost, hosts } = sessions;
  const [first, standby] = hosts;
  return [
    [`\`sessions-failover\`: ${whole(clients)} connections, the window that they were told`, inSeconds(windowMs ?? 0)],
    ['99 % are back in', `${recovery(backMs)}, ${times(backOverWindow ?? 0)} of the window`],
    ['the standby’s highest load in a second, over its rate', times(standby?.peakAsked ?? 0)],
    ['turned away, of each; sessions lost', `${times(refusedPerClient)}; ${whole(lost)}`],
    ['the returning host’s highest load in a second, over its rate', times(first?.peakAsked ?? 0)],
  ];
}
