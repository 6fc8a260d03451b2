import type { EffectRow } from '../records.ts';
import { type Life, livesOf } from './lives.ts';
import { type Message, readMessages } from './messages.ts';
import type { World } from './world.ts';

/** Each message that was accepted has had its effect once and in its turn; each that was not has been reported. */
export function checkToServers(world: World, client: string): void {
  const lives = livesOf(world.evidence.clients.get(client) ?? []);
  const effects = world.effectsOf.get(client) ?? [];
  const messages = readMessages(world, client, lives);
  checkEffects(world, client, effects, messages);
  const done = new Set(effects.map(({ n }) => n));
  const stored = storedOf(lives, done);
  const forgotten = [...messages.values()].filter((message) => {
    checkFate(world, client, message, done.has(message.n));
    return message.fate === 'open' && !done.has(message.n) && message.n <= (stored.get(message.life) ?? 0);
  });
  checkForgotten(world, client, lives, forgotten);
}

function checkEffects(
  { complain }: World,
  client: string,
  effects: readonly EffectRow[],
  messages: ReadonlyMap<number, Message>,
): void {
  const seen = new Set<number>();
  let last = 0;
  const lastSeq = new Map<string, number>();
  for (const { n, sid, stream, seq } of effects) {
    const log = `${sid}/${stream}`;
    if (!messages.has(n)) complain('unsent-effect', client, `message ${n}`);
    if (seen.has(n)) complain('repeated-effect', client, `message ${n}, again as ${log}:${seq}`);
    else if (n < last) complain('misordered-effect', client, `message ${n} after ${last}`);
    else if (seq <= (lastSeq.get(log) ?? 0))
      complain('misordered-effect', client, `${log}:${seq} is not above the last`);
    seen.add(n);
    last = Math.max(last, n);
    lastSeq.set(log, seq);
  }
}

/** The last message of each life that its client's store had: as the store said, or as an effect shows. */
function storedOf(lives: readonly Life[], done: ReadonlySet<number>): ReadonlyMap<Life, number> {
  const last = (life: Life) =>
    life.lines.reduce((most, line) => {
      const counts = line.kind === 'stored' || (line.kind === 'sent' && done.has(line.n));
      return counts ? Math.max(most, line.n) : most;
    }, 0);
  return new Map(lives.map((life) => [life, last(life)]));
}

function checkFate({ complain }: World, client: string, { n, fate, life }: Message, done: boolean): void {
  if (fate === 'accepted' && !done) complain('lost-after-acceptance', client, `message ${n}`);
  if (fate === 'refused' && done) complain('effect-after-refusal', client, `message ${n}`);
  if (fate === 'open' && life.ended === 'stopped') complain('unsettled', client, `message ${n}`);
}

/**
 * Messages that the client's store had when its process was killed, that have no effect, and of which no later life was told. Only two
 * things make one: time that ran out, or a lost session; and the kill of the very life that was to be told.
 */
function checkForgotten(
  { complain, lostSessionsOf }: World,
  client: string,
  lives: readonly Life[],
  forgotten: readonly Message[],
): void {
  const lost = lostSessionsOf(client);
  const founded = ({ perishable, keyed, us }: Message) => perishable || (!keyed && lost.some((lostUs) => lostUs >= us));
  for (const message of forgotten) {
    if (!founded(message)) complain('silent-loss', client, `message ${message.n} was stored, and has no effect`);
  }
  const kills = lives.filter(({ ended }) => ended === 'killed').length;
  if (forgotten.length > kills) complain('silent-loss', client, `${forgotten.length} messages, and nobody was told`);
}
