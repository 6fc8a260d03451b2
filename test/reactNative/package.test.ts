import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import vm from 'node:vm';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installed } from '../rig/installed.ts';
import { output } from '../rig/output.ts';
import { freeNames } from './rig/freeNames.ts';
import { phone } from './rig/phone.ts';
import { type Bundles, bundles, phoneProject } from './rig/phoneProject.ts';

const ROOT = join(import.meta.dirname, '../..');
const BINARIES = process.platform === 'darwin' ? 'osx-bin' : 'linux64-bin';

let project = '';
let made: Bundles = { example: '', phone: '' };
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchover-hermes-'));
  project = await phoneProject();
  made = await bundles();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Compiles a script with the compiler of React Native 0.88; what it complains of. */
async function compile(script: string): Promise<string> {
  const hermesc = join(project, 'node_modules/hermes-compiler/hermesc', BINARIES, 'hermesc');
  await chmod(hermesc, 0o755);
  return output(folder, hermesc, ['-w', '-emit-binary', '-out', join(folder, 'compiled.hbc'), script]);
}

async function scriptOf(text: string): Promise<string> {
  const path = join(folder, 'script.js');
  await writeFile(path, text);
  return path;
}

/** All that a phone may import of the package, as it is published, in one script. */
async function everyEntry(): Promise<string> {
  const place = join(project, 'node_modules/switchover/dist');
  const entries = ['index.reactNative', 'react-native', 'fetch', 'parts', 'socket', 'channel'];
  const contents = entries.map((name, at) => `export * as entry${at} from '${join(place, name)}.js';`).join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: project },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
    conditions: ['react-native'],
  });
  return outputFiles[0]?.text ?? '';
}

describe('the example, with the packed package', () => {
  test('becomes one bundle by Metro, with the entry for phones and nothing of other platforms', async () => {
    const bundle = await readFile(made.example, 'utf8');
    expect(bundle).toContain('opaqueredirect');
    expect(bundle).not.toMatch(/workbox|idb-keyval|new BroadcastChannel|UND_ERR_CONNECT|require\("node:/);
    expect(await compile(made.example)).toBe('');
  });

  test('passes its own tests with the Jest preset, and the compiler with the types for phones; so does the guide', async () => {
    const jest = output(project, process.execPath, ['node_modules/jest/bin/jest.js', '--ci', '--maxWorkers=1']);
    const [, guide = ''] = /```ts\n(.*?)```/s.exec(await readFile(join(ROOT, 'docs/react-native.md'), 'utf8')) ?? [];
    await writeFile(join(project, 'src/guide.ts'), guide);
    const types = output(project, process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project]);
    await expect(Promise.all([jest, types])).resolves.toBeDefined();
  });
});

describe('what a phone may import', () => {
  test('needs no lowering for the engine of React Native 0.88', async () => {
    expect(await compile(await scriptOf(await everyEntry()))).toBe('');
    await expect(compile(await scriptOf('const lazy = () => import("workbox-window");'))).rejects.toThrow(/error/i);
  });

  /** Each is asked for before it is used, or comes with what uses it. */
  const ASKED_FOR: Readonly<Record<string, string>> = {
    document: 'by typeof, before listening to a page',
    addEventListener: 'by typeof, before listening to a page',
    removeEventListener: 'undoes addEventListener',
    sessionStorage: 'where there is a document',
    ReadableStream: 'where a body is a stream',
    TransformStream: 'where a body is a stream',
    TextDecoder: 'where a body is a stream',
    TextEncoder: 'where a body is a stream',
    crypto: 'by its methods',
  };

  test('takes no global that React Native has not got', async () => {
    const language = new Set(
      vm.runInContext('Object.getOwnPropertyNames(globalThis)', vm.createContext({})) as string[],
    );
    const theirs = new Set(phone(made.phone).globals);
    const missing = [...freeNames(await everyEntry())].filter((name) => !language.has(name) && !theirs.has(name));
    expect(missing.sort()).toEqual(Object.keys(ASKED_FOR).sort());
    expect([...theirs].filter((name) => name in ASKED_FOR)).toEqual([]);
    expect(freeNames('let a = globalThis.crypto; class B { #c = structuredClone(a); } typeof d; b.e')).toEqual(
      new Set(['crypto', 'structuredClone', 'd', 'b']),
    );
  });
});

describe('in Hermes', () => {
  test('an app fails over, carries its conversation on, finds a mute host on waking, and resumes in its next life', async () => {
    const vmProject = await installed(join(import.meta.dirname, 'vm'));
    const hermes = join(vmProject, 'node_modules/hermes-engine-cli', BINARIES, 'hermes');
    await chmod(hermes, 0o755);
    const told = JSON.parse(await output(folder, hermes, ['-Xmicrotask-queue', '-w', made.phone]));
    expect(told).toMatchObject({
      answers: ['https://a.example.com', { by: 'https://b.example.com', method: 'PUT', said: '{"text":"ä"}' }],
      got: [{ text: 'one' }, { text: 'two' }, { text: 'three' }, { text: 'four' }],
      heard: ['good evening'],
      at: '0',
      keys: ['switchover:quay:session', 'switchover:token:room'],
      disk: ['switchover:channel:room', 'switchover:quay:health'],
    });
    expect(told.events).toEqual([
      'connecting -',
      'open 0',
      'reconnecting -',
      'failover 01 network',
      'resumed',
      'open 1',
      'reconnecting -',
      'resumed',
      'open 0',
    ]);
    expect(told.later.slice(0, 3)).toEqual(['connecting -', 'resumed', 'open 0']);
  });
});
