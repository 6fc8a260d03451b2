import { DEFAULTS } from '../../policy/defaults.ts';
import { SHORTENED } from './client.ts';
import type { Paint } from './paint.ts';
import type { Servers } from './play.ts';
import type { ActReport, Report, Tally } from './report.ts';
import { type Heading, inWords, table } from './table.ts';
import { legend } from './timeline.ts';

/** What stands above the timeline. */
export function introduction(servers: Servers, paint: Paint): string {
  const [active, standby] = servers;
  const line = ({ name, origin, pid }: Servers[number], role: string) =>
    `  ${paint('bold', name)}  ${origin}  process ${pid}, ${role}`;
  return [
    '',
    paint('bold', 'switchover: a client at work while its server fails'),
    '',
    line(active, 'active'),
    line(standby, 'standby'),
    '  sessions and a ledger of all work in one SQLite file that both share',
    '',
    ...shortened().map((text) => paint('dim', text)),
    '',
    ...legend([active.name, standby.name], paint),
    '',
  ].join('\n');
}

/** A demo of defaults would be a demo of patience; what was changed is said. */
function shortened(): string[] {
  const { timeout, ejection, probe, failback } = SHORTENED;
  const instead = (name: string, ms: number, usuallyMs: number) => `${name} ${short(ms)} (${short(usuallyMs)})`;
  return [
    'Shortened for the demo (in brackets: the default):',
    `  ${[
      instead('attempt time-out', timeout.attemptMs, DEFAULTS.timeout.attemptMs),
      instead('cool-down', ejection.coolDownMs, DEFAULTS.ejection.coolDownMs),
      instead('a probe each', probe.periodMs, DEFAULTS.probe.periodMs),
    ].join(', ')},`,
    `  ${instead('failback within', failback.holdMs, DEFAULTS.failback.holdMs)}`,
  ];
}

const short = (ms: number): string => `${ms / 1000} s`;

const HEADINGS: readonly Heading[] = [
  ['', 'fault'],
  ['', 'requests'],
  ['', 'answered'],
  ['', 'lost'],
  ['sent', 'twice'],
  ['refused', 'to risk'],
  ['', 'slowest'],
  ['', 'recovery'],
  ['attempts', 'each'],
];

/** What stands below the timeline. */
export function summary(report: Report, complaints: readonly string[], tookMs: number, paint: Paint): string {
  const rows = [...report.acts.map(rowOf), cells('all', report.total, '')];
  const [upper = '', lower = '', ...body] = table(HEADINGS, rows);
  return [
    '',
    paint('bold', upper),
    paint('bold', lower),
    ...body,
    '',
    'recovery: from the first failure to the first success at the other server.',
    'refused to risk: a POST without Idempotency-Key that a fault caught under way.',
    `  Sent again it could be done twice, so the app is told.${ledgerSays(report.total)}`,
    'slowest: such a POST waits for a frozen server, for as long as its time lasts.',
    '',
    verdictLine(report.total, complaints, tookMs, paint),
    ...complaints.map((complaint) => `  ${complaint}`),
    '',
  ].join('\n');
}

const ledgerSays = ({ refused, refusedDone }: Tally): string =>
  refused === 0 ? '' : ` (${refusedDone} of ${refused} had been.)`;

function rowOf(act: ActReport): string[] {
  const recovery = act.act === 'no fault' ? '' : act.recoveryMs === null ? 'never' : recoveryInWords(act.recoveryMs);
  return cells(act.act, act, recovery);
}

const recoveryInWords = (ms: number): string => (ms === 0 ? 'no gap' : inWords(ms));

function cells(name: string, tally: Tally, recovery: string): string[] {
  const { requests, answered, lost, twice, refused, slowestMs, attemptsPerRequest } = tally;
  const counts = [requests, answered, lost, twice, refused].map(String);
  return [name, ...counts, inWords(slowestMs), recovery, attemptsPerRequest.toFixed(2)];
}

function verdictLine({ lost, twice }: Tally, complaints: readonly string[], tookMs: number, paint: Paint): string {
  const counts = `${lost} lost, ${twice} sent twice`;
  const took = `in ${Math.round(tookMs / 1000)} s`;
  if (complaints.length === 0) return `${paint('green', '✓')} ${paint('bold', counts)}, ${took}`;
  return `${paint('red', '✗')} ${paint('bold', counts)}, ${took}; promises that were not kept:`;
}
