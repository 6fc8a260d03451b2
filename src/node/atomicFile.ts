import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** How the name of a file ends until it is whole. */
const PARTIAL = '.part';
/** A partial file that was not touched for so long was left by a process that died. */
const ABANDONED_AFTER_MS = 60_000;

/** Puts `text` in the place of a file, whole or not at all, and returns when it would outlive a loss of power. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const partial = `${file}.${process.pid}-${randomBytes(6).toString('hex')}${PARTIAL}`;
  try {
    await writeNew(partial, text);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    throw error;
  }
  await syncDirectory(dirname(file));
}

/** Removes a file that may be gone already. */
export async function removeFile(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  await syncDirectory(dirname(file));
}

/** Removes what processes left behind that were killed while they wrote. */
export async function removeAbandoned(directory: string): Promise<void> {
  const partials = (await readdir(directory)).filter((name) => name.endsWith(PARTIAL));
  for (const partial of partials) {
    const path = join(directory, partial);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < Date.now() - ABANDONED_AFTER_MS) await rm(path, { force: true });
  }
}

/** True for the error of a file that is not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** The system's name of what went wrong, if it is an error of the system. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

async function writeNew(file: string, text: string): Promise<void> {
  // 'wx': never through a link that somebody else has put there.
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A new name is on the disk only when its directory is. Windows does that by itself, and refuses to be asked. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
