import ts from 'typescript';

/** One breach of a rule: where it is, and what to write instead. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** A file as the rules see it. `path` is relative to the project, with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export type Rule = (source: Source) => Finding[];

export function parse(path: string, text: string): Source {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
}

export function finding(source: Source, position: number, rule: string, message: string): Finding {
  const line = source.tree.getLineAndCharacterOfPosition(position).line + 1;
  return { file: source.path, line, rule, message };
}

export const at = (source: Source, node: ts.Node, rule: string, message: string): Finding =>
  finding(source, node.getStart(source.tree), rule, message);

/** Every node of the tree, parents first. */
export function nodesOf(root: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}

/** Every comment, in the order of the file. Strings that look like comments are not among them. */
export function commentsOf(source: Source): { position: number; text: string }[] {
  const found = new Map<number, string>();
  const keep = (ranges: ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) found.set(pos, source.text.slice(pos, end));
  };
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(source.tree);
    if (children.length === 0) {
      keep(ts.getLeadingCommentRanges(source.text, node.pos));
      keep(ts.getTrailingCommentRanges(source.text, node.end));
    }
    for (const child of children) visit(child);
  };
  visit(source.tree);
  return [...found].sort(([a], [b]) => a - b).map(([position, text]) => ({ position, text }));
}

/** What a file imports or re-exports from, in whichever way. */
export function importsOf(source: Source): ts.StringLiteralLike[] {
  return nodesOf(source.tree).flatMap((node) => {
    const named = specifierOf(node);
    return named !== undefined && ts.isStringLiteralLike(named) ? [named] : [];
  });
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (!ts.isCallExpression(node)) return undefined;
  const imports = node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const requires = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  return imports || requires ? node.arguments[0] : undefined;
}
