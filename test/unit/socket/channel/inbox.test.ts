import { expect, test } from 'vitest';
import { type Arrival, Inbox } from '../../../../src/socket/channel/inbox.ts';

const message = (rx: number, bytes = 10): Arrival => ({ stream: 'r', rx, data: rx, gap: null, bytes });
const lost = (from: number, to: number, stream = 'r'): Arrival => {
  const gap = { direction: 's2c', stream, range: [from, to] } as const;
  return { stream, rx: to, data: undefined, gap, bytes: 0 };
};

test('losses that follow each other while an application hangs are one, and nothing else is', () => {
  const handed: (number | null)[] = [];
  const gaps: unknown[] = [];
  const inbox = new Inbox(({ rx }) => void handed.push(rx));
  for (const arrival of [message(1), lost(2, 3), lost(4, 9), message(10), lost(11, 12), lost(14, 15)])
    inbox.push(arrival);
  inbox.push(lost(16, 16, 'other'));
  inbox.push({ ...lost(1, 1), rx: null, gap: { direction: 's2c', stream: 'other', range: null } });
  inbox.add('gap', ({ gap }) => void gaps.push(gap?.range));
  inbox.add('message', () => undefined);
  expect(handed).toEqual([1, 9, 10, 12, 15, 16, null]);
  expect(gaps).toEqual([[2, 9], [11, 12], [14, 15], [16, 16], null]);
});

test('is full by number or weight, until half of it is gone', () => {
  const handed: unknown[] = [];
  const inbox = new Inbox(({ rx }) => void handed.push(rx));
  const limits = { count: 4, bytes: 100 };
  const isFull = () => inbox.isFull(limits);
  for (let rx = 1; rx <= 4; rx++) inbox.push(message(rx));
  expect(isFull()).toBe(false);
  inbox.push(message(5));
  expect(isFull()).toBe(true);
  const seen: boolean[] = [];
  inbox.add('message', () => void seen.push(isFull()));
  expect(seen).toEqual([true, true, false, false, false]);
  expect(isFull()).toBe(false);
  const heavy = new Inbox(() => {});
  heavy.push(message(1, 101));
  expect([heavy.isFull(limits), heavy.isFull({ ...limits, bytes: 1_000 })]).toEqual([true, false]);
});
