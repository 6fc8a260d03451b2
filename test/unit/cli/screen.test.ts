import { describe, expect, test } from 'vitest';
import { conversationReport } from '../../../src/cli/demo/conversation/report.ts';
import { conversationSummary } from '../../../src/cli/demo/conversation/summary.ts';
import { HELP, readArguments } from '../../../src/cli/demo/options.ts';
import { createPaint } from '../../../src/cli/demo/paint.ts';
import { reportOn } from '../../../src/cli/demo/requests/report.ts';
import { requestSummary } from '../../../src/cli/demo/requests/summary.ts';
import { inWords, table } from '../../../src/cli/demo/table.ts';
import { createTimeline, legend } from '../../../src/cli/demo/timeline.ts';
import { verdictLines } from '../../../src/cli/demo/verdict.ts';
import { goodConversation } from './conversation.ts';
import { goodPlay } from './play.ts';

const plain = createPaint(false, {});
const coloured = createPaint(true, {});
const COLUMNS = 80;

function screen(paint = plain) {
  let text = '';
  let nowMs = 0;
  const write = (piece: string) => {
    text += piece;
  };
  const timeline = createTimeline({ write, paint, now: () => nowMs, servers: ['north', 'south'] });
  return { timeline, at: (ms: number) => (nowMs = ms), lines: () => text.split('\n') };
}

describe('the timeline', () => {
  test('puts the marks of requests between the events, in the order of time', () => {
    const { timeline, at, lines } = screen();
    timeline.tell('fault', 'north', 'SIGKILL');
    at(1_240);
    timeline.mark({ kind: 'answered', server: 'north' }, 1);
    timeline.mark({ kind: 'answered', server: 'south' }, 2);
    timeline.mark({ kind: 'answered', server: 'south' }, 1);
    timeline.mark({ kind: 'refused', why: 'NOT_REPLAYABLE' }, 1);
    timeline.mark({ kind: 'lost', why: 'TIMEOUT' }, 3);
    timeline.tell('move', 'south', 'failover');
    expect(lines()).toEqual(['   0.0 s  ✗ north  SIGKILL', '   1.2 s  ▀»▄?✗', '   1.2 s  → south  failover', '']);
  });

  test('begins a new row before the terminal would', () => {
    const { timeline, lines } = screen();
    for (let mark = 0; mark < 200; mark += 1) timeline.mark({ kind: 'answered', server: 'north' }, 1);
    timeline.end();
    expect(Math.max(...lines().map(({ length }) => length))).toBeLessThan(COLUMNS);
    expect(lines().join('').replaceAll(/[^▀]/g, '')).toHaveLength(200);
  });

  test('keeps what it told, for machines', () => {
    const { timeline, at } = screen();
    at(12.4);
    timeline.tell('session', 'south', 'session resumed');
    expect(timeline.events).toEqual([{ atMs: 12, kind: 'session', server: 'south', what: 'session resumed' }]);
  });

  test('fits its headings and its legend into 80 columns', () => {
    const { timeline, lines } = screen();
    timeline.tell('act', null, '1 of 4: the active server dies');
    for (const line of [...lines(), ...legend(['north', 'south'], 'request, answered', plain)])
      expect(line.length).toBeLessThan(COLUMNS);
  });
});

describe('the summary', () => {
  const texts = [
    requestSummary(reportOn(goodPlay()), plain),
    conversationSummary(conversationReport(goodConversation()), plain),
  ];

  test('fits into 80 columns', () => {
    for (const line of texts.join('').split('\n')) expect(line.length).toBeLessThan(COLUMNS);
  });

  test('ends with what was promised and kept', () => {
    expect(verdictLines([], 31_400, plain)).toContain('✓ Nothing was lost, repeated or reordered, in 31 s');
  });

  test('shows every complaint', () => {
    const text = verdictLines(['GET r7 was lost: TIMEOUT.'], 31_400, plain);
    expect(text).toContain('✗ Promises that were not kept: 1');
    expect(text).toContain('GET r7 was lost: TIMEOUT.');
  });
});

describe('the table', () => {
  test('lines its columns up', () => {
    const lines = table(
      [
        ['', 'fault'],
        ['sent', 'twice'],
      ],
      [['503', '12']],
    );
    expect(lines).toEqual(['        sent', 'fault  twice', '503       12']);
  });

  test('says times as people do', () => {
    expect([0.4, 999.4, 999.6, 3_961].map(inWords)).toEqual(['0 ms', '999 ms', '1.00 s', '3.96 s']);
  });
});

describe('colours', () => {
  test('are for terminals, unless nobody wants them', () => {
    expect(coloured('red', 'x')).not.toBe('x');
    expect(plain('red', 'x')).toBe('x');
    expect(createPaint(true, { NO_COLOR: '1' })('red', 'x')).toBe('x');
    expect(createPaint(true, { TERM: 'dumb' })('red', 'x')).toBe('x');
    expect(createPaint(true, { NO_COLOR: '' })('red', 'x')).not.toBe('x');
  });

  test('are in no line of a plain timeline', () => {
    const { timeline, lines } = screen();
    timeline.tell('act', null, 'first');
    timeline.tell('warning', 'north', 'x');
    timeline.mark({ kind: 'lost' }, 1);
    expect(lines().join('')).not.toContain('\u001b');
  });
});

describe('the arguments', () => {
  test('are --json and --help', () => {
    expect(readArguments([])).toEqual({ kind: 'play', json: false });
    expect(readArguments(['--json'])).toEqual({ kind: 'play', json: true });
    expect(readArguments(['--help'])).toEqual({ kind: 'help' });
    expect(HELP).toContain('--json');
  });

  test.each([['--jsno'], ['--json=yes'], ['kill'], ['-x']])('refuse %s', (word) => {
    expect(readArguments([word])).toMatchObject({ kind: 'wrong' });
  });
});
