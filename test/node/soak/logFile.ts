import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';

/** A log that one process writes: a JSON line for each record, in the file before the process goes on. */
export interface LogWriter<Entry extends object> {
  write(entry: Entry): void;
  close(): void;
}

/** The machine's monotonic clock, the same for all its processes, in microseconds. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

/** Goes on with a log, behind whatever a life before could write of its last line. */
export function openLog<Entry extends object>(file: string): LogWriter<Entry> {
  const descriptor = openSync(file, 'a+');
  if (!endsWhole(descriptor)) writeSync(descriptor, '\n');
  return {
    write: (entry) => void writeSync(descriptor, `${JSON.stringify({ us: nowUs(), ...entry })}\n`),
    close: () => closeSync(descriptor),
  };
}

function endsWhole(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() === '\n');
}

/**
 * Reads a log. A line that is torn counts as not written: it can only be the last of its life, so `start`, or nothing, must follow.
 *
 * @throws Error for any other line that can't be read: then the log proves nothing.
 */
export function readLog<Entry extends { readonly kind: string }>(file: string): Entry[] {
  if (!existsSync(file)) return [];
  const entries: Entry[] = [];
  let torn = false;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const entry = parse<Entry>(line);
    if (torn && entry?.kind !== 'start') throw new Error(`${file} is broken before ${line}`);
    torn = entry === undefined;
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function parse<Entry>(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}
