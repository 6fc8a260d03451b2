import { complaintsAboutConversation } from './conversation/verdict.ts';
import type { Paint } from './paint.ts';
import type { DemoPlay } from './play.ts';
import { complaintsAboutRequests } from './requests/verdict.ts';

/** Everything that speaks against a play, one sentence each; empty if every promise was kept. */
export const complaintsAbout = ({ requests, conversation }: DemoPlay): readonly string[] => [
  ...complaintsAboutRequests(requests),
  ...complaintsAboutConversation(conversation),
];

/** The last lines of the demo. */
export function verdictLines(complaints: readonly string[], tookMs: number, paint: Paint): string {
  const took = `in ${Math.round(tookMs / 1000)} s`;
  const kept = complaints.length === 0;
  const sign = kept ? paint('green', '✓') : paint('red', '✗');
  const verdict = kept
    ? 'Nothing was lost, repeated or reordered'
    : `Promises that were not kept: ${complaints.length}`;
  return ['', `${sign} ${paint('bold', verdict)}, ${took}`, ...complaints.map((each) => `  ${each}`), ''].join('\n');
}
