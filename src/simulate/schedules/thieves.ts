import type { AttachRequest } from '../../session/sessionRecord.ts';
import type { Step } from './schedule.ts';
import type { Shown } from './witness.ts';
import type { World } from './world.ts';

type Of<K extends Step['do']> = Extract<Step, { do: K }>;

/** A thief shows a token that is his no longer, or never was, and has to be turned away. One that is still good is for {@link steal}. */
export function replay(world: World, { nth, as }: Of<'replay'>): void {
  const { witness } = world;
  const shown = witness.seenTokens[nth % Math.max(1, witness.seenTokens.length)];
  if (shown === undefined || (as === 'owner' && isGood(world, shown))) return;
  world.ask(requestOf(world, shown, as === 'owner' ? shown.subject : 'mallory'));
}

/**
 * A thief with the owner's credential shows the newest token that the owner has used. Nobody could tell him from the owner: so as long as
 * he says nothing more, the owner comes back; and if he does, the owner is told that the session is lost.
 */
export function steal(world: World, sid: string, uses: boolean): void {
  const { storeClock, witness } = world;
  const shown = witness.seenTokens.filter((one) => one.sid === sid).at(-1);
  if (shown === undefined || !isGood(world, shown)) return;
  const request = requestOf(world, shown, shown.subject);
  const result = world.ask(request);
  world.announce(request, result);
  if (result.kind !== 'attached') return;
  witness.meet(uses ? 'stolen' : 'thief came by');
  if (!uses) return;
  witness.forfeit(sid);
  const { epoch, stream, expiresAtMs } = result.record;
  const ttlMs = expiresAtMs - storeClock.nowMs;
  world.ask({ op: 'acknowledge', sid, epoch, stream, rx: 0, ttlMs });
}

function isGood({ store }: World, { sid, token }: Shown): boolean {
  const tokens = store.sessions.get(sid)?.record.tokens;
  const hash = `#${token}`;
  return tokens === undefined || tokens.known === hash || tokens.pending.includes(hash);
}

function requestOf(world: World, { sid, token }: Shown, subject: string): AttachRequest {
  const { ttlMs } = world.parts.server;
  return { op: 'attach', sid, stream: 'r', rx: 0, txLow: 1, subject, hash: `#${token}`, fresh: world.fresh(), ttlMs };
}
