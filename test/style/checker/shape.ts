import ts from 'typescript';
import { LIMITS, LONGER, PROGRAMS, roomOf } from './house.ts';
import { at, type Finding, finding, nodesOf, type Rule, type Source } from './source.ts';

const isSource = (source: Source): boolean => source.path.startsWith('src/');

/** One idea a file. */
export const fileLength: Rule = (source) => {
  const lines = source.text.replace(/\n$/, '').split('\n').length;
  const limit = LONGER[source.path]?.lines ?? LIMITS.fileLines;
  if (!isSource(source) || lines <= limit) return [];
  return [
    finding(source, 0, 'file-length', `${lines} lines, at most ${limit}; give its second idea a file of its own`),
  ];
};

/** Functions that can be read at a glance. Counted from the first line of the function to its closing brace. */
export const functionLength: Rule = (source) => {
  if (!isSource(source)) return [];
  return nodesOf(source.tree).flatMap((node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined || !ts.isBlock(node.body)) return [];
    const name = functionName(node);
    const lines = linesOf(source, node);
    const limit = LONGER[`${source.path}#${name}`]?.lines ?? LIMITS.functionLines;
    if (lines <= limit) return [];
    return [
      at(source, node, 'function-length', `${name}: ${lines} lines, at most ${limit}; name its steps as functions`),
    ];
  });
};

function linesOf({ tree }: Source, node: ts.Node): number {
  const line = (position: number): number => tree.getLineAndCharacterOfPosition(position).line;
  return line(node.end) - line(node.getStart(tree)) + 1;
}

function functionName(node: ts.SignatureDeclaration): string {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  const holds = ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent);
  return holds ? parent.name.getText() : 'a function';
}

/** `any` switches the compiler off; silencing comments do, too. */
export const noAny: Rule = (source) => {
  if (!isSource(source)) return [];
  return nodesOf(source.tree)
    .filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
    .map((node) => at(source, node, 'any', '`any`: write `unknown` and narrow it, or a type parameter'));
};

/** A thing has one name, also where it is imported. What a `.d.ts` describes has the exports that its owner gave it. */
export const namedExports: Rule = (source) => {
  if (!isSource(source) || source.path.endsWith('.d.ts')) return [];
  return nodesOf(source.tree).flatMap((node) => {
    const assigned = ts.isExportAssignment(node);
    const modified = node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent);
    const renamed = ts.isExportSpecifier(node) && node.name.text === 'default';
    if (!(assigned || modified || renamed)) return [];
    return [at(source, node, 'default-export', 'default export: export it by its name')];
  });
};

/** `sideEffects: false` is a promise: importing a module does nothing, and holds nothing that two clients would share. */
export const inertModules: Rule = (source) => {
  if (!isSource(source) || roomOf(source.path) === 'cli' || PROGRAMS.includes(source.path)) return [];
  return source.tree.statements.flatMap((statement): Finding[] => {
    if (ts.isVariableStatement(statement)) {
      const mutable = (statement.declarationList.flags & ts.NodeFlags.Const) === 0;
      const message = 'module state is shared by all clients of a process; keep it in an object that a caller makes';
      return mutable ? [at(source, statement, 'module-state', message)] : [];
    }
    if (isDeclaration(statement)) return [];
    return [at(source, statement, 'runs-at-import', 'runs at import; put it in a function that a caller calls')];
  });
};

function isDeclaration(statement: ts.Statement): boolean {
  return (
    ts.isImportDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isExportAssignment(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    // `declare global`: a type, too.
    (ts.isModuleDeclaration(statement) &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) === true)
  );
}
