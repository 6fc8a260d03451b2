import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SwitchoverError } from '../policy/error.ts';
import { invalidOption } from '../policy/fill.ts';
import type { KeyValueStore } from '../runtime/ports.ts';
import { codeOf, isMissing, removeAbandoned, removeFile, replaceFile } from './atomicFile.ts';
import { fileLock } from './fileLock.ts';
import { latestWrites } from './latestWrites.ts';

/** Names stay below the 255 bytes that file systems allow, with room for the ending of a file that is not whole yet. */
const LONGEST_NAME = 180;

/**
 * Keeps state in the files of a directory, one a key, so that it outlives the process: session tokens and remembered
 * health of services, command line tools and desktop apps.
 *
 * A value is written to a file of its own, brought to the disk, and put in the old one's place: who reads, this process
 * or another, sees a whole old or a whole new value, also after a kill or a loss of power. Of several writes of one key
 * that wait for the disk only the newest is done, and its end is the end of all. Of two processes that write one key,
 * the later one wins; what must have one owner, a channel's session, has it by {@link fileLock} in the same directory.
 *
 * The directory is made when first needed, for this user alone (0700); so are the files (0600). The rights of a directory
 * that is there already stay as they are.
 *
 * @param directory Its path; a relative one starts at the present working directory. Take one directory for one app.
 * @returns A store whose calls reject with `STORAGE_FAILED`, and the system's error as the cause, where the disk is full
 * or the directory can't be used.
 * @throws SwitchoverError `INVALID_OPTION` for a path that can't be one.
 */
export function fileStore(directory: string): KeyValueStore {
  if (typeof directory !== 'string' || directory === '' || directory.includes('\0')) {
    throw invalidOption('The directory of a file store is no usable path', 'Give the path of a directory.');
  }
  const root = resolve(directory);
  let tidy: Promise<void> | undefined;
  const { write, settled } = latestWrites(async (key, value) => {
    const file = join(root, fileName(key));
    try {
      if (value === undefined) return await removeFile(file);
      await mkdir(root, { recursive: true, mode: 0o700 });
      // Once is enough, and a directory that can't be tidied is no reason not to write.
      tidy ??= removeAbandoned(root).catch(() => {});
      await tidy;
      await replaceFile(file, value);
    } catch (error) {
      throw failed(value === undefined ? 'deleted' : 'written', key, root, error);
    }
  });
  return {
    async get(key) {
      // What this process has set is what it then gets, even where the disk is slower.
      await settled(key);
      return readValue(root, key);
    },
    set: write,
    delete: (key) => write(key, undefined),
    locks: fileLock(root),
  };
}

async function readValue(root: string, key: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(join(root, fileName(key)));
    // A file that is not text was not written here. Replacement characters in a token would only be found out later.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw failed('read', key, root, error);
  }
}

/**
 * The name of a key's file: the same for no other key, also where upper and lower case are one, and leading nowhere. Only
 * a-z, 0-9, `_` and `-` stand for themselves; a key too long for a name goes by its hash.
 */
function fileName(key: string): string {
  const escaped = Buffer.from(key)
    .toString('latin1')
    .replace(/[^a-z0-9_-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
  // The first letter also keeps the names from being those that Windows reserves, such as `con`.
  if (escaped.length <= LONGEST_NAME) return `k-${escaped}.txt`;
  return `h-${createHash('sha256').update(key).digest('hex')}.txt`;
}

function failed(verb: string, key: string, root: string, cause: unknown): SwitchoverError {
  return new SwitchoverError('STORAGE_FAILED', `${JSON.stringify(key.slice(0, 80))} could not be ${verb}.`, {
    remedy: remedyFor(codeOf(cause), root),
    cause,
  });
}

function remedyFor(code: unknown, root: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `Free space on the disk of ${root}.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `Let this process read and write in ${root}, or give the store another directory.`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `Give the store another directory: ${root} can't be one.`;
    default:
      return `See the cause; ${root} must be a directory that this process can read and write.`;
  }
}
