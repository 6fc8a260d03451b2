import ts from 'typescript';
import { at, commentsOf, type Finding, finding, nodesOf, type Rule } from './source.ts';

/** Work left open belongs in an issue, where somebody sees it. */
export const openWork: Rule = (source) =>
  commentsOf(source).flatMap(({ position, text }) =>
    [...text.matchAll(/\b(TODO|FIXME|XXX|HACK)\b/g)].map((match) =>
      finding(
        source,
        position + match.index,
        'open-work',
        `${match[0]}: do it now, or open an issue and leave no mark`,
      ),
    ),
  );

/** In src a type error is mended; in tests `@ts-expect-error` may show that something does not compile. */
export const silencedTypes: Rule = (source) => {
  const banned = source.path.startsWith('src/') ? /@ts-(ignore|nocheck|expect-error)/ : /@ts-(ignore|nocheck)/;
  return commentsOf(source).flatMap(({ position, text }) => {
    const match = banned.exec(text);
    return match === null
      ? []
      : [finding(source, position + match.index, 'silenced-type', `${match[0]}: narrow the type, or write a guard`)];
  });
};

const RUNNERS = new Set(['test', 'it', 'describe', 'suite', 'bench']);
const SWITCHES = new Set(['skip', 'only', 'todo']);
const SWITCHED_NAMES = new Set(['xit', 'xtest', 'xdescribe', 'fit', 'fdescribe']);

/** A test that does not run tells nothing. `skipIf` stays: `npm test` fails in CI when it skipped one. */
export const switchedTests: Rule = (source) => {
  if (!source.path.startsWith('test/')) return [];
  return nodesOf(source.tree).flatMap((node): Finding[] => {
    const switched = ts.isPropertyAccessExpression(node) && SWITCHES.has(node.name.text) && RUNNERS.has(rootName(node));
    const named =
      ts.isCallExpression(node) && ts.isIdentifier(node.expression) && SWITCHED_NAMES.has(node.expression.text);
    if (!(switched || named)) return [];
    return [
      at(source, node, 'switched-test', `${node.getText(source.tree).slice(0, 30)}: mend the test or take it out`),
    ];
  });
};

function rootName(node: ts.Expression): string {
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) return rootName(node.expression);
  return ts.isIdentifier(node) ? node.text : '';
}

/** Every option tells its meaning, where a reader's editor shows it. */
export const optionWords: Rule = (source) => {
  if (!source.path.startsWith('src/')) return [];
  return nodesOf(source.tree).flatMap((node) => {
    if (!ts.isInterfaceDeclaration(node) || !node.name.text.endsWith('Options') || !isExported(node)) return [];
    return node.members
      .filter((member) => ts.getJSDocCommentsAndTags(member).length === 0)
      .map((member) => {
        const name = member.name?.getText(source.tree) ?? 'a member';
        const message = `${node.name.text}.${name}: say what it means, its unit and its default, in a doc comment`;
        return at(source, member, 'option-words', message);
      });
  });
};

const isExported = (node: ts.InterfaceDeclaration): boolean =>
  node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
