import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { entries as sources } from '../tsup.config.ts';

const root = join(import.meta.dirname, '..');

/** One way into the package that has types. */
export interface Entry {
  /** As it is imported: `switchover/fetch`. */
  readonly name: string;
  /** Its declarations for ESM, one for each platform that has its own; Node's, or those of no platform, come first. */
  readonly declarations: readonly string[];
  /** Their sources, in the same order. */
  readonly sources: readonly [string, ...string[]];
}

/** All of them, as package.json names them. */
export function readEntries(): Entry[] {
  const { name, types, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries<unknown>(exports).flatMap(([path, target]) => {
    const declarations = [...new Set(typesOf(target))].reverse().sort((a, b) => Number(isMain(b)) - Number(isMain(a)));
    const [first, ...others] = declarations.map(sourceOf);
    return first === undefined ? [] : [{ name: path.replace('.', name), declarations, sources: [first, ...others] }];
  });

  function isMain(file: string): boolean {
    return types === file.replace(/\.ts$/, '.cts');
  }
}

/** Every `.d.ts` of a target in package.json's `exports`, whatever conditions lead there. */
function typesOf(target: unknown): string[] {
  if (typeof target === 'string') return target.endsWith('.d.ts') ? [target] : [];
  return Object.values(target ?? {}).flatMap(typesOf);
}

function sourceOf(declaration: string): string {
  const key = basename(declaration, '.d.ts');
  const source = Object.entries(sources).find(([name]) => name === key)?.[1];
  if (source === undefined) throw new Error(`${declaration} is no entry of tsup.config.ts`);
  return source;
}
