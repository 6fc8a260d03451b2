import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLog, readLog } from '../../node/soak/logFile.ts';

interface Line {
  readonly kind: string;
  readonly n?: number;
}

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'switchover-log-'));
  file = join(directory, 'log');
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (...lines: readonly Line[]) => {
  const log = openLog<Line>(file);
  for (const line of lines) log.write(line);
  log.close();
};
const kinds = () => readLog<Line>(file).map(({ kind, n }) => `${kind}${n ?? ''}`);

describe('a log', () => {
  it('is empty where there is none', () => expect(kinds()).toEqual([]));

  it('goes on over lives', () => {
    write({ kind: 'start' }, { kind: 'sent', n: 1 });
    write({ kind: 'start' }, { kind: 'sent', n: 2 });
    expect(kinds()).toEqual(['start', 'sent1', 'start', 'sent2']);
  });

  it('counts a line that a kill has torn as not written', () => {
    write({ kind: 'start' });
    appendFileSync(file, '{"kind":"se');
    expect(kinds()).toEqual(['start']);
    write({ kind: 'start' });
    expect(kinds()).toEqual(['start', 'start']);
  });

  it('proves nothing where it is broken in the middle of a life', () => {
    write({ kind: 'start' });
    appendFileSync(file, '{"kind":"se\n');
    write({ kind: 'sent', n: 1 });
    expect(() => kinds()).toThrow('is broken before');
  });
});
