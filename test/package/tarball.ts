import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output } from '../rig/output.ts';
import { packed } from '../rig/packed.ts';

const root = join(import.meta.dirname, '../..');

/** An empty project of a user, outside of this one, with the packed package installed from its tarball. */
export interface Consumer {
  /** Paths in the tarball, without `package/`. */
  readonly files: readonly string[];
  /** Runs a program in the project's folder; what it printed. Rejects with what it said when it fails. */
  run(program: string, ...words: string[]): Promise<string>;
  /** Runs an ES module given as text. */
  script(text: string, ...flags: string[]): Promise<string>;
  /** Has a package of this project's be installed, too. */
  bring(name: string): Promise<void>;
  readonly folder: string;
  remove(): Promise<void>;
}

export async function install(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'switchover-consumer-'));
  const run = (program: string, ...words: string[]): Promise<string> => output(folder, program, words);
  const { tarball, files } = await packed();
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  await run('npm', 'install', tarball, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error');
  await cp(join(import.meta.dirname, 'consumer'), folder, { recursive: true });
  return {
    folder,
    files,
    run,
    script: (text, ...flags) => run(process.execPath, ...flags, '--input-type=module', '--eval', text),
    bring: (name) => cp(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
