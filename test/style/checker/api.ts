import { join, relative } from 'node:path';
import ts from 'typescript';
import { type Entry, readEntries } from '../../../scripts/entries.ts';

const root = join(import.meta.dirname, '../../..');

/** The public API as the compiler sees it: the names that the entries export. */
export interface Api {
  readonly checker: ts.TypeChecker;
  readonly names: readonly PublicName[];
  /** The sources that entries lead to. */
  readonly files: readonly ts.SourceFile[];
}

/** Something that an entry exports. */
export interface PublicName {
  /** `switchover/fetch createPool` */
  readonly path: string;
  readonly symbol: ts.Symbol;
  /** Its declarations in src: an interface may have several, a function its overloads. */
  readonly declarations: readonly ts.Declaration[];
}

export function readApi(entries: readonly Entry[] = readEntries()): Api {
  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.docs.json'), ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram(
    entries.flatMap(({ sources }) => sources.map((source) => join(root, source))),
    config.options,
  );
  const checker = program.getTypeChecker();
  const exportsOf = (source: string): ts.Symbol[] => {
    const file = program.getSourceFile(join(root, source));
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${source} exports nothing`);
    return checker.getExportsOfModule(module);
  };
  const names = entries.flatMap(({ name, sources }) =>
    sources.flatMap(exportsOf).map((exported) => publicName(checker, name, exported)),
  );
  const files = program.getSourceFiles().filter(({ isDeclarationFile }) => !isDeclarationFile);
  return { checker, names: once(names), files };
}

function publicName(checker: ts.TypeChecker, entry: string, exported: ts.Symbol): PublicName {
  const symbol = (exported.flags & ts.SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported);
  return { path: `${entry} ${exported.name}`, symbol, declarations: symbol.declarations ?? [] };
}

/** What several entries export is looked at once. */
function once(names: readonly PublicName[]): PublicName[] {
  const seen = new Set<ts.Symbol>();
  return names.filter(({ symbol }) => !seen.has(symbol) && seen.add(symbol));
}

/** Where a node is, for a message. */
export function placeOf(node: ts.Node): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return `${relative(root, file.fileName)}:${line + 1}`;
}

/** The doc comments of a node, as one line; empty where it has none. */
export function wordsOf(node: ts.Node): string {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts
    .getJSDocCommentsAndTags(holder)
    .filter((doc) => ts.isJSDoc(doc))
    .map((doc) => doc.getText().replace(/^\/\*\*|\*\/$/g, ''))
    .join(' ')
    .replace(/\s*\n\s*\*?\s?/g, ' ')
    .trim();
}

export const isInternal = (node: ts.Node): boolean => /@internal\b/.test(wordsOf(node));

/** The members of a name that its users see: of an interface, a class, or a type that is an object. */
export function membersOf({ declarations }: PublicName): (ts.TypeElement | ts.ClassElement)[] {
  return declarations.flatMap((declaration): (ts.TypeElement | ts.ClassElement)[] => {
    if (ts.isInterfaceDeclaration(declaration)) return [...declaration.members];
    if (ts.isClassDeclaration(declaration)) return declaration.members.filter(isOpen);
    if (ts.isTypeAliasDeclaration(declaration))
      return literalsOf(declaration.type).flatMap(({ members }) => [...members]);
    return [];
  });
}

function isOpen(member: ts.ClassElement): boolean {
  return (
    !(member.name !== undefined && ts.isPrivateIdentifier(member.name)) && !ts.isClassStaticBlockDeclaration(member)
  );
}

/** The object types that a type is made of. */
function literalsOf(type: ts.TypeNode): ts.TypeLiteralNode[] {
  if (ts.isTypeLiteralNode(type)) return [type];
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) return type.types.flatMap(literalsOf);
  return ts.isParenthesizedTypeNode(type) ? literalsOf(type.type) : [];
}

export const nameOf = (member: ts.TypeElement | ts.ClassElement): string =>
  member.name?.getText() ?? (ts.isConstructorDeclaration(member) ? 'constructor' : ts.SyntaxKind[member.kind]);
