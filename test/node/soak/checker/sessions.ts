import type { ClientLine } from '../records.ts';
import { grouped } from './grouped.ts';
import { forgotAt, type Life, livesOf } from './lives.ts';
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
function checkRefusals({ evidence, proven, complain }: World): void {
  for (const [client, lines] of evidence.clients) {
    const lives = livesOf(lines);
    const isWrong = ({ us }: ClientLine) => forgotAt(lives, us) < 0 || mustRemember(lives, us, proven);
    const refused = lines.filter(({ kind }) => kind === 'tokenRefused');
    if (refused.some(isWrong)) complain('token-refused', client, 'a token of its own');
  }
}

/** Whether a client has used a session in a life before: it had stored it before it did that. */
function mustRemember(lives: readonly Life[], us: number, proven: ReadonlySet<string>): boolean {
  const sinceUs = forgotAt(lives, us);
  const before = lives.filter(({ endUs }) => endUs <= us).flatMap(({ lines }) => lines);
  return before.some((line) => line.kind === 'opened' && line.us > sinceUs && proven.has(line.sid));
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
  const blank = attaches.filter(({ subject, asked }) => subject === client && asked === '');
  for (const { number, startUs, endUs } of lives) {
    const own = blank.filter((attach) => attach.startUs >= startUs && attach.startUs < endUs);
    if (own.some((attach) => mustRemember(lives, attach.startUs, proven)))
      complain('session-forgotten', client, `in life ${number}`);
  }
}
