import { answerId } from '../records.ts';
import type { World } from './world.ts';

/** What the servers' application did: a message and its answer together, and every push that it was told is safe. */
export function checkWork(world: World): void {
  const { evidence, complain } = world;
  const appended = new Map<string, number>();
  for (const { id } of evidence.appended) appended.set(id, (appended.get(id) ?? 0) + 1);
  const effects = new Map<string, string>();
  for (const row of evidence.effects) effects.set(answerId(row), row.client);
  for (const [id, client] of effects) if (!appended.has(id)) complain('half-done', client, `${id} was not written`);
  for (const { id, to } of evidence.appended) {
    if (id.startsWith('re:') && !effects.has(id)) complain('half-done', to, `${id} answers nothing`);
  }
  for (const [name, lines] of evidence.servers) {
    const begun = new Set(lines.flatMap((line) => (line.kind === 'push' ? [line.id] : [])));
    for (const line of lines) {
      if (line.kind === 'pushed' && !appended.has(line.id)) complain('lost-after-acceptance', name, line.id);
    }
    for (const id of begun) if ((appended.get(id) ?? 0) > 1) complain('repeated-effect', name, id);
  }
  checkInventions(world);
  checkGaps(world);
}

/** All that was said was said by somebody. */
function checkInventions({ evidence, complain }: World): void {
  const begun = new Set(
    [...evidence.servers.values()].flat().flatMap((line) => (line.kind === 'push' ? [line.id] : [])),
  );
  for (const { id, to } of evidence.appended) {
    if (!id.startsWith('re:') && !begun.has(id)) complain('invented-delivery', to, `${id}: no server has pushed it`);
  }
}

/** Numbers without an effect were given up by their client, and the servers' application was told exactly those. */
function checkGaps({ evidence, steps, serverKilled, complain }: World): void {
  const accepted = new Map<string, Set<number>>();
  for (const { sid, seq } of evidence.effects) accepted.set(sid, (accepted.get(sid) ?? new Set()).add(seq));
  const told = new Set<string>();
  for (const line of [...evidence.servers.values()].flat()) {
    if (line.kind !== 'gap') continue;
    told.add(`${line.sid}:${line.from}-${line.to}`);
    for (let seq = line.from; seq <= line.to; seq += 1) {
      if (accepted.get(line.sid)?.has(seq)) complain('false-gap', line.sid, `${seq} was accepted`);
    }
  }
  // A server that was killed may have died between its store's answer and its application.
  if (serverKilled) return;
  for (const { sid, gaps = [] } of steps) {
    for (const [from, to] of gaps) {
      if (!told.has(`${sid}:${from}-${to}`)) complain('unreported-gap', sid, `${from} to ${to}`);
    }
  }
}
