import type { Goal } from '../../lib/report.ts';
import type { Outcome } from './round.ts';
import { summary } from './tables.ts';

/** Names of ours. */
const OURS = {
  jittered: 'channel',
  atOnce: 'channel, window 0',
  noFsync: 'channel, window 0, no fsync',
  dropIn: 'drop-in WebSocket',
};

/** An answer's way there and back takes next to nothing here, but the second host speaks at intervals. */
const INTERVAL_MS = 20;

export function goals(outcomes: readonly Outcome[]): Goal[] {
  const { jittered, atOnce, noFsync, dropIn } = OURS;
  const has = (fault: string): boolean => outcomes.some((outcome) => outcome.fault === fault);
  const waited = ['freeze', 'black hole'].filter(has);
  return [
    longest(outcomes, jittered, 'kill', 1_200, 'a killed host costs a channel at most 1.2 s'),
    longest(outcomes, dropIn, 'kill', 1_200, 'and the drop-in WebSocket as much'),
    longest(outcomes, atOnce, 'kill', 50 + INTERVAL_MS, 'with the window at 0 at most 50 ms, and the interval'),
    longest(outcomes, noFsync, 'kill', 50 + INTERVAL_MS, 'the same where no commit waits for the disk'),
    ...waited.flatMap((fault) => [
      longest(outcomes, jittered, fault, 8_000, `a ${fault} costs an idle channel at most 8 s`, 'idleMs'),
      longest(outcomes, jittered, fault, 3_000, `and at most 3 s where a send is not acknowledged`, 'talkingMs'),
      longest(outcomes, dropIn, fault, 8_000, `a ${fault} costs the drop-in WebSocket at most 8 s`),
    ]),
    exact(outcomes),
    caught(outcomes),
  ];
}

function longest(
  outcomes: readonly Outcome[],
  peer: string,
  fault: string,
  limitMs: number,
  promise: string,
  who?: 'idleMs' | 'talkingMs',
): Goal {
  const outcome = outcomes.find((one) => one.peer === peer && one.fault === fault);
  const times = outcome === undefined ? [null] : who === undefined ? both(outcome) : outcome[who];
  const [, ms] = summary(times);
  const measured = ms === null ? 'not within the limit' : `${(ms / 1_000).toFixed(2)} s at most`;
  return { promise, measured, met: ms !== null && ms <= limitMs };
}

const both = ({ idleMs, talkingMs }: Outcome): readonly (number | null)[] => [...idleMs, ...talkingMs];

function exact(outcomes: readonly Outcome[]): Goal {
  const channels = outcomes.filter(({ peer }) => peer !== OURS.dropIn && Object.values(OURS).includes(peer));
  const sum = (of: (outcome: Outcome) => number): number => channels.reduce((total, one) => total + of(one), 0);
  const [lost, repeated] = [sum(({ lost, missed }) => lost + missed), sum((one) => one.repeated + one.heardAgain)];
  const measured = `${lost} lost, ${repeated} repeated of ${sum(({ said, told }) => said + told)}`;
  return {
    promise: 'a channel loses and repeats no message',
    measured,
    met: channels.length > 0 && lost + repeated === 0,
  };
}

function caught(outcomes: readonly Outcome[]): Goal {
  const errors = outcomes.filter(({ peer }) => Object.values(OURS).includes(peer)).flatMap(({ uncaught }) => uncaught);
  const measured = errors[0]?.split('\n', 1)[0] ?? 'none';
  return { promise: 'no error is thrown where nobody can catch it', measured, met: errors.length === 0 };
}
