import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/cli/demo/requests/database.ts';
import { createLedger, readLedger } from '../../../src/cli/demo/requests/ledger.ts';
import { createSessions } from '../../../src/cli/demo/requests/sessions.ts';

let directory = '';
let file = '';
let north: DatabaseSync;
let south: DatabaseSync;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'switchover-test-'));
  file = join(directory, 'shared.db');
  north = openDatabase(file);
  south = openDatabase(file);
});

afterEach(() => {
  north.close();
  south.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('the ledger of the demo', () => {
  test('counts work that two servers have done, so that a doubled request can be seen', () => {
    createLedger(north, 'north').count('r1');
    createLedger(south, 'south').count('r1');
    createLedger(south, 'south').count('r1');
    createLedger(south, 'south').count('r2');
    expect(readLedger(file)).toEqual(
      new Map([
        ['r1', 3],
        ['r2', 1],
      ]),
    );
  });

  test('does work with a key once, whichever servers it is sent to', () => {
    createLedger(north, 'north').countOnce('r1', 'key 1');
    createLedger(south, 'south').countOnce('r1', 'key 1');
    createLedger(south, 'south').countOnce('r2', 'key 2');
    expect(readLedger(file)).toEqual(
      new Map([
        ['r1', 1],
        ['r2', 1],
      ]),
    );
  });
});

describe('the sessions of the demo', () => {
  test('are known to both servers', () => {
    const token = createSessions(north).open('ada');
    expect(createSessions(south).userOf(token)).toBe('ada');
  });

  test('go on under a new token when they are resumed; the last one holds for requests under way', () => {
    const first = createSessions(north).open('ada');
    const second = createSessions(south).resume(first);
    expect(second).not.toBe(first);
    expect(createSessions(north).userOf(second ?? '')).toBe('ada');
    expect(createSessions(north).userOf(first)).toBe('ada');
  });

  test('forget a token that was replaced twice', () => {
    const sessions = createSessions(north);
    const first = sessions.open('ada');
    sessions.resume(sessions.resume(first) ?? '');
    expect(sessions.userOf(first)).toBeNull();
    expect(sessions.resume(first)).toBeNull();
  });

  test('are kept without a token that could be stolen', () => {
    const token = createSessions(north).open('ada');
    north.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const kept = readFileSync(file, 'latin1');
    expect(kept).toContain('ada');
    expect(kept).not.toContain(token);
  });
});
