import { expect, it } from 'vitest';
import { Emitter } from '../../../src/runtime/emitter.ts';

interface Events {
  told: (what: string) => void;
  other: () => void;
}

it('calls listeners of that event alone, in the order in which they came', () => {
  const events = new Emitter<Events>();
  const heard: string[] = [];
  events.on('told', (what) => heard.push(`first ${what}`));
  events.on('other', () => heard.push('other'));
  events.on('told', (what) => heard.push(`second ${what}`));
  events.emit('told', 'a');
  expect(heard).toEqual(['first a', 'second a']);
});

it('forgets a listener that leaves; one that it does not know may leave too', () => {
  const events = new Emitter<Events>();
  const heard: string[] = [];
  const listener = (what: string) => heard.push(what);
  events.off('told', listener);
  events.on('told', listener);
  events.on('told', (what) => heard.push(`stays ${what}`));
  events.off('told', listener);
  events.emit('told', 'a');
  expect(heard).toEqual(['stays a']);
});

it('tells of an event those who listened when it began', () => {
  const events = new Emitter<Events>();
  const heard: string[] = [];
  const last = () => heard.push('last');
  events.on('other', () => {
    heard.push('first');
    events.off('other', last);
    events.on('other', () => heard.push('late'));
  });
  events.on('other', last);
  events.emit('other');
  expect(heard).toEqual(['first', 'last']);
});
