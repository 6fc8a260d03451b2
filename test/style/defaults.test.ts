import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/policy/defaults.ts';
import { CLIENT_POLICY } from '../../src/session/clientPolicy.ts';
import { nodesOf, parse } from './checker/source.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

type Value = string | number | boolean;

interface Row {
  readonly path: string;
  readonly value: string;
  readonly unit: string;
  readonly meaning: string;
}

/** Every default under its path: `timeout.attemptMs` and its value. */
function leaves(value: unknown, path: string[] = []): [string, Value][] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [[path.join('.'), value]];
  throw new TypeError(`${path.join('.')}: a default is plain JSON`);
}

/** How a page writes a value: 5,000 and 0.1, strings as code. */
const written = (value: Value): string =>
  typeof value === 'number'
    ? value.toLocaleString('en-GB', { maximumFractionDigits: 6 })
    : typeof value === 'string'
      ? `\`${value}\``
      : String(value);

/** The rows of a page that stand for a default: four cells, the first a path in code. */
function rowsOf(page: string): Row[] {
  return page.split('\n').flatMap((line) => {
    const [path, value, unit, meaning] = line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1);
    const named = /^`(\w+(?:\.\w+)+)`$/.exec(path ?? '')?.[1];
    if (named === undefined || value === undefined || unit === undefined || meaning === undefined) return [];
    return [{ path: named, value, unit, meaning }];
  });
}

function unitOf(path: string): string | undefined {
  if (path.endsWith('Ms')) return 'ms';
  return path.endsWith('Bytes') ? 'bytes' : undefined;
}

const defaults = new Map(leaves(DEFAULTS));

/** A session's numbers stand on their own floor: an option of the same name as another's may have either value. */
const named = [...defaults, ...leaves({ session: CLIENT_POLICY })];
const rows = rowsOf(read('docs/defaults.md'));

describe('docs/defaults.md', () => {
  test('names every default once, and nothing else', () => {
    expect(rows.map(({ path }) => path).sort()).toEqual([...defaults.keys()].sort());
  });

  test('gives the values of the code', () => {
    const expected = rows.map(({ path }) => [path, written(defaults.get(path) ?? '?')]);
    expect(rows.map(({ path, value }) => [path, value])).toEqual(expected);
  });

  test('gives the unit that the name ends in, and a meaning', () => {
    expect(rows.filter(({ path, unit }) => unit !== (unitOf(path) ?? unit))).toEqual([]);
    expect(rows.filter(({ unit, meaning }) => unit === '' || meaning.length < 10)).toEqual([]);
  });
});

/** Every table row in README that names a default, wherever it stands. */
test('README gives no other values than the code', () => {
  const readme = globSync('README.md', { cwd: root }).map(read).join('');
  const stale = rowsOf(readme).filter(({ path, value }) => value !== written(defaults.get(path) ?? '?'));
  expect(stale).toEqual([]);
});

const UNITS: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 * 1024 };

/** What the doc comment of a member says after the word `Default`. */
function saidDefault(member: ts.TypeElement): string | undefined {
  const words = ts.getJSDocCommentsAndTags(member).map((doc) => doc.getText().replace(/\n\s*\*/g, ' '));
  const said = /(?:@default|\bDefault) +(`[^`]+`|-?[\d,]*\.?\d+|true|false|Infinity)(?: (KiB|MiB))?/.exec(
    words.join(' '),
  );
  const [, value, unit] = said ?? [];
  return value === undefined || unit === undefined ? value : written(Number(value) * (UNITS[unit] ?? 1));
}

/** Members whose doc comment gives a default that no default of that name has. */
function wrongComments(path: string, text: string): string[] {
  return nodesOf(parse(path, text).tree).flatMap((node) => {
    if (!ts.isPropertySignature(node)) return [];
    const name = node.name.getText();
    const said = saidDefault(node);
    const known = named.filter(([key]) => key.endsWith(`.${name}`)).map(([, value]) => written(value));
    return said === undefined || ![...defaults.keys()].some((key) => key.endsWith(`.${name}`)) || known.includes(said)
      ? []
      : [`${path} ${name}: ${said}, not ${known.join(' or ')}`];
  });
}

describe('doc comments', () => {
  test('give the defaults of the code', () => {
    // The presets have the defaults of nginx and Kubernetes, under names that they share with ours.
    const sources = globSync('src/**/*.ts', { cwd: root, exclude: ['src/policy/healthPresets.ts'] });
    expect(sources.flatMap((path) => wrongComments(path, read(path)))).toEqual([]);
  });

  test.each([
    ['/** How long, in milliseconds. Default 4,000. */', 'totalMs', 1],
    ['/** How long. Default 30,000 on every\n * platform. */', 'totalMs', 0],
    ['/** @default 1 */', 'attempts', 1],
    ['/** Where. Default `/healthz/ready`. */', 'path', 0],
    ['/** Where. Default `/health`. */', 'path', 1],
    ['/** Share. Default\n * 0.05. */', 'maxShare', 0],
    ['/** How much. Default 1 MiB. */', 'bufferCapBytes', 0],
    ['/** How much. Default 1 KiB. */', 'bufferCapBytes', 1],
    ['/** Default 9. */', 'notAmongTheDefaults', 0],
  ])('are read: %s %s', (comment, name, wrong) => {
    expect(wrongComments('x.ts', `interface A {\n ${comment}\n readonly ${name}: 1;\n}`)).toHaveLength(wrong);
  });
});
