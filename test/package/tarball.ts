import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
const execute = promisify(execFile);

/** An empty project of a user, outside of this one, with the packed package installed from its tarball. */
export interface Consumer {
  /** Paths in the tarball, without `package/`. */
  readonly files: readonly string[];
  /** Runs a program in the project's folder; what it printed. Rejects with what it said when it fails. */
  run(program: string, ...words: string[]): Promise<string>;
  /** Runs an ES module given as text. */
  script(text: string, ...flags: string[]): Promise<string>;
  readonly folder: string;
  remove(): Promise<void>;
}

export async function install(): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'switchover-consumer-'));
  const run = (program: string, ...words: string[]): Promise<string> => output(folder, program, words);
  const packed: unknown = JSON.parse(
    await output(root, 'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]),
  );
  const { filename, files } = manifest(packed);
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  await run('npm', 'install', `./${filename}`, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error');
  await cp(join(import.meta.dirname, 'consumer'), folder, { recursive: true });
  return {
    folder,
    files,
    run,
    script: (text, ...flags) => run(process.execPath, ...flags, '--input-type=module', '--eval', text),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function output(cwd: string, program: string, words: string[]): Promise<string> {
  try {
    return (await execute(program, words, { cwd, maxBuffer: 16 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${words.join(' ').slice(0, 200)}\n${stdout ?? ''}\n${stderr ?? ''}`, { cause: error });
  }
}

/** What `npm pack --json` says: a list of packages, or an object of them. */
function manifest(packed: unknown): { filename: string; files: string[] } {
  const [first] = Object.values(packed as Record<string, { filename: string; files: { path: string }[] }>);
  if (first === undefined) throw new Error('npm pack packed nothing');
  return { filename: first.filename, files: first.files.map(({ path }) => path) };
}
