import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileStore } from '../../../src/node/fileStore.ts';
import { SwitchoverError } from '../../../src/policy/error.ts';
import { guard } from '../../rig/guard.ts';
import { useRig } from '../../rig/vitest.ts';
import { sleep, until } from '../../rig/wait.ts';

const rig = useRig();
const posix = process.platform !== 'win32';

/** An empty directory that goes with the test. */
function emptyDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'switchover-store-'));
  const release = guard({ kind: 'directory', path });
  rig.owns({
    async [Symbol.asyncDispose]() {
      rmSync(path, { recursive: true, force: true });
      release();
    },
  });
  return path;
}

const failure = (promise: unknown): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('a value', () => {
  it('is there for the next store of the same directory, until it is deleted', async () => {
    const directory = join(emptyDirectory(), 'made', 'here');
    const store = fileStore(directory);
    expect(await store.get('token')).toBeUndefined();
    await store.set('token', 'a\r\n\0é😀\uFEFF');
    await store.set('empty', '');
    const next = fileStore(directory);
    expect(await next.get('token')).toBe('a\r\n\0é😀\uFEFF');
    expect(await next.get('empty')).toBe('');
    await next.delete('token');
    await next.delete('token');
    expect(await store.get('token')).toBeUndefined();
    expect(await store.get('empty')).toBe('');
  });

  it('keeps to a relative directory, also where the program then changes to another', async () => {
    const before = process.cwd();
    const directory = emptyDirectory();
    const elsewhere = emptyDirectory();
    try {
      process.chdir(directory);
      const store = fileStore('state');
      process.chdir(elsewhere);
      await store.set('a', '1');
    } finally {
      process.chdir(before);
    }
    expect(existsSync(join(directory, 'state'))).toBe(true);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('is large where it must be', async () => {
    const store = fileStore(emptyDirectory());
    const large = '€'.repeat(1_000_000);
    await store.set('large', large);
    expect(await store.get('large')).toBe(large);
  });

  it('that is not text is refused', async () => {
    const directory = emptyDirectory();
    const store = fileStore(directory);
    await store.set('a', 'text');
    const [name = ''] = readdirSync(directory);
    writeFileSync(join(directory, name), Buffer.from([0x61, 0xff, 0xfe]));
    expect(await failure(store.get('a'))).toMatchObject({ code: 'STORAGE_FAILED' });
    await store.set('a', 'text again');
    expect(await store.get('a')).toBe('text again');
  });

  it.runIf(posix)('is for its user alone', async () => {
    const directory = join(emptyDirectory(), 'state');
    await fileStore(directory).set('token', 'secret');
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const [name = ''] = readdirSync(directory);
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  it.runIf(posix)('leaves the rights of a directory as they were', async () => {
    const directory = emptyDirectory();
    chmodSync(directory, 0o755);
    await fileStore(directory).set('token', 'secret');
    expect(statSync(directory).mode & 0o777).toBe(0o755);
  });

  it.runIf(posix)('takes the place of a link, and is not written through it', async () => {
    const directory = emptyDirectory();
    const store = fileStore(directory);
    await store.set('a', '1');
    const [name = ''] = readdirSync(directory);
    const outside = join(emptyDirectory(), 'outside');
    writeFileSync(outside, 'untouched');
    rmSync(join(directory, name));
    symlinkSync(outside, join(directory, name));
    await store.set('a', '2');
    expect(await store.get('a')).toBe('2');
    rmSync(join(directory, name));
    expect(existsSync(outside)).toBe(true);
  });
});

describe('a key', () => {
  const odd = [
    '',
    '.',
    '..',
    '../a',
    '/etc/passwd',
    'a/b',
    'a\\b',
    'a\0b',
    'con',
    'A',
    'a',
    'é',
    'a.txt',
    '%41',
    'x'.repeat(500),
    `${'x'.repeat(499)}y`,
  ];

  it('is any text, and no file leaves the directory', async () => {
    const parent = emptyDirectory();
    const directory = join(parent, 'state');
    const store = fileStore(directory);
    for (const [at, key] of odd.entries()) await store.set(key, String(at));
    for (const [at, key] of odd.entries()) expect([key, await store.get(key)]).toEqual([key, String(at)]);
    expect(readdirSync(parent)).toEqual(['state']);
    expect(readdirSync(directory)).toHaveLength(odd.length);
  });

  it('shares its file with no other, also where upper and lower case are one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 4 }), async (keys) => {
        const directory = emptyDirectory();
        const store = fileStore(directory);
        for (const key of keys) await store.set(key, key);
        const names = readdirSync(directory);
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(keys.length);
        expect(names.every((name) => /^[a-z0-9_%.-]{1,255}$/.test(name) && name === basename(name))).toBe(true);
        for (const key of keys) expect(await store.get(key)).toBe(key);
      }),
      { numRuns: 30 },
    );
  });
});

describe('several writes of one key', () => {
  it('end with the last one', async () => {
    const store = fileStore(emptyDirectory());
    const values = Array.from({ length: 50 }, (_, at) => String(at));
    await Promise.all(values.map((value) => store.set('a', value)));
    expect(await store.get('a')).toBe('49');
    await Promise.all([store.set('a', '50'), store.delete('a'), store.set('a', '51'), store.delete('a')]);
    expect(await store.get('a')).toBeUndefined();
    await Promise.all([store.delete('a'), store.set('a', '52')]);
    expect(await store.get('a')).toBe('52');
  });

  it('are read as set, though not yet on the disk', async () => {
    const store = fileStore(emptyDirectory());
    const writes = [store.set('a', '1'), store.set('a', '2'), store.set('a', '3')];
    expect(await store.get('a')).toBe('3');
    await Promise.all(writes);
  });

  it('have each value on the disk, or a newer one, when its own write resolves', async () => {
    const directory = emptyDirectory();
    const store = fileStore(directory);
    const reader = fileStore(directory);
    const check = async (at: number) => {
      await store.set('a', String(at));
      expect(Number(await reader.get('a'))).toBeGreaterThanOrEqual(at);
    };
    await Promise.all(Array.from({ length: 20 }, (_, at) => check(at)));
  });

  it('leave nothing behind but the value', async () => {
    const directory = emptyDirectory();
    const store = fileStore(directory);
    await Promise.all(Array.from({ length: 20 }, (_, at) => store.set(`k${at % 4}`, 'v')));
    expect(readdirSync(directory)).toHaveLength(4);
  });
});

describe('several processes', () => {
  const program = fileURLToPath(new URL('./programs/writeValues.ts', import.meta.url));
  const LENGTH = 200_000;

  async function writer(directory: string, letters: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, [program, directory, letters, String(LENGTH)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const release = guard({ kind: 'process', pid: child.pid ?? 0 });
    const exited = once(child, 'exit');
    rig.owns({
      async [Symbol.asyncDispose]() {
        child.kill('SIGKILL');
        await exited;
        release();
      },
    });
    await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
    return child;
  }

  it('never see a value in parts', async () => {
    const directory = emptyDirectory();
    await Promise.all([writer(directory, 'abc'), writer(directory, 'xyz')]);
    const reader = fileStore(directory);
    const seen = new Set<string>();
    await until(
      async () => {
        const value = (await reader.get('shared')) ?? '';
        seen.add(value[0] ?? '');
        expect(value).toBe((value[0] ?? '').repeat(LENGTH));
        return seen.size === 6;
      },
      30_000,
      () => `Only ${[...seen].join('')} were seen`,
    );
  });

  it('leave a whole value when they are killed, and their remains are taken away in time', async () => {
    const directory = emptyDirectory();
    for (let i = 0; i < 5; i += 1) {
      const child = await writer(directory, 'abc');
      await sleep(3 * i);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const value = (await fileStore(directory).get('shared')) ?? '';
      expect(value).toBe((value[0] ?? '').repeat(LENGTH));
    }
    const [old, fresh] = ['k-a.txt.1-abc.part', 'k-a.txt.2-abc.part'].map((name) => join(directory, name)) as [
      string,
      string,
    ];
    for (const path of [old, fresh]) writeFileSync(path, 'half');
    utimesSync(old, new Date(), new Date(Date.now() - 120_000));
    await fileStore(directory).set('a', '1');
    expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
  });
});

describe('a directory that can’t be used', () => {
  it.each(['', '\0', undefined as unknown as string])('is refused at once where it is no path: %j', (path) => {
    expect(() => fileStore(path)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('is told, with what to do and the system’s error', async () => {
    const file = join(emptyDirectory(), 'file');
    writeFileSync(file, '');
    for (const path of [file, join(file, 'below')]) {
      const store = fileStore(path);
      for (const call of [() => store.set('a', '1'), () => store.get('a'), () => store.delete('a')]) {
        const error = await failure(call());
        expect(SwitchoverError.is(error) && error.code).toBe('STORAGE_FAILED');
        expect(error).toMatchObject({ remedy: expect.stringContaining(path), cause: { syscall: expect.any(String) } });
      }
    }
  });

  it('is asked again by the next call', async () => {
    const path = join(emptyDirectory(), 'state');
    writeFileSync(path, '');
    const store = fileStore(path);
    expect(await failure(store.set('a', '1'))).toMatchObject({ code: 'STORAGE_FAILED' });
    rmSync(path);
    await store.set('a', '2');
    expect(await store.get('a')).toBe('2');
    // Nor does it matter that somebody cleans up under a store.
    rmSync(path, { recursive: true });
    expect(await store.get('a')).toBeUndefined();
    await store.set('a', '3');
    expect(await store.get('a')).toBe('3');
  });

  it.runIf(canMount())(
    'keeps the old value where the disk is full, and takes the new one when there is room',
    async () => {
      const disk = mountSmallDisk(64);
      const store = fileStore(join(disk, 'state'));
      await store.set('a', 'old');
      const filler = join(disk, 'filler');
      fill(filler);
      const error = await failure(store.set('a', 'x'.repeat(20_000)));
      expect(error).toMatchObject({ code: 'STORAGE_FAILED', cause: { code: 'ENOSPC' } });
      expect((error as SwitchoverError).remedy).toMatch(/^Free space/);
      expect(await store.get('a')).toBe('old');
      expect(readdirSync(join(disk, 'state'))).toHaveLength(1);
      rmSync(filler);
      await store.set('a', 'x'.repeat(20_000));
      expect(await store.get('a')).toHaveLength(20_000);
    },
  );
});

/** True where this test may mount a file system: Linux, as root. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const at = mkdtempSync(join(tmpdir(), 'switchover-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'ignore' });
    execFileSync('umount', [at], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

function mountSmallDisk(sizeKb: number): string {
  const at = join(emptyDirectory(), 'disk');
  mkdirSync(at);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKb}k`, 'tmpfs', at]);
  rig.owns({
    async [Symbol.asyncDispose]() {
      execFileSync('umount', [at]);
    },
  });
  return at;
}

function fill(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  try {
    while (true) writeFileSync(path, Buffer.alloc(4_096), { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
