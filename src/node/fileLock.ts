import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { OwnerLock } from '../runtime/ports.ts';
import { isMissing } from './atomicFile.ts';

/** An owner shows that it lives by touching its file this often, for those that can't see its process. */
const TOUCH_MS = 15_000;
/** An owner on another machine, or in another container, that did not for so long is gone. */
const GONE_AFTER_MS = 4 * TOUCH_MS;
const TRIES = 4;

/** Who owns something: a process, as far as others can tell it from one that took over its number. */
interface Owner {
  readonly pid: number;
  /** When the process began, in the system's own ticks; null where it does not tell. */
  readonly start: string | null;
  /** Where process numbers mean what they mean here. */
  readonly place: string;
}

/**
 * One owner at a time among processes, by files in a directory: whoever wants a name puts down a file of its own first, and looks for
 * others' then. Of two that come together one sees the other, or both do: then both step back and try again. There is nothing
 * to take over from a process that died: its file counts for nothing, and whoever finds it removes it.
 *
 * A process is told from a later one with its number by the time when it began (Linux; elsewhere the number alone has to do, so a
 * session may stay unowned until the other process has ended). An owner on another machine or in another container counts for a
 * minute after it was last seen.
 *
 * @param directory Made when first needed, for this user alone. That of a {@link fileStore} will do.
 */
export function fileLock(directory: string): OwnerLock {
  const root = resolve(directory);
  return {
    async acquire(name) {
      const prefix = `o-${createHash('sha256').update(name).digest('hex').slice(0, 32)}.`;
      await mkdir(root, { recursive: true, mode: 0o700 });
      for (let left = TRIES; left > 0; left--) {
        const file = join(root, `${prefix}${process.pid}-${randomBytes(6).toString('hex')}.lock`);
        await writeFile(file, JSON.stringify(await self()), { flag: 'wx', mode: 0o600 });
        if (!(await hasRival(root, prefix, file))) return held(file);
        await rm(file, { force: true });
        // Two that met step aside for different times; an owner of old is still there after all of them.
        await pause(Math.random() * 20);
      }
      return null;
    },
  };
}

function held(file: string): () => Promise<void> {
  const touch = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, TOUCH_MS);
  touch.unref();
  return () => {
    clearInterval(touch);
    return rm(file, { force: true }).catch(() => {});
  };
}

/** Whether somebody else who lives wants it or has it. Removes what the dead have left. */
async function hasRival(root: string, prefix: string, own: string): Promise<boolean> {
  for (const name of await readdir(root)) {
    const file = join(root, name);
    if (!name.startsWith(prefix) || file === own) continue;
    if (await isAlive(file)) return true;
    await rm(file, { force: true });
  }
  return false;
}

async function isAlive(file: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    const seenMs = Date.now() - mtimeMs;
    const owner = parse(text);
    // It may be half written: its writer is at it, or died over it.
    if (owner === null || owner.place !== (await place())) return seenMs < GONE_AFTER_MS;
    return isRunning(owner.pid) && (await startOf(owner.pid)) === owner.start;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function parse(text: string): Owner | null {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return null;
  }
}

const self = async (): Promise<Owner> => ({
  pid: process.pid,
  start: await startOf(process.pid),
  place: await place(),
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is another user's.
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
}

/** Field 22 of Linux' /proc/pid/stat. The second is the program's name, in brackets, with whatever it likes inside. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

/** This boot of this machine, and this container. */
async function place(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const container = await stat('/proc/self/ns/pid').catch(() => null);
  return `${hostname()} ${boot.trim()} ${container?.ino ?? ''}`;
}
