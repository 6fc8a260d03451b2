import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stamped } from '../../../src/publish/stamp.ts';
import { writeFiles } from '../../../src/publish/writeFiles.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchover-publish-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const site = (text: string, version = '1.0.0') => [
  { path: 'sw.js', text: stamped(text, 'script', version) },
  { path: 'errors/offline.html', text: stamped(`<!doctype html>${text}`, 'html', version) },
];
const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
const kinds = (changes: Awaited<ReturnType<typeof writeFiles>>): string[] => changes.map(({ kind }) => kind);
const inTheWay = (message: RegExp) =>
  expect.objectContaining({ code: 'FILE_IN_THE_WAY', message: expect.stringMatching(message) });

describe('files of a site', () => {
  test('are created, left alone while nothing changes, and updated', async () => {
    expect(kinds(await writeFiles(folder, site('one')))).toEqual(['created', 'created']);
    expect(kinds(await writeFiles(folder, site('one')))).toEqual(['unchanged', 'unchanged']);
    const changes = await writeFiles(folder, site('two', '1.1.0'));
    expect(kinds(changes)).toEqual(['updated', 'updated']);
    expect(changes[0]?.details).toEqual(['version: 1.0.0 → 1.1.0']);
    expect(await read('sw.js')).toContain('two');
    expect((await readdir(folder)).sort()).toEqual(['errors', 'sw.js']);
  });

  test('never take the place of a file of somebody else, and then none of them is written', async () => {
    await mkdir(join(folder, 'errors'));
    await writeFile(join(folder, 'errors/offline.html'), 'mine');
    for (const force of [false, true]) {
      await expect(writeFiles(folder, site('one'), { force })).rejects.toThrow(
        inTheWay(/^Nothing .*offline.html was not written by/),
      );
    }
    expect(await read('errors/offline.html')).toBe('mine');
    expect(await readdir(folder)).toEqual(['errors']);
  });

  test('that were edited stay as they are, unless they are given up', async () => {
    await writeFiles(folder, site('one'));
    const edited = (await read('sw.js')).replace('\none', '\nmine');
    await writeFile(join(folder, 'sw.js'), edited);
    await expect(writeFiles(folder, site('two'))).rejects.toThrow(inTheWay(/sw\.js was edited/));
    expect(await read('sw.js')).toBe(edited);
    expect(await read('errors/offline.html')).toContain('one');
    expect(kinds(await writeFiles(folder, site('two'), { force: true }))).toEqual(['updated', 'updated']);
    expect(await read('sw.js')).toContain('two');
  });

  test('do not go through a link, nor over a folder', async () => {
    await writeFile(join(folder, 'elsewhere.js'), stamped('one', 'script', '1.0.0'));
    await symlink('elsewhere.js', join(folder, 'sw.js'));
    await expect(writeFiles(folder, site('two'), { force: true })).rejects.toThrow(inTheWay(/sw\.js is no plain file/));
    await rm(join(folder, 'sw.js'));
    await mkdir(join(folder, 'sw.js'));
    await expect(writeFiles(folder, site('two'), { force: true })).rejects.toThrow(inTheWay(/sw\.js is no plain file/));
    expect(await read('elsewhere.js')).toContain('one');
  });

  test('keep their modes, so that the server may still read them', async () => {
    await writeFiles(folder, site('one'));
    await chmod(join(folder, 'sw.js'), 0o604);
    await writeFiles(folder, site('two'));
    expect((await stat(join(folder, 'sw.js'))).mode & 0o777).toBe(0o604);
  });

  test('are only spoken of in a dry run', async () => {
    expect(kinds(await writeFiles(folder, site('one'), { dryRun: true }))).toEqual(['created', 'created']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('need their folder: a typing error makes no new one', async () => {
    const missing = join(folder, 'pubilc');
    await expect(writeFiles(missing, site('one'))).rejects.toThrow(expect.objectContaining({ code: 'NO_FOLDER' }));
    expect(await readdir(folder)).toEqual([]);
  });

  test('that can not be written leave nothing half done behind', async () => {
    await writeFile(join(folder, 'errors'), 'a file where a folder has to be');
    await expect(writeFiles(folder, site('one'))).rejects.toThrow(expect.objectContaining({ code: 'WRITE_FAILED' }));
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
