import { createHash } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { installed } from '../../rig/installed.ts';
import { alone, once } from '../../rig/once.ts';
import { output } from '../../rig/output.ts';
import { packed } from '../../rig/packed.ts';

const ROOT = join(import.meta.dirname, '../../..');
const EXAMPLE = join(ROOT, 'examples/react-native');
const PHONE = join(import.meta.dirname, '../phone');
/** What belongs to the project by itself. */
const KEPT = /^(node_modules|package(-lock)?\.json)$/;

/** The example as a user has it who has copied it, with the packed package installed. */
export async function phoneProject(): Promise<string> {
  const project = await installed(EXAMPLE, { switchover: true });
  await alone(join(project, '.sources.lock'), async () => {
    for (const name of await readdir(EXAMPLE)) {
      if (!KEPT.test(name)) await cp(join(EXAMPLE, name), join(project, name), { recursive: true });
    }
    await cp(join(PHONE, 'app.js'), join(project, 'phone/app.js'));
    await build({
      entryPoints: [join(PHONE, 'story.ts')],
      // The name by which app.js imports it.
      outfile: join(project, 'phone/story.ts'),
      bundle: true,
      format: 'esm',
      target: 'es2022',
    });
  });
  return project;
}

/** What Metro made of the project. */
export interface Bundles {
  /** The example, for the engine of React Native 0.88. */
  readonly example: string;
  /** The app of `phone/app.js`, for any engine: lowered by React Native's Babel preset. */
  readonly phone: string;
}

/** Both bundles; made once for each state of the package and the sources, whichever test asks first. */
export async function bundles(): Promise<Bundles> {
  const project = await phoneProject();
  const hash = createHash('sha256').update((await packed()).hash);
  for (const file of ['phone/app.js', 'phone/story.ts', ...(await sourcesOf(project))]) {
    hash.update(await readFile(join(project, file)));
  }
  const folder = join(ROOT, '.tmp/phone', hash.digest('hex').slice(0, 16));
  await once(folder, async (building) => {
    const words = [
      'index.ts',
      join(building, 'example'),
      'hermes-stable',
      'phone/app.js',
      join(building, 'phone'),
      'default',
    ];
    await output(project, process.execPath, [join(import.meta.dirname, 'metro.ts'), project, ...words]);
  });
  return { example: join(folder, 'example.js'), phone: join(folder, 'phone.js') };
}

async function sourcesOf(project: string): Promise<string[]> {
  const names = await readdir(join(project, 'src'));
  return names
    .filter((name) => name !== 'guide.ts')
    .sort()
    .map((name) => join('src', name));
}
