import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Payload } from '../../../session/payload.ts';
import type { LogEntry } from '../../../session/serverState.ts';
import type { SessionRecord, Weigh } from '../../../session/sessionRecord.ts';
import type { Tokens } from '../../../session/token.ts';
import { storeFull } from '../errors.ts';
import type { TotalLimits } from '../limits.ts';
import type { SessionTable } from '../steps.ts';
import type { UnitOfWork } from './unit.ts';

const SQL = {
  find: 'SELECT * FROM switchover_sessions WHERE sid = ?',
  begin:
    'INSERT INTO switchover_sessions (sid, subject, known, pending, retired, epoch, stream, rx, tx, floor, held, alone_at, expires_at, ' +
    'changed, writer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  take:
    'UPDATE switchover_sessions SET known = ?, pending = ?, retired = ?, epoch = ?, stream = ?, rx = ?, tx = ?, floor = ?, held = ?, ' +
    'alone_at = ?, expires_at = ?, changed = ?, writer = ? WHERE id = ?',
  grow: 'UPDATE switchover_sessions SET tx = ?, floor = ?, held = ?, changed = ?, writer = ? WHERE id = ?',
  accept: 'UPDATE switchover_sessions SET rx = ? WHERE id = ?',
  confirm: 'UPDATE switchover_sessions SET known = ?, pending = ?, retired = ? WHERE id = ?',
  acknowledge: 'UPDATE switchover_sessions SET floor = ?, held = ?, alone_at = ?, expires_at = ? WHERE id = ?',
  end: 'DELETE FROM switchover_sessions WHERE id = ?',
  push: 'INSERT INTO switchover_messages VALUES (?, ?, ?, ?, ?)',
  cut: 'DELETE FROM switchover_messages WHERE session = ? AND seq <= ?',
  clear: 'DELETE FROM switchover_messages WHERE session = ?',
  weigh: 'SELECT total(bytes) AS bytes FROM switchover_messages WHERE session = ? AND seq BETWEEN ? AND ?',
  read: 'SELECT seq, bytes, is_binary, text FROM switchover_messages WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?',
  ofSubject: 'SELECT sid FROM switchover_sessions WHERE subject = ? AND expires_at > ? ORDER BY id',
  idle: 'SELECT sid FROM switchover_sessions WHERE alone_at <= ? ORDER BY alone_at LIMIT 1',
  expired: 'SELECT sid FROM switchover_sessions WHERE alone_at <= ? AND expires_at <= ? LIMIT ?',
} as const;

type Row = Record<string, unknown>;

/** The sessions of a store in SQLite, as one transaction sees them. */
export class SqliteSessions implements SessionTable {
  readonly #sql: Readonly<Record<keyof typeof SQL, StatementSync>>;
  readonly #unit: UnitOfWork;
  readonly #total: TotalLimits;
  /** Names this store object among all that write to the file. */
  readonly #writer: number;
  /** The row of the session that was looked for last. */
  #row = { sid: '', id: 0 };

  constructor(database: DatabaseSync, unit: UnitOfWork, total: TotalLimits, writer: number) {
    const prepared = Object.entries(SQL).map(([name, text]) => [name, database.prepare(text)]);
    this.#sql = Object.fromEntries(prepared);
    this.#unit = unit;
    this.#total = total;
    this.#writer = writer;
  }

  find(sid: string): SessionRecord | null {
    const row = this.#sql.find.get(sid);
    this.#row = { sid, id: Number(row?.['id'] ?? 0) };
    return row === undefined ? null : recordOf(row);
  }

  attached(record: SessionRecord, before: SessionRecord | null, ttlMs: number): void {
    const { sid, epoch, stream, rx, tx, floor, held, expiresAtMs } = record;
    const tokens = tokenCells(record.tokens);
    const news = [this.#unit.change, this.#writer] as const;
    const numbers = [epoch, stream, rx, tx, floor, held, expiresAtMs - ttlMs / 2, expiresAtMs, ...news] as const;
    if (before === null) {
      this.#sql.begin.run(sid, record.subject, ...tokens, ...numbers);
      this.#unit.totals.sessions += 1;
      return;
    }
    const id = this.#id(sid);
    if (stream !== before.stream) this.#clear(id, before);
    this.#sql.take.run(...tokens, ...numbers, id);
    this.#unit.news.push({ kind: 'superseded', sid, epoch });
  }

  appended(record: SessionRecord, before: SessionRecord, { text, binary }: Payload, bytes: number): void {
    const { sid, tx, floor, held } = record;
    const id = this.#id(sid);
    if (floor < tx) this.#sql.push.run(id, tx, bytes, binary ? 1 : 0, text);
    this.#cut(id, record, before);
    this.#sql.grow.run(tx, floor, held, this.#unit.change, this.#writer, id);
    this.#unit.news.push({ kind: 'grown', sid, tx });
  }

  accepted(record: SessionRecord, before: SessionRecord): void {
    const id = this.#id(record.sid);
    this.#sql.accept.run(record.rx, id);
    this.#confirm(id, record, before);
  }

  acknowledged(record: SessionRecord, before: SessionRecord, ttlMs: number): void {
    const id = this.#id(record.sid);
    this.#cut(id, record, before);
    const { floor, held, expiresAtMs } = record;
    this.#sql.acknowledge.run(floor, held, expiresAtMs - ttlMs / 2, expiresAtMs, id);
    this.#confirm(id, record, before);
  }

  ended(record: SessionRecord): void {
    const id = this.#id(record.sid);
    this.#clear(id, record);
    this.#sql.end.run(id);
    this.#unit.totals.sessions -= 1;
    this.#row = { sid: '', id: 0 };
  }

  weigh({ sid }: SessionRecord): Weigh {
    return (from, to) => Number(this.#sql.weigh.get(this.#id(sid), from, to)?.['bytes']);
  }

  read({ sid }: SessionRecord, after: number, room: { readonly count: number; readonly bytes: number }): LogEntry[] {
    const found: LogEntry[] = [];
    let left = room.bytes;
    for (const { seq, bytes, is_binary, text } of this.#sql.read.iterate(this.#id(sid), after, room.count)) {
      left -= Number(bytes);
      if (left < 0 && found.length > 0) break;
      found.push({ seq: Number(seq), payload: { text: String(text), binary: is_binary === 1 } });
    }
    return found;
  }

  makeRoom(sessions: number, messages: number, bytes: number): void {
    for (;;) {
      const over = this.#over(sessions, messages, bytes);
      if (over === null) return;
      const idle = this.#sql.idle.get(this.#unit.nowMs)?.['sid'];
      if (idle === undefined || !this.#end(String(idle))) throw storeFull(over);
    }
  }

  ofSubject(subject: string): string[] {
    return this.#sql.ofSubject.all(subject, this.#unit.nowMs).map(({ sid }) => String(sid));
  }

  /** Deletes what has expired, up to so many. */
  collect(most: number): void {
    const { nowMs } = this.#unit;
    for (const { sid } of this.#sql.expired.all(nowMs, nowMs, most)) this.#end(String(sid));
  }

  #end(sid: string): boolean {
    const record = this.find(sid);
    if (record !== null) this.ended(record);
    return record !== null;
  }

  #over(sessions: number, messages: number, bytes: number): string | null {
    const total = this.#total;
    const now = this.#unit.totals;
    if (now.sessions + sessions > total.sessions) return 'sessions';
    if (now.messages + messages > total.messages) return 'messages';
    return now.bytes + bytes > total.bytes ? 'bytes' : null;
  }

  #id(sid: string): number {
    if (this.#row.sid !== sid) this.find(sid);
    return this.#row.id;
  }

  #cut(id: number, record: SessionRecord, before: SessionRecord): void {
    const { totals } = this.#unit;
    if (record.floor > before.floor) this.#sql.cut.run(id, record.floor);
    totals.messages += record.tx - record.floor - (before.tx - before.floor);
    totals.bytes += record.held - before.held;
  }

  #clear(id: number, { tx, floor, held }: SessionRecord): void {
    const { totals } = this.#unit;
    if (tx > floor) this.#sql.clear.run(id);
    totals.messages -= tx - floor;
    totals.bytes -= held;
  }

  #confirm(id: number, { tokens }: SessionRecord, before: SessionRecord): void {
    if (tokens !== before.tokens) this.#sql.confirm.run(...tokenCells(tokens), id);
  }
}

/** Hashes carry no spaces. */
const tokenCells = ({ known, pending, retired }: Tokens) => [known, pending.join(' '), retired.join(' ')] as const;
const listOf = (cell: unknown): string[] => (cell === '' ? [] : String(cell).split(' '));

function recordOf(row: Row): SessionRecord {
  const [pending, retired] = [listOf(row['pending']), listOf(row['retired'])];
  return {
    sid: String(row['sid']),
    subject: String(row['subject']),
    tokens: { known: String(row['known']), pending, retired },
    epoch: Number(row['epoch']),
    stream: String(row['stream']),
    rx: Number(row['rx']),
    tx: Number(row['tx']),
    floor: Number(row['floor']),
    held: Number(row['held']),
    expiresAtMs: Number(row['expires_at']),
  };
}
