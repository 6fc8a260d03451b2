import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAlive } from './processState.ts';
import { sleep, until } from './wait.ts';

const LIMIT_MS = 600_000;
const PAUSE_MS = 100;

/**
 * Makes a folder that all test processes of this machine share, once: the first process that asks has `make` fill a folder beside it and
 * then moves that into place, the others wait. What is at `folder` is whole.
 *
 * @param make Fills the first folder; the second is where its contents will be.
 */
export async function once(folder: string, make: (building: string, final: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  await alone(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const building = `${folder}.${process.pid}`;
    await rm(building, { recursive: true, force: true });
    await mkdir(building);
    await make(building, folder);
    await rename(building, folder);
  });
}

/** Runs `act` while no other process of this machine runs one under the same lock, which is the path of a file. */
export async function alone(lock: string, act: () => Promise<void>): Promise<void> {
  await until(
    () => take(lock),
    LIMIT_MS,
    () => `${lock} is held by another process, which does not come to an end`,
  );
  try {
    await act();
  } finally {
    await rm(lock, { force: true });
  }
}

/** Whether the lock is ours now. One of a process that is gone is nobody's. */
async function take(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  await sleep(PAUSE_MS);
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (owner > 0 && !isAlive(owner)) await rm(lock, { force: true });
  return false;
}
