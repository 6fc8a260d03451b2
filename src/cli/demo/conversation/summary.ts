import type { Paint } from '../paint.ts';
import { type Heading, inWords, table } from '../table.ts';
import type { ConversationActReport, ConversationReport, ConversationTally } from './report.ts';

const HEADINGS: readonly Heading[] = [
  ['', 'fault'],
  ['', 'sent'],
  ['', 'delivered'],
  ['', 'lost'],
  ['', 'repeated'],
  ['', 'reordered'],
  ['', 'slowest'],
  ['longest', 'silence'],
];

/** What stands below the timeline of the conversation. */
export function conversationSummary({ acts, total }: ConversationReport, paint: Paint): string {
  const [upper = '', lower = '', ...body] = table(HEADINGS, [...acts.map(rowOf), cells('all', total, '')]);
  return [
    '',
    paint('bold', upper),
    paint('bold', lower),
    ...body,
    '',
    'delivered: each message arrives once at everybody in the room, its talker too.',
    'slowest: from sending to being accepted; until then it waits in the outbox.',
    'longest silence: for which somebody in the room heard nothing.',
    '',
  ].join('\n');
}

const rowOf = (act: ConversationActReport): string[] =>
  cells(act.act, act, act.silenceMs === 0 ? '' : inWords(act.silenceMs));

function cells(name: string, tally: ConversationTally, silence: string): string[] {
  const { sent, delivered, lost, repeated, reordered, slowestMs } = tally;
  return [name, ...[sent, delivered, lost, repeated, reordered].map(String), inWords(slowestMs), silence];
}
