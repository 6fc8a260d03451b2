import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { output } from '../rig/output.ts';
import { placePackage } from '../rig/packed.ts';

const root = join(import.meta.dirname, '../..');
const TSC = join(root, 'node_modules/typescript/bin/tsc');
/** What the declarations speak of: a project that imports an entry has the types of its platform. */
const OTHERS = ['@types/node', 'undici-types', '@types/react', 'csstype', '@types/ws', 'vite'];
let project = '';

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'switchover-types-'));
  await placePackage(project);
  await mkdir(join(project, 'node_modules/@types'), { recursive: true });
  const bring = (name: string) =>
    cp(join(root, 'node_modules', name), join(project, 'node_modules', name), { recursive: true });
  await Promise.all(OTHERS.map(bring));
  await cp(join(import.meta.dirname, 'consumer'), project, { recursive: true });
  await cp(join(project, 'consumer.ts'), join(project, 'consumer.cts'));
  await writeFile(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
});
afterAll(() => rm(project, { recursive: true, force: true }));

/** What the compiler has to say of a project. Each checks the declarations of the package, too. */
async function compile(name: string, files: readonly string[], options: object): Promise<string> {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: false,
    // TypeScript's own are TypeScript's to check.
    skipDefaultLibCheck: true,
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
    types: ['node'],
    ...options,
  };
  const path = join(project, `tsconfig.${name}.json`);
  await writeFile(path, JSON.stringify({ compilerOptions, files }));
  return output(project, process.execPath, [TSC, '-p', path]);
}

describe('the types in the package', () => {
  test.each([
    ['bundler', 'ESNext', ['consumer.ts']],
    ['node16', 'Node16', ['consumer.ts', 'consumer.cts']],
    ['nodenext', 'NodeNext', ['consumer.ts', 'consumer.cts']],
  ])('compile in a project that resolves as %s', async (moduleResolution, module, files) => {
    expect(await compile(moduleResolution, files, { module, moduleResolution })).toBe('');
  });

  test.each(['deno', 'workerd', 'react-native'])('compile for %s', async (condition) => {
    const bundler = { module: 'ESNext', moduleResolution: 'bundler' };
    expect(await compile(condition, ['portable.ts'], { ...bundler, customConditions: [condition] })).toBe('');
  });

  test('are imported by the consumer from each entry that has some', async () => {
    const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const consumer = await readFile(join(project, 'consumer.ts'), 'utf8');
    const entries = Object.keys(exports).filter((key) => !/\.js(on)?$/.test(key));
    const unused = entries.filter((key) => !consumer.includes(`'${key.replace('.', 'switchover')}'`));
    expect(unused).toEqual([]);
  });
});
