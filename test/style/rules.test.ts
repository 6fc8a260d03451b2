import { describe, expect, test } from 'vitest';
import { PORT_BANS, PURE_BANS } from './checker/bans.ts';
import { LIMITS } from './checker/house.ts';
import { check, show } from './checker/index.ts';

const rulesOf = (path: string, text: string): string[] => check(path, text).map(({ rule }) => rule);
const messagesOf = (path: string, text: string): string => check(path, text).map(show).join('\n');

const POLICY = 'src/policy/x.ts';
const HTTP = 'src/http/x.ts';

describe('imports', () => {
  test.each([
    [POLICY, "import { a } from './y.ts';"],
    ['src/runtime/x.ts', "import type { A } from '../policy/y.ts';"],
    [HTTP, "import { a } from '../runtime/deep/y.ts';"],
    ['src/http/deep/x.ts', "import { a } from '../../policy/y.ts';"],
    ['src/index.node.ts', "export * from './node/index.ts';"],
    ['src/index.browser.ts', "import { a } from './index.shared.ts'; import { b } from './createFailover.ts';"],
    ['src/node/x.ts', "import { readFile } from 'node:fs/promises'; import { Agent } from 'undici';"],
    ['src/cli/demo.ts', "import { a } from '../index.node.ts'; import { b } from '../server/y.ts';"],
    ['src/simulate/x.ts', "import { a } from '../testing/y.ts';"],
  ])('of %s may point down: %s', (path, text) => {
    expect(messagesOf(path, text)).toBe('');
  });

  test.each([
    [POLICY, "import { a } from '../session/y.ts';", 'imports its neighbour session on floor 0'],
    [POLICY, "import type { A } from '../runtime/y.ts';", 'policy (floor 0) imports runtime (floor 1)'],
    ['src/runtime/x.ts', "export { a } from '../http/y.ts';", 'imports point down'],
    [HTTP, "const a = await import('../node/y.ts');", 'imports its neighbour node'],
    [HTTP, "type A = import('../socket/y.ts').A;", 'imports its neighbour socket'],
    [HTTP, "import '../index.node.ts';", 'imports point down'],
    [HTTP, "import '../../test/rig/y.ts';", 'outside the house'],
    ['src/index.node.ts', "import { a } from './server/y.ts';", 'server may be imported by cli only'],
    ['src/index.browser.ts', "import { a } from './node/y.ts';", "runs where node can't"],
    ['src/index.default.ts', "import { a } from './index.node.ts';", 'belongs to its platform'],
    ['src/createFailover.ts', "import { a } from './node/y.ts';", "runs where node can't"],
    ['src/serviceWorker/x.ts', "import './standalone/redirect.ts';", 'is a program'],
    ['src/simulate/x.ts', "import { a } from '../http/y.ts';", 'simulate may import policy, session, testing only'],
  ])('of %s may not point elsewhere: %s', (path, text, message) => {
    expect(rulesOf(path, text)).toContain('floor');
    expect(messagesOf(path, text)).toContain(message);
  });

  test.each([
    [POLICY, "import EventEmitter from 'eventemitter3';"],
    ['src/runtime/x.ts', "import { readFile } from 'node:fs';"],
    [HTTP, "import { Agent } from 'undici';"],
    ['src/index.fetch.ts', "import ky from 'ky';"],
  ])('of %s bring in no package that its room has not been given: %s', (path, text) => {
    expect(rulesOf(path, text)).toEqual(['package']);
  });

  test('a package whose name begins like an allowed one is another package', () => {
    expect(rulesOf(HTTP, "import a from 'ky-universal';")).toEqual(['package']);
    expect(rulesOf(HTTP, "import a from 'ky/deep.js';")).toEqual([]);
  });

  test('a file under src belongs to a room', () => {
    expect(rulesOf('src/utils.ts', 'export const a = 1;')).toEqual(['floor']);
    expect(rulesOf('src/helpers/x.ts', 'export const a = 1;')).toEqual(['floor']);
  });

  test.each(['./y.js', './y', '../policy', '.'])('name the file that is there: %s', (specifier) => {
    expect(rulesOf('test/unit/x.test.ts', `import { a } from '${specifier}';`)).toEqual(['import']);
  });
});

describe('floor 0', () => {
  test.each(Object.keys(PURE_BANS).filter((name) => !/^(async|await|Math\.random)$/.test(name)))(
    'never sees %s, and is told what to use instead',
    (name) => {
      const found = check('src/session/x.ts', `\nexport const a = ${name};`);
      expect(found.map(({ line, rule }) => [line, rule])).toEqual([[2, 'ban']]);
      expect(found.map(show).join()).toContain(PURE_BANS[name]);
    },
  );

  test.each([
    'export async function f() {}',
    'export const f = async () => 1;',
    'export const o = { async m() {} };',
    'export const x = await y;',
    'for await (const x of y) z(x);',
    'export const x = Math.random();',
    "export const x = Math['random']();",
    'const { random } = Math;',
    'const m = Math;',
    'export const x = new Date();',
    'export const x = Date.now();',
    'export type F = (a: Date) => Promise<void>;',
    'export const x = [fetch];',
    'export const x = { fetch };',
    'export const x = (at = Date.now()) => at;',
    'setTimeout(f, 1);',
    'export class A extends URL {}',
  ])('refuses %s', (text) => {
    expect(rulesOf(POLICY, text)).toContain('ban');
  });

  test.each([
    '/** Date, Promise, setTimeout. */ export const a = 1; // Math.random',
    "export const a = 'new Date()'; export const b = `await fetch()`;",
    'export interface A { readonly fetch: number; readonly process?: string; Date(): void }',
    'export const a = (event: { fetch: number }) => event.fetch + event.process;',
    'export const a = { fetch: 1, await: 2, async: 3 };',
    'export const a = Math.min(1, Math.max(2, 3));',
    'export function step(process: number, self: string) { return [process, self]; }',
    'export const f = ({ crypto }: A) => crypto;',
    'export const f = ({ fetch: get }: A) => get;',
    'export function random(random: () => number) { return random(); }',
  ])('takes no offence at %s', (text) => {
    expect(rulesOf(POLICY, text)).not.toContain('ban');
  });
});

describe('the rooms over the ports', () => {
  test.each(Object.keys(PORT_BANS))('do not take %s behind their back', (name) => {
    expect(messagesOf(HTTP, `export const f = () => ${name === 'Math.random' ? 'Math.random()' : name};`)).toContain(
      'ports.',
    );
  });

  test('may wait, abort and fetch', () => {
    expect(rulesOf(HTTP, 'export const f = async (p: Promise<URL>) => new AbortController();')).toEqual([]);
  });

  test('have one file that may touch the globals, where the ports are made', () => {
    expect(rulesOf('src/runtime/systemPorts.ts', 'export const now = () => Date.now();')).toEqual([]);
  });
});

describe('a file', () => {
  const lines = (count: number): string =>
    Array.from({ length: count }, (_, i) => `export const a${i} = ${i};\n`).join('');

  test(`has at most ${LIMITS.fileLines} lines`, () => {
    expect(rulesOf(HTTP, lines(LIMITS.fileLines))).toEqual([]);
    expect(rulesOf(HTTP, lines(LIMITS.fileLines + 1))).toEqual(['file-length']);
  });

  test.each([
    ['export function f() {', '}'],
    ['export const f = () => {', '};'],
    ['export class A { m() {', '} }'],
    ['export class A { constructor() {', '} }'],
    ['export class A { get a() {', '} }'],
    ['export const o = { m() {', '} };'],
  ])('has functions of at most 40 lines: %s', (head, tail) => {
    const body = (count: number): string => `/**\n * Why.\n */\n${head}\n${'  g();\n'.repeat(count - 2)}${tail}\n`;
    expect(rulesOf(HTTP, body(LIMITS.functionLines))).toEqual([]);
    expect(rulesOf(HTTP, body(LIMITS.functionLines + 1))).toEqual(['function-length']);
  });

  test.each([
    'export const a: any = 1;',
    'export const f = (a: any[]) => a;',
    'export const a = b as any;',
    'export type A = Record<string, any>;',
  ])('has no `any`: %s', (text) => {
    expect(rulesOf(HTTP, text)).toEqual(['any']);
  });

  test.each(['export default 1;', 'export default function f() {}', 'const a = 1; export { a as default };'])(
    'exports by name: %s',
    (text) => {
      expect(rulesOf(HTTP, text)).toEqual(['default-export']);
    },
  );

  test.each(['start();', 'if (a) b();', 'for (const a of b) c(a);', "import './y.ts';\nglobal.a = 1;"])(
    'does nothing when it is imported: %s',
    (text) => {
      expect(rulesOf(HTTP, text)).toEqual(['runs-at-import']);
      expect(rulesOf('src/cli/demo.ts', text)).toEqual([]);
    },
  );

  test('that is a whole program does what it is there for', () => {
    expect(rulesOf('src/serviceWorker/killSwitch.ts', 'start();')).toEqual([]);
  });

  test('may describe what is there already', () => {
    expect(rulesOf(HTTP, 'declare global { interface RequestInit { failover?: number } }')).toEqual([]);
  });

  test('holds no state that two clients would share', () => {
    expect(rulesOf(HTTP, 'let pools = 0;')).toEqual(['module-state']);
  });

  test('tells what each option means', () => {
    const bad =
      'export interface FetchOptions {\n  /** How often. */\n  readonly attempts?: number;\n  readonly hedge?: boolean;\n}';
    expect(check(HTTP, bad).map(({ line, rule }) => [line, rule])).toEqual([[4, 'option-words']]);
    expect(rulesOf(HTTP, bad.replace('export ', ''))).toEqual([]);
  });

  test('never logs, but in the command line', () => {
    const text = "export const f = () => console.log('x');";
    expect(rulesOf(HTTP, text)).toEqual(['ban']);
    expect(rulesOf('src/index.node.ts', text)).toEqual(['ban']);
    expect(rulesOf('src/cli/demo.ts', text)).toEqual([]);
  });

  test('does not silence the compiler', () => {
    expect(rulesOf(HTTP, '// @ts-expect-error for now\nexport const a = 1;')).toEqual(['silenced-type']);
    expect(rulesOf('test/types/x.test-d.ts', '// @ts-expect-error must not compile\nf(1);')).toEqual([]);
    expect(rulesOf('test/types/x.test-d.ts', '// @ts-ignore\nf(1);')).toEqual(['silenced-type']);
  });

  test.each(['// TODO: later', '/* FIXME */', '/** XXX what */', 'f(/* HACK */);'])(
    'leaves no work open: %s',
    (text) => {
      expect(rulesOf('bench/x.ts', `${text}\nexport const a = 1;`)).toEqual(['open-work']);
    },
  );

  test('may speak of such marks in its strings', () => {
    expect(rulesOf('bench/x.ts', "export const a = '// TODO'; export const b = /FIXME/;")).toEqual([]);
  });
});

describe('a test', () => {
  test.each([
    "test.skip('a', f);",
    "it.only('a', f);",
    "describe.skip('a', f);",
    "test.todo('a');",
    "test.concurrent.skip('a', f);",
    "test.skip.each([1])('a', f);",
    "test.each([1]).skip('a', f);",
    "xit('a', f);",
    "fdescribe('a', f);",
  ])('is not switched off: %s', (text) => {
    expect(rulesOf('test/unit/x.test.ts', text)).toEqual(['switched-test']);
  });

  test('may ask for what a machine has', () => {
    expect(rulesOf('test/node/x.test.ts', "test.skipIf(!canNamespace)('a', f); list.skip(2);")).toEqual([]);
  });

  test('never sleeps where it is pure', () => {
    const text = 'await new Promise((done) => setTimeout(done, 10));';
    expect(rulesOf('test/unit/x.test.ts', text)).toEqual(['ban']);
    expect(rulesOf('test/node/x.test.ts', text)).toEqual([]);
  });
});
