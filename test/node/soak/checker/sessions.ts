import type { ClientLine } from '../records.ts';
import { grouped } from './grouped.ts';
import { livesOf } from './lives.ts';
import type { SeenAttach, World } from './world.ts';

/** Clocks of one machine agree; the store's may be rounded. */
const ROUNDING_US = 50_000;

/** Of two connections of a session only the newer can do anything; and a session is there until it expires. */
export function checkSessions(world: World): void {
  const attachesOf = grouped(
    world.attaches.filter(({ sid }) => sid !== ''),
    ({ sid }) => sid,
  );
  checkFence(world, attachesOf);
  for (const [sid, attaches] of attachesOf) checkRising(world, sid, attaches);
  checkEffectEpochs(world);
  checkRefusals(world);
  checkLifetimes(world, attachesOf);
  for (const [client, lines] of world.evidence.clients) checkMemory(world, client, lines);
}

/** A step that began after a newer connection had its answer must not be done. */
function checkFence({ steps, complain }: World, attachesOf: ReadonlyMap<string, readonly SeenAttach[]>): void {
  for (const { op, sid, epoch, startUs, result } of steps) {
    if (result !== 'done') continue;
    const newer = attachesOf.get(sid)?.find((attach) => attach.epoch > epoch && attach.us < startUs);
    if (newer !== undefined) complain('fence-passed', sid, `${op} of epoch ${epoch} was done under ${newer.epoch}`);
  }
}

function checkRising({ complain }: World, sid: string, attaches: readonly SeenAttach[]): void {
  let last: SeenAttach | undefined;
  for (const attach of [...attaches].sort((one, other) => one.epoch - other.epoch)) {
    if (last !== undefined && (attach.epoch === last.epoch || attach.us < last.startUs))
      complain('epoch-fell', sid, `epoch ${attach.epoch} was given before epoch ${last.epoch}, or with it`);
    last = attach;
  }
}

function checkEffectEpochs({ evidence, complain }: World): void {
  const epochs = new Map<string, number>();
  for (const { sid, epoch, n } of evidence.effects) {
    const last = epochs.get(sid) ?? 0;
    if (epoch < last) complain('epoch-fell', sid, `message ${n} was accepted under ${epoch} after ${last}`);
    epochs.set(sid, Math.max(last, epoch));
  }
}

/**
 * Each client shows tokens of its own, the newest that it has stored. A server may refuse one all the same: a hello that it reads late,
 * after it was frozen, is of a connection that the client has left. The client hears nothing of that.
 */
function checkRefusals({ evidence, complain }: World): void {
  for (const [client, lines] of evidence.clients) {
    if (lines.some(({ kind }) => kind === 'tokenRefused')) complain('token-refused', client, 'a token of its own');
  }
}

/** A session that was asked for is found, unless it was left alone for its whole time. */
function checkLifetimes(
  { attaches, steps, evidence, complain }: World,
  attachesOf: ReadonlyMap<string, readonly SeenAttach[]>,
): void {
  const touches = grouped(
    steps.filter(({ op, result }) => op === 'acknowledge' && result === 'done'),
    ({ sid }) => sid,
  );
  for (const attach of attaches) {
    const { asked, result, us, subject } = attach;
    if (asked === '' || result !== 'new') continue;
    const touched = [...(attachesOf.get(asked) ?? []), ...(touches.get(asked) ?? [])].filter((one) => one.us < us);
    const lastUs = touched.reduce((latest, one) => Math.max(latest, one.startUs), 0);
    if (us + ROUNDING_US < lastUs + evidence.ttlMs * 1_000)
      complain('session-lost', subject, `${asked}, ${Math.round((us - lastUs) / 1_000)} ms after it was last used`);
  }
}

/** A client that has used a session asks for it in its next life. */
function checkMemory({ attaches, proven, complain }: World, client: string, lines: readonly ClientLine[]): void {
  const lives = livesOf(lines);
  for (const [index, life] of lives.entries()) {
    const known = lives.slice(0, index).flatMap(({ lines: own }) => own.filter((line) => line.kind === 'opened'));
    const endUs = lives[index + 1]?.startUs ?? Number.POSITIVE_INFINITY;
    const blank = attaches.some(
      ({ subject, asked, startUs }) => subject === client && asked === '' && startUs >= life.startUs && startUs < endUs,
    );
    const used = known.find((line) => line.kind === 'opened' && proven.has(line.sid));
    if (blank && used !== undefined) complain('session-forgotten', client, `in life ${life.number}`);
  }
}
