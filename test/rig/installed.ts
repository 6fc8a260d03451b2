import { createHash } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { once } from './once.ts';
import { output } from './output.ts';
import { placePackage } from './packed.ts';

const STORE = join(import.meta.dirname, '../../.tmp/installed');

export interface InstallOptions {
  /** Has the packages' install scripts run, as for one that fetches its binary by one. Default false. */
  readonly scripts?: boolean;
  /** Puts the packed package into `node_modules`, as the present `dist` is. Default false. */
  readonly switchover?: boolean;
}

/**
 * Installs what a fixture's lockfile names, away from the sources and once for each state of its two files, whichever test of whichever
 * process asks first. Its sources are not copied.
 *
 * @param fixture The folder that holds package.json and package-lock.json (`node scripts/complete-lockfile.ts <folder>`).
 * @returns The folder that holds `node_modules`.
 */
export async function installed(fixture: string, options: InstallOptions = {}): Promise<string> {
  const files = ['package.json', 'package-lock.json'];
  const hash = createHash('sha256').update(String(options.scripts ?? false));
  for (const file of files) hash.update(await readFile(join(fixture, file)));
  const folder = join(STORE, `${basename(fixture)}-${hash.digest('hex').slice(0, 12)}`);
  await once(folder, async (building) => {
    for (const file of files) await cp(join(fixture, file), join(building, file));
    // Tools that look upwards for one must not find this project's, which leads to its sources.
    await writeFile(join(building, 'tsconfig.json'), '{}\n');
    const words = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await output(building, 'npm', options.scripts ? words : [...words, '--ignore-scripts']);
  });
  if (options.switchover) await placePackage(folder);
  return folder;
}
