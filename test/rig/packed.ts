import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { alone, once } from './once.ts';
import { output } from './output.ts';

const ROOT = join(import.meta.dirname, '../..');
const STORE = join(ROOT, '.tmp/packed');

/** The package as it would be published, made from the present `dist`. */
export interface Packed {
  /** Path of the `.tgz`. */
  readonly tarball: string;
  /** Paths in it, without `package/`. */
  readonly files: readonly string[];
  /** The unpacked sum, in bytes. */
  readonly unpackedBytes: number;
  /** The same for the same contents, and for no others. */
  readonly hash: string;
}

/** Packs the package; once as long as nothing changes that may be in it, whichever test of whichever process asks first. */
export async function packed(): Promise<Packed> {
  const folder = join(STORE, await stateOfFiles());
  await once(folder, pack);
  return JSON.parse(await readFile(join(folder, 'packed.json'), 'utf8'));
}

async function pack(folder: string, finalFolder: string): Promise<void> {
  const said: unknown = JSON.parse(
    await output(ROOT, 'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]),
  );
  const { filename, files, unpackedSize } = manifest(said);
  const bytes = await readFile(join(folder, filename));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const about: Packed = { tarball: join(finalFolder, filename), files, unpackedBytes: unpackedSize, hash };
  await writeFile(join(folder, 'packed.json'), JSON.stringify(about));
}

/** What `npm pack --json` says: a list of packages, or an object of them. */
function manifest(said: unknown): { filename: string; files: string[]; unpackedSize: number } {
  type Package = { filename: string; files: { path: string }[]; unpackedSize: number };
  const [first] = Object.values(said as Record<string, Package>);
  if (first === undefined) throw new Error('npm pack packed nothing');
  return { ...first, files: first.files.map(({ path }) => path) };
}

/** A name for the state of everything that may go into the tarball, without reading it. */
async function stateOfFiles(): Promise<string> {
  if (!existsSync(join(ROOT, 'dist/index.node.js'))) throw new Error('There is no dist: run `npm run build` first');
  const hash = createHash('sha256');
  for (const top of ['dist', 'docs', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
    for (const path of await filesBelow(join(ROOT, top))) {
      const { size, mtimeMs } = await stat(path);
      hash.update(`${path} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesBelow(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).sort();
  return (await Promise.all(names.map((name) => filesBelow(join(path, name))))).flat();
}

/**
 * Unpacks the package to `node_modules/switchover` of a project, with what it depends on beside it in its own `node_modules`, as npm would
 * if the project had other versions of those. Does nothing if that very package is there already.
 */
export async function placePackage(project: string): Promise<string> {
  const { tarball, hash } = await packed();
  const modules = join(project, 'node_modules');
  const place = join(modules, 'switchover');
  const stamp = join(modules, '.switchover');
  await mkdir(modules, { recursive: true });
  await alone(join(modules, '.switchover.lock'), async () => {
    if ((await readFile(stamp, 'utf8').catch(() => '')) === hash) return;
    await rm(stamp, { force: true });
    await rm(place, { recursive: true, force: true });
    await mkdir(place);
    await output(place, 'tar', ['-xzf', tarball, '--strip-components=1']);
    await copyDependencies(place);
    await writeFile(stamp, hash);
  });
  return place;
}

/** In the versions of this project's lockfile, so that no registry is asked. */
async function copyDependencies(place: string): Promise<void> {
  for (const name of await dependenciesOf(place)) {
    await cp(join(ROOT, 'node_modules', name), join(place, 'node_modules', name), { recursive: true });
  }
}

async function dependenciesOf(folder: string, found = new Set<string>()): Promise<Set<string>> {
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  for (const name of Object.keys(dependencies)) {
    if (!found.has(name)) await dependenciesOf(join(ROOT, 'node_modules', name), found.add(name));
  }
  return found;
}
