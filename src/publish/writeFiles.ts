import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SwitchoverError } from '../policy/error.ts';
import { configChanges } from './bakedConfig.ts';
import type { SiteFile } from './siteFiles.ts';
import { readStamp } from './stamp.ts';

export interface WriteOptions {
  /** Replace files of ours that were edited since. A file that is not ours is never replaced. Default false. */
  readonly force?: boolean;
  /** Look and tell, but write nothing. Default false. */
  readonly dryRun?: boolean;
}

/** What became of one file. */
export interface FileChange {
  readonly path: string;
  readonly kind: 'created' | 'updated' | 'unchanged';
  /** What is different now, where that can be said in words. */
  readonly details: readonly string[];
}

const OBSTACLES = {
  foreign: 'was not written by Switchover',
  special: 'is no plain file',
  edited: 'was edited since it was written',
} as const;

interface Found {
  readonly file: SiteFile;
  /** Null: there is no such file. */
  readonly before: { readonly text: string; readonly mode: number } | null;
  /** Why it may not be replaced. Null: it may. */
  readonly obstacle: keyof typeof OBSTACLES | null;
}

/**
 * Puts files into a site's public folder, each whole or not at all. All of them are looked at before the first is written.
 *
 * @throws SwitchoverError `NO_FOLDER`, or `FILE_IN_THE_WAY` where a file is there that Switchover did not write, or that was edited
 * since: then nothing was written; `WRITE_FAILED`: what was written before is whole, and the next run does the rest.
 */
export async function writeFiles(
  folder: string,
  files: readonly SiteFile[],
  { force = false, dryRun = false }: WriteOptions = {},
): Promise<readonly FileChange[]> {
  await requireFolder(folder);
  const found = await Promise.all(files.map((file) => lookAt(folder, file, force)));
  const inTheWay = found.filter(({ obstacle }) => obstacle !== null);
  if (inTheWay.length > 0) throw refusal(inTheWay);
  const changes = found.map(changeOf);
  for (const [at, { file, before }] of found.entries()) {
    if (!dryRun && changes[at]?.kind !== 'unchanged') await replace(join(folder, file.path), file.text, before?.mode);
  }
  return changes;
}

async function requireFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return;
  const remedy = 'Name the folder whose files your server gives out at the root of the site. It has to be there.';
  throw new SwitchoverError('NO_FOLDER', `${folder} is no folder.`, { remedy });
}

async function lookAt(folder: string, file: SiteFile, force: boolean): Promise<Found> {
  const path = join(folder, file.path);
  const found = await lstat(path).catch(() => null);
  if (found === null) return { file, before: null, obstacle: null };
  // A link would be replaced, not what it leads to; neither can be meant.
  if (!found.isFile()) return { file, before: null, obstacle: 'special' };
  const text = await readFile(path, 'utf8');
  const stamp = readStamp(text);
  const before = { text, mode: found.mode };
  if (stamp === null) return { file, before, obstacle: 'foreign' };
  return { file, before, obstacle: stamp.intact || force ? null : 'edited' };
}

function refusal(inTheWay: readonly Found[]): SwitchoverError {
  const complaints = inTheWay.map(
    ({ file, obstacle }) => `${file.path} ${obstacle === null ? '' : OBSTACLES[obstacle]}`,
  );
  const remedy = inTheWay.every(({ obstacle }) => obstacle === 'edited')
    ? 'Keep what you need of it, and let it be replaced with --force.'
    : 'Move it out of the way: a file that is not ours is never replaced.';
  return new SwitchoverError('FILE_IN_THE_WAY', `Nothing was written: ${complaints.join('; ')}.`, { remedy });
}

function changeOf({ file, before }: Found): FileChange {
  if (before === null) return { path: file.path, kind: 'created', details: [] };
  if (before.text.replaceAll('\r\n', '\n') === file.text) return { path: file.path, kind: 'unchanged', details: [] };
  return {
    path: file.path,
    kind: 'updated',
    details: [...versionChange(before.text, file.text), ...configChanges(before.text, file.text)],
  };
}

function versionChange(before: string, after: string): readonly string[] {
  const [was, is] = [readStamp(before)?.version, readStamp(after)?.version];
  return was === is ? [] : [`version: ${was} → ${is}`];
}

/** A server that reads at this moment gets the old text or the new one. */
async function replace(path: string, text: string, mode: number | undefined): Promise<void> {
  const partial = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(partial, text, { flag: 'wx' });
    if (mode !== undefined) await chmod(partial, mode & 0o777);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    throw new SwitchoverError('WRITE_FAILED', `${path} could not be written: ${reasonOf(error)}.`, {
      remedy: 'See to it that the folder may be written to and has room, and run it again.',
      cause: error,
    });
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
