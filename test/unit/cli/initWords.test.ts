import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readInitOptions } from '../../../src/cli/init/options.ts';
import { HELP, readCommand } from '../../../src/cli/init/words.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchover-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const optionsOf = async (...words: string[]): Promise<unknown> => {
  const command = readCommand(['init', 'public', ...words]);
  if (command.kind !== 'init') throw new Error(JSON.stringify(command));
  return readInitOptions(command.words);
};

describe('a command line', () => {
  test.each([
    [[], 'help'],
    [['--help'], 'help'],
    [['init', '-h'], 'help'],
    [['--version'], 'version'],
    [['init', 'public', '--hosts', 'a,b'], 'init'],
    [['init'], 'wrong'],
    [['--hosts', 'a,b'], 'wrong'],
    [['inti', 'public'], 'wrong'],
    [['init', 'public', '--hosts', 'a,', 'b'], 'wrong'],
    [['init', 'public', '--host', 'a'], 'wrong'],
    [['init', 'public', '--hosts'], 'wrong'],
  ])('%j is understood as: %s', (args, kind) => {
    expect(readCommand(args).kind).toBe(kind);
  });

  test('has help for each option that it takes', () => {
    const named = [...HELP.matchAll(/--([a-z-]+)/g)].map(([, name]) => name ?? '');
    for (const name of named) {
      const args = ['init', 'public', `--${name}`];
      const taken = [args, [...args, 'x']].map((words) => readCommand(words).kind);
      expect([name, taken.some((kind) => kind !== 'wrong')]).toEqual([name, true]);
    }
    expect(named.length).toBeGreaterThan(15);
  });
});

describe('the options of init', () => {
  test('take hosts as people say them', async () => {
    expect(await optionsOf('--hosts', 'www.example.com, https://b.example.com:8443,a.localhost:8001')).toMatchObject({
      hosts: ['https://www.example.com', 'https://b.example.com:8443', 'http://a.localhost:8001'],
    });
  });

  test('take groups of assets, languages and colours as lists', async () => {
    const words = ['--assets', 'c1.example.com c2.example.com; d1.example.com d2.example.com', '--lang', 'de, fr'];
    expect(await optionsOf(...words, '--colour', '#0a6847,#86d3ae')).toMatchObject({
      assets: [
        ['https://c1.example.com', 'https://c2.example.com'],
        ['https://d1.example.com', 'https://d2.example.com'],
      ],
      page: { languages: ['de', 'fr'], colours: { light: { accent: '#0a6847' }, dark: { accent: '#86d3ae' } } },
    });
  });

  test('lie in a file, too; what stands on the command line comes first', async () => {
    const config = {
      hosts: ['https://a.example.com'],
      mode: 'redirect',
      holdMs: 5,
      page: { title: 'Old', languages: ['nl'] },
    };
    const path = file('site.json', JSON.stringify(config));
    expect(await optionsOf('--config', path, '--mode', 'transparent', '--title', 'New')).toEqual({
      ...config,
      mode: 'transparent',
      page: { title: 'New', languages: ['nl'] },
    });
  });

  test('hold a logo as the page takes it: an SVG without what drawing programs put before it, else a data: URL', async () => {
    const svg = file(
      'logo.svg',
      '<?xml version="1.0"?>\n<!-- A program -->\n<!DOCTYPE svg>\n<svg viewBox="0 0 1 1"></svg>',
    );
    expect(await optionsOf('--logo', svg)).toMatchObject({ page: { logo: '<svg viewBox="0 0 1 1"></svg>' } });
    const png = file('logo.PNG', Buffer.from([1, 2, 3]));
    expect(await optionsOf('--logo', png)).toMatchObject({ page: { logo: 'data:image/png;base64,AQID' } });
  });

  test.each([
    ['a file that is not there', ['--config', '/nowhere/site.json'], 'READ_FAILED'],
    ['a logo that is not there', ['--logo', '/nowhere/logo.svg'], 'READ_FAILED'],
    ['a file that is no JSON', ['--config', file('broken.json', '{')], 'INVALID_OPTION'],
    ['a file that holds a list', ['--config', file('list.json', '[]')], 'INVALID_OPTION'],
    ['three colours', ['--colour', '#111,#222,#333'], 'INVALID_OPTION'],
  ])('are refused for %s', async (_what, words, code) => {
    await expect(optionsOf(...words)).rejects.toThrow(expect.objectContaining({ code }));
  });
});
