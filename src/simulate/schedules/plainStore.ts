import { payloadBytes } from '../../session/payload.ts';
import type { LogEntry, StoreRequest, StoreResult } from '../../session/serverState.ts';
import {
  type Acceptance,
  type AttachRequest,
  accept,
  acknowledge,
  anew,
  append,
  attach,
  holds,
  type Incoming,
  isExpired,
  type ReplayLimits,
  type SessionRecord,
  type Weigh,
} from '../../session/sessionRecord.ts';

/** The steps of a store, so that a test can break one of them. */
export const SOUND = { attach, accept, append, acknowledge, anew, holds };
export type Steps = typeof SOUND;

interface Kept {
  record: SessionRecord;
  log: LogEntry[];
}

interface Backup {
  readonly sessions: readonly (readonly [
    sid: string,
    kept: { readonly record: SessionRecord; readonly log: readonly LogEntry[] },
  ])[];
  readonly keys: readonly string[];
  readonly effects: readonly Effect[];
}

/** What an application makes of an accepted message. */
export interface Effect {
  readonly subject: string;
  readonly sid: string;
  readonly stream: string;
  readonly seq: number;
  readonly epoch: number;
  readonly data: unknown;
}

/** A session store in memory, as plain as it can be: each request is one step of `sessionRecord.ts`. */
export class PlainStore {
  readonly sessions = new Map<string, Kept>();
  readonly keys = new Set<string>();
  /** What the application did, in order. It is durable on its own: a lost session takes nothing back. */
  readonly effects: Effect[] = [];
  readonly limits: ReplayLimits;
  readonly steps: Steps;
  #backup: Backup | null = null;

  constructor(limits: ReplayLimits, steps: Steps = SOUND) {
    this.limits = limits;
    this.steps = steps;
  }

  /** Puts everything aside: the application's effects lie in the same database. */
  backUp(): void {
    const sessions = [...this.sessions].map(([sid, { record, log }]) => [sid, { record, log: [...log] }] as const);
    this.#backup = { sessions, keys: [...this.keys], effects: [...this.effects] };
  }

  /**
   * Puts everything back, each session with another stream.
   *
   * @returns False where nothing was put aside.
   */
  restore(drawStream: () => string): boolean {
    if (this.#backup === null) return false;
    const { sessions, keys, effects } = this.#backup;
    this.sessions.clear();
    this.keys.clear();
    for (const [sid, { record, log }] of sessions) {
      const next = this.steps.anew(record, drawStream());
      this.sessions.set(sid, { record: next, log: next.stream === record.stream ? [...log] : [] });
    }
    for (const key of keys) this.keys.add(key);
    this.effects.splice(0, this.effects.length, ...effects);
    return true;
  }

  run(request: StoreRequest, nowMs: number): StoreResult {
    const kept = this.sessions.get(request.sid);
    const weigh: Weigh = (from, to) =>
      (kept?.log ?? [])
        .filter(({ seq }) => seq >= from && seq <= to)
        .reduce((sum, { payload }) => sum + payloadBytes(payload), 0);
    if (request.op === 'attach') return this.attach(kept, request, nowMs);
    if (request.op === 'append') {
      if (kept === undefined || isExpired(kept.record, nowMs)) return { kind: 'failed', op: 'append', id: request.id };
      kept.record = this.steps.append(kept.record, payloadBytes(request.payload), this.limits, weigh);
      kept.log.push({ seq: kept.record.tx, payload: request.payload });
      this.cut(kept);
      const { stream, tx: seq } = kept.record;
      return { kind: 'appended', id: request.id, stream, seq, payload: request.payload };
    }
    if (kept === undefined || isExpired(kept.record, nowMs)) return { kind: 'fenced' };
    if (!this.steps.holds(kept.record, request.epoch, request.stream)) return { kind: 'fenced' };
    switch (request.op) {
      case 'read': {
        const entries = within(kept.log, request);
        return { kind: 'read', entries, floor: kept.record.floor, tx: kept.record.tx };
      }
      case 'accept':
        return this.accept(kept, request.items, request.epoch);
      case 'acknowledge':
        kept.record = this.steps.acknowledge(kept.record, request.rx, request.ttlMs, nowMs, weigh);
        this.cut(kept);
        return { kind: 'acknowledged', tx: kept.record.tx };
      case 'end':
        this.sessions.delete(request.sid);
        return { kind: 'ended' };
    }
  }

  private attach(kept: Kept | undefined, request: AttachRequest, nowMs: number): StoreResult {
    const { record, result } = this.steps.attach(kept?.record ?? null, request, nowMs);
    if (result.kind === 'refused' || record === null) return result;
    const log = kept?.record.sid === record.sid && kept.record.stream === record.stream ? kept.log : [];
    const next = { record, log };
    this.sessions.set(record.sid, next);
    this.cut(next);
    return result;
  }

  private accept(kept: Kept, items: readonly Incoming[], epoch: number): StoreResult {
    const done: Acceptance | null = this.steps.accept(kept.record, items);
    if (done === null) return { kind: 'failed', op: 'accept' };
    const { sid, stream, subject } = kept.record;
    kept.record = done.record;
    for (const { seq, key, data } of done.fresh) {
      const name = `${subject}/${key}`;
      if (key !== null && this.keys.has(name)) continue;
      if (key !== null) this.keys.add(name);
      this.effects.push({ subject, sid, stream, seq, epoch, data });
    }
    return { kind: 'accepted', rx: done.record.rx, gaps: done.gaps };
  }

  private cut(kept: Kept): void {
    kept.log = kept.log.filter(({ seq }) => seq > kept.record.floor);
  }
}

function within(log: readonly LogEntry[], limits: { after: number; count: number; bytes: number }): LogEntry[] {
  const entries: LogEntry[] = [];
  let left = limits.bytes;
  for (const entry of log) {
    if (entry.seq <= limits.after) continue;
    left -= payloadBytes(entry.payload);
    if (entries.length >= limits.count || (left < 0 && entries.length > 0)) break;
    entries.push(entry);
  }
  return entries;
}
