import type { Paint } from '../paint.ts';
import { type Heading, inWords, table } from '../table.ts';
import type { ActReport, RequestReport, Tally } from './report.ts';

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
export function requestSummary(report: RequestReport, paint: Paint): string {
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
