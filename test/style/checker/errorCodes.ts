import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { commentsOf, nodesOf, parse } from './source.ts';

const root = join(import.meta.dirname, '../../..');
const FILE = 'src/policy/error.ts';

/** The codes that errors have, in their order, each with what its comment says. */
export function errorCodes(): { readonly code: string; readonly meaning: string }[] {
  const source = parse(FILE, readFileSync(join(root, FILE), 'utf8'));
  const isCodes = (node: ts.Node) => ts.isTypeAliasDeclaration(node) && node.name.text === 'SwitchoverErrorCode';
  const comments = commentsOf(source);
  const literals = nodesOf(source.tree).filter(isCodes).flatMap(nodesOf).filter(ts.isStringLiteral);
  return literals.map((literal, at) => {
    const after = literals[at - 1]?.end ?? 0;
    const [own] = comments.filter(({ position }) => position > after && position < literal.getStart()).slice(-1);
    return { code: literal.text, meaning: plain(own?.text ?? '') };
  });
}

const plain = (comment: string): string => comment.replace(/^\/\*\*\s*|\s*\*\/$/g, '').replace(/\s*\n\s*\*\s*/g, ' ');

/** What docs/errors.md says of a code. */
export interface ErrorRow {
  readonly code: string;
  readonly meaning: string;
  readonly remedy: string;
  readonly where: string;
}

export function errorRows(): ErrorRow[] {
  const lines = readFileSync(join(root, 'docs/errors.md'), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [code = '', meaning = '', remedy = '', where = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return /^`[A-Z_]+`$/.test(code) ? [{ code: code.replaceAll('`', ''), meaning, remedy, where }] : [];
  });
}
