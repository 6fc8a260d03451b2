import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fileLock } from '../../../src/node/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'switchover-lock-'));
  folders.push(made);
  return made;
}

/** Holds a name as somebody else would, who is described so. */
async function foreign(directory: string, changes: object): Promise<string> {
  const release = await fileLock(directory).acquire('name');
  const [file = ''] = readdirSync(directory).map((name) => join(directory, name));
  const record = { ...JSON.parse(readFileSync(file, 'utf8')), ...changes };
  await release?.();
  writeFileSync(file, JSON.stringify(record));
  return file;
}

describe('a lock of files', () => {
  test('has one owner at a time, and another once that gives it up', async () => {
    const directory = folder();
    const locks = fileLock(directory);
    const release = await locks.acquire('name');
    expect(await fileLock(directory).acquire('name')).toBeNull();
    expect(await locks.acquire('other')).not.toBeNull();
    await release?.();
    expect(await locks.acquire('name')).not.toBeNull();
  });

  test('is never given to two that ask at once', async () => {
    for (let round = 0; round < 10; round++) {
      const locks = fileLock(folder());
      const asked = await Promise.all(Array.from({ length: 6 }, () => locks.acquire('name')));
      const owners = asked.filter((release) => release !== null);
      expect(owners.length).toBeLessThanOrEqual(1);
      for (const release of owners) await release();
    }
  });

  test('of a process that has died is free', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const directory = folder();
    await foreign(directory, { pid: child.pid });
    expect(await fileLock(directory).acquire('name')).not.toBeNull();
    expect(readdirSync(directory)).toHaveLength(1);
  });

  test.skipIf(process.platform !== 'linux')(
    'is not taken for held because another process got the number of the dead one',
    async () => {
      const directory = folder();
      await foreign(directory, { start: '1' });
      expect(await fileLock(directory).acquire('name')).not.toBeNull();
    },
  );

  test('of another machine is held while that is seen, and free once it was not for a minute', async () => {
    const directory = folder();
    const file = await foreign(directory, { place: 'elsewhere' });
    expect(await fileLock(directory).acquire('name')).toBeNull();
    const past = new Date(Date.now() - 61_000);
    utimesSync(file, past, past);
    expect(await fileLock(directory).acquire('name')).not.toBeNull();
  });

  test('that is half written counts for a minute only', async () => {
    const directory = folder();
    const file = await foreign(directory, {});
    writeFileSync(file, '{"pid":');
    expect(await fileLock(directory).acquire('name')).toBeNull();
    const past = new Date(Date.now() - 61_000);
    utimesSync(file, past, past);
    expect(await fileLock(directory).acquire('name')).not.toBeNull();
  });
});
