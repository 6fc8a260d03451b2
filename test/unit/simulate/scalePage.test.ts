import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { figuresIn, within } from '../../../scripts/scale/page.ts';
import { SECTIONS } from '../../../scripts/scale/sections.ts';
import { readSimulateCommand } from '../../../src/cli/simulate/words.ts';
import { PEERS } from '../../../src/simulate/peers/beside.ts';
import { SCENARIOS } from '../../../src/simulate/scenarios/index.ts';

const read = (path: string): string => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');
const page = read('scale.md');

describe('docs/scale.md', () => {
  it('has marks for each section of the script, with figures between them, and no others', () => {
    const marked = [...page.matchAll(/<!-- scale, (\w+): begin -->/g)].map(([, name]) => name);
    expect(marked).toEqual(SECTIONS.map(({ name }) => name));
    for (const { name } of SECTIONS) expect(figuresIn(page, name)).toMatch(/^\| .* \|\n\|---\|[\s\S]* \|$/);
  });

  it.each(SECTIONS.filter(({ quick }) => quick))('shows what `npm run scale` makes: $name', ({ name, make }) => {
    expect(figuresIn(page, name)).toBe(make().markdown);
  });

  it('runs scenarios that come along', () => {
    for (const { scenarios } of SECTIONS) {
      expect(Object.keys(SCENARIOS)).toEqual(expect.arrayContaining([...scenarios]));
    }
  });

  it('gives commands that the command line takes, with scenarios and policies that there are', () => {
    const commands = [...page.matchAll(/^npx switchover simulate ([^#\n]*)/gm)].map(([, words = '']) => words.trim());
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) {
      const read = readSimulateCommand(command.split(/\s+/));
      expect(read.kind).toMatch(/^(run|list)$/);
      if (read.kind !== 'run') continue;
      expect([...Object.keys(SCENARIOS), 'my-fleet.json']).toContain(read.words.scenario);
      expect(Object.keys(PEERS)).toEqual(expect.arrayContaining(read.words.beside?.split(',') ?? []));
    }
  });

  it('shows pictures that are small, need nothing else, and know the dark', () => {
    const pictures = [...page.matchAll(/\]\((images\/[\w-]+\.svg)\)/g)].map(([, path = '']) => read(path));
    expect(pictures.length).toBeGreaterThan(3);
    for (const picture of pictures) {
      expect(picture.length).toBeLessThan(40_000);
      expect(picture).toMatch(/^<svg [\s\S]*prefers-color-scheme: dark[\s\S]*<\/svg>\n$/);
      expect(picture).not.toMatch(/<script|href=|NaN|undefined|Infinity/);
    }
  });

  it('keeps all around the marks, and refuses what has none', () => {
    const before = 'a\n<!-- scale, one: begin -->\nold\n<!-- scale, one: end -->\nb\n';
    const after = within(before, 'one', '| new |');
    expect(after).toBe('a\n<!-- scale, one: begin -->\n\n| new |\n\n<!-- scale, one: end -->\nb\n');
    expect(within(after, 'one', '| new |')).toBe(after);
    expect(() => within(before, 'two', '')).toThrow('no marks for two');
  });
});
