import type { ClientLine } from '../records.ts';
import type { Life } from './lives.ts';
import type { World } from './world.ts';

/** A message of a client, and what became of it as far as the client was told. */
export interface Message {
  readonly n: number;
  readonly keyed: boolean;
  readonly perishable: boolean;
  readonly life: Life;
  readonly us: number;
  fate: 'open' | 'accepted' | 'refused' | 'unknown';
  /** When that was told. */
  fateUs: number;
}

type Report = Extract<ClientLine, { kind: 'accepted' | 'refused' | 'unknown' }>;

/** A client's store counts as failed after this; so what a kill keeps from being stored is not older. */
const UNSTORED_US = 2_000_000;

/** A client's messages by their numbers, each with its last fate. Complains of fates that can't be. */
export function readMessages({ complain }: World, client: string, lives: readonly Life[]): Map<number, Message> {
  const messages = new Map<number, Message>();
  for (const life of lives) {
    for (const line of life.lines) {
      if (line.kind === 'sent') {
        const { n, keyed, perishable, us } = line;
        messages.set(n, { n, keyed, perishable, life, us, fate: 'open', fateUs: us });
      }
      if (line.kind !== 'accepted' && line.kind !== 'refused' && line.kind !== 'unknown') continue;
      if (line.kind === 'unknown' && !hasLostSession(life))
        complain('unfounded-unknown', client, `message ${line.n}, in a life that lost no session`);
      const message = messages.get(line.n);
      if (message !== undefined) settle(message, line, life, (what) => complain('contradiction', client, what));
    }
  }
  return messages;
}

const hasLostSession = (life: Life) => life.lines.some((line) => line.kind === 'opened' && line.result === 'new');

function settle(message: Message, report: Report, life: Life, contradict: (what: string) => void): void {
  const { n, fate } = message;
  if (report.kind === 'unknown' && (report.resent || isForgotten(message, life))) return;
  if (fate !== 'open' && fate !== report.kind) contradict(`message ${n} was ${fate}, then ${report.kind}`);
  message.fate = report.kind;
  message.fateUs = report.us;
}

/** The kill came between the client's word that the message was accepted and the note of it in its store: its next life can't know. */
function isForgotten({ fate, fateUs, life }: Message, now: Life): boolean {
  const endUs = life.lines.at(-1)?.us ?? 0;
  return fate === 'accepted' && now !== life && life.ended === 'killed' && endUs - fateUs <= UNSTORED_US;
}
