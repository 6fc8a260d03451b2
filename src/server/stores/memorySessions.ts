import type { Payload } from '../../session/payload.ts';
import { isExpired, type SessionRecord, type Weigh } from '../../session/sessionRecord.ts';
import type { StoreUsage } from '../sessionStore.ts';
import { storeFull } from './errors.ts';
import type { TotalLimits } from './limits.ts';
import { MemoryLog } from './memoryLog.ts';
import type { NewsDesk } from './newsDesk.ts';
import type { SessionTable } from './steps.ts';

interface Kept {
  record: SessionRecord;
  ttlMs: number;
  log: MemoryLog;
}

/** Sessions that one call of `collect` deletes, and looks at. */
const BATCH = 10_000;

/** The sessions of a store in memory. */
export class MemorySessions implements SessionTable {
  /** The one that was left alone the longest comes first. */
  readonly #kept = new Map<string, Kept>();
  readonly #bySubject = new Map<string, Set<string>>();
  readonly #total: TotalLimits;
  readonly #news: NewsDesk;
  readonly #nowMs: () => number;
  /** Where the present round through all sessions stands, and how many it has still to see: who is touched moves to the end. */
  #round = this.#kept.values();
  #left = 0;
  #messages = 0;
  #bytes = 0;

  constructor(total: TotalLimits, news: NewsDesk, nowMs: () => number) {
    this.#total = total;
    this.#news = news;
    this.#nowMs = nowMs;
  }

  get usage(): StoreUsage {
    return { sessions: this.#kept.size, messages: this.#messages, bytes: this.#bytes };
  }

  find(sid: string): SessionRecord | null {
    return this.#kept.get(sid)?.record ?? null;
  }

  attached(record: SessionRecord, before: SessionRecord | null, ttlMs: number): void {
    const kept = this.#kept.get(record.sid);
    if (before === null || kept === undefined) {
      this.#kept.set(record.sid, { record, ttlMs, log: new MemoryLog() });
      this.#own(record);
    } else {
      if (record.stream !== before.stream) this.#drop(kept);
      this.#touch(kept, record, ttlMs);
      this.#news.tell({ kind: 'superseded', sid: record.sid, epoch: record.epoch });
    }
  }

  appended(record: SessionRecord, before: SessionRecord, payload: Payload, bytes: number): void {
    const kept = this.#kept.get(record.sid);
    if (kept === undefined) return;
    kept.log.push(record.tx, payload, bytes);
    this.#write(kept, record, before);
    this.#news.tell({ kind: 'grown', sid: record.sid, tx: record.tx });
  }

  accepted(record: SessionRecord): void {
    const kept = this.#kept.get(record.sid);
    if (kept !== undefined) kept.record = record;
  }

  acknowledged(record: SessionRecord, before: SessionRecord, ttlMs: number): void {
    const kept = this.#kept.get(record.sid);
    if (kept === undefined) return;
    this.#write(kept, record, before);
    this.#touch(kept, record, ttlMs);
  }

  ended({ sid, subject }: SessionRecord): void {
    const kept = this.#kept.get(sid);
    if (kept === undefined) return;
    this.#drop(kept);
    this.#kept.delete(sid);
    const owned = this.#bySubject.get(subject);
    owned?.delete(sid);
    if (owned?.size === 0) this.#bySubject.delete(subject);
  }

  weigh({ sid }: SessionRecord): Weigh {
    return (from, to) => this.#kept.get(sid)?.log.weigh(from, to) ?? 0;
  }

  read({ sid }: SessionRecord, after: number, room: { readonly count: number; readonly bytes: number }) {
    return this.#kept.get(sid)?.log.read(after, room) ?? [];
  }

  makeRoom(sessions: number, messages: number, bytes: number): void {
    for (;;) {
      const over = this.#over(sessions, messages, bytes);
      if (over === null) return;
      const [idle] = this.#kept.values();
      if (idle === undefined || !isAlone(idle, this.#nowMs())) throw storeFull(over);
      this.ended(idle.record);
    }
  }

  ofSubject(subject: string): string[] {
    const nowMs = this.#nowMs();
    const alive = (sid: string) => {
      const record = this.find(sid);
      return record !== null && !isExpired(record, nowMs);
    };
    return [...(this.#bySubject.get(subject) ?? [])].filter(alive);
  }

  /** Deletes what has expired, up to {@link BATCH} at a time. */
  collect(): void {
    const nowMs = this.#nowMs();
    let batch = BATCH;
    for (const { record } of this.#kept.values()) {
      if (batch-- === 0 || !isExpired(record, nowMs)) break;
      this.ended(record);
    }
    this.#sweep(nowMs);
  }

  /** Those that live longer than others may stand before them. So the rest is looked through as well, in turn. */
  #sweep(nowMs: number): void {
    for (let looked = 0; looked < BATCH; looked++) {
      const next = this.#left > 0 ? this.#round.next() : null;
      if (next === null || next.done) {
        this.#round = this.#kept.values();
        this.#left = this.#kept.size;
        return;
      }
      this.#left -= 1;
      if (isExpired(next.value.record, nowMs)) this.ended(next.value.record);
    }
  }

  #over(sessions: number, messages: number, bytes: number): string | null {
    const total = this.#total;
    if (this.#kept.size + sessions > total.sessions) return 'sessions';
    if (this.#messages + messages > total.messages) return 'messages';
    return this.#bytes + bytes > total.bytes ? 'bytes' : null;
  }

  #own({ sid, subject }: SessionRecord): void {
    const owned = this.#bySubject.get(subject);
    if (owned === undefined) this.#bySubject.set(subject, new Set([sid]));
    else owned.add(sid);
  }

  #write(kept: Kept, record: SessionRecord, before: SessionRecord): void {
    if (record.floor > before.floor) kept.log.cut(record.floor);
    this.#messages += record.tx - record.floor - (before.tx - before.floor);
    this.#bytes += record.held - before.held;
    kept.record = record;
  }

  #drop(kept: Kept): void {
    const { tx, floor, held } = kept.record;
    this.#messages -= tx - floor;
    this.#bytes -= held;
    kept.log = new MemoryLog();
  }

  #touch(kept: Kept, record: SessionRecord, ttlMs: number): void {
    kept.record = record;
    kept.ttlMs = ttlMs;
    this.#kept.delete(record.sid);
    this.#kept.set(record.sid, kept);
  }
}

/** Nobody is connected: a connection gives a sign of life in every quarter of the time. */
function isAlone({ record, ttlMs }: Kept, nowMs: number): boolean {
  return record.expiresAtMs - ttlMs / 2 <= nowMs;
}
