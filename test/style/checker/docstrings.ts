import ts from 'typescript';
import { type Api, isInternal, membersOf, nameOf, type PublicName, placeOf, wordsOf } from './api.ts';
import { nodesOf } from './source.ts';
import { bodyOf, Thrown } from './thrown.ts';

/** Every name that is exported, and every member of one, says what it is. */
export function undocumented({ names }: Api): string[] {
  return names.flatMap((name) => [
    ...(name.declarations.some((declaration) => wordsOf(declaration) !== '') ? [] : [name.path]),
    ...membersOf(name)
      .filter((member) => wordsOf(member) === '')
      .map((member) => `${name.path}.${nameOf(member)} (${placeOf(member)})`),
  ]);
}

/** Endings of names that give a unit, and how a doc comment says it. */
const UNITS: readonly (readonly [ending: RegExp, said: RegExp])[] = [
  [/Ms$/, /\bmilliseconds?\b/],
  [/Seconds$/, /\bseconds?\b/],
  [/Bytes$/, /\bbytes\b|\b[KM]iB\b/i],
];

/** Numbers whose doc comment does not give the unit that their name ends in. */
export function withoutUnit({ names }: Api): string[] {
  return settings(names, () => true).flatMap(({ path, member }) => {
    const unsaid = UNITS.some(([ending, said]) => ending.test(nameOf(member)) && !said.test(wordsOf(member)));
    return unsaid ? [path] : [];
  });
}

/** Settings that may be left out, and don't say what holds then. Texts in many languages are not settings. */
export function withoutDefault({ names }: Api): string[] {
  const partial = namesInPartial(names);
  const mayBeLeftOut = (name: PublicName, member: ts.PropertySignature) =>
    (partial.has(name.symbol.name) && member.type?.kind !== ts.SyntaxKind.StringKeyword) ||
    (OPTIONS.test(name.symbol.name) && member.questionToken !== undefined);
  return settings(names, mayBeLeftOut).flatMap(({ path, member }) =>
    /\bdefault\b|\bif not given\b/i.test(wordsOf(member)) ? [] : [path],
  );
}

const OPTIONS = /(Options|Checks|Probe)$/;

/** What is taken in part somewhere: `Partial<RetryPolicy>`. */
function namesInPartial(names: readonly PublicName[]): ReadonlySet<string> {
  const texts = names.flatMap(({ declarations }) => declarations.map((declaration) => declaration.getText()));
  return new Set(texts.flatMap((text) => [...text.matchAll(/\bPartial<(\w+)>/g)].map(([, name = '']) => name)));
}

function settings(
  names: readonly PublicName[],
  wanted: (name: PublicName, member: ts.PropertySignature) => boolean,
): { readonly path: string; readonly member: ts.PropertySignature }[] {
  return names.flatMap((name) =>
    membersOf(name).flatMap((member) =>
      ts.isPropertySignature(member) && !isInternal(member) && wanted(name, member)
        ? [{ path: `${name.path}.${nameOf(member)} (${placeOf(member)})`, member }]
        : [],
    ),
  );
}

/** Functions and methods that throw an error whose code stands in no `@throws` of theirs. */
export function untoldErrors({ checker, names }: Api): string[] {
  const thrown = new Thrown(checker);
  return names.flatMap((name) => {
    const words = name.declarations.map(wordsOf).join(' ');
    return name.declarations.flatMap(callables).flatMap((callable) => {
      const told = toldErrors(`${words} ${wordsOf(callable)}`);
      const untold = [...thrown.by(callable)].filter((code) => !told.includes(code));
      return untold.length === 0 ? [] : [`${name.path} (${placeOf(callable)}): ${untold.sort().join(', ')}`];
    });
  });
}

/** Methods that throw an error of which the interface that they implement says nothing. */
export function untoldByImplementations({ checker, names, files }: Api): string[] {
  const thrown = new Thrown(checker);
  const known = new Map(names.map((name) => [name.symbol, name]));
  return files.flatMap(nodesOf).flatMap((node) => {
    const told = implementedBy(checker, node).flatMap((symbol) => known.get(symbol) ?? []);
    return told.flatMap(({ path, symbol, declarations }) =>
      methodsOf(node).flatMap((method) => {
        const promised = symbol.members?.get(ts.escapeLeadingUnderscores(method.name.getText()))?.declarations ?? [];
        const words = [...promised, ...declarations].map(wordsOf).join(' ');
        const untold = [...thrown.by(method)].filter((code) => promised.length > 0 && !words.includes(`\`${code}\``));
        return untold.length === 0
          ? []
          : [`${path}.${method.name.getText()} (${placeOf(method)}): ${untold.sort().join(', ')}`];
      }),
    );
  });
}

/** The interfaces that a class says it implements, or that an object is written for. */
function implementedBy(checker: ts.TypeChecker, node: ts.Node): ts.Symbol[] {
  const symbols = ts.isClassLike(node)
    ? (node.heritageClauses ?? []).flatMap(({ types }) => types.map((type) => checker.getTypeAtLocation(type).symbol))
    : ts.isObjectLiteralExpression(node)
      ? [checker.getContextualType(node)?.symbol]
      : [];
  return symbols.filter((symbol) => symbol !== undefined);
}

function methodsOf(node: ts.Node): (ts.MethodDeclaration | ts.PropertyAssignment)[] {
  const members: readonly ts.Node[] = ts.isClassLike(node)
    ? node.members
    : ts.isObjectLiteralExpression(node)
      ? node.properties
      : [];
  return members.filter((member) => ts.isMethodDeclaration(member) || ts.isPropertyAssignment(member));
}

/** Errors that a `@throws` names and that don't exist. */
export function unknownErrors({ names }: Api, codes: ReadonlySet<string>): string[] {
  return names.flatMap((name) => {
    const members = membersOf(name).map(wordsOf);
    const told = toldErrors([...name.declarations.map(wordsOf), ...members].join(' '));
    return told.filter((code) => !codes.has(code)).map((code) => `${name.path}: ${code}`);
  });
}

/** The codes that stand in backticks after a `@throws`, up to the next tag. */
const toldErrors = (words: string): string[] =>
  [...words.matchAll(/@throws\s([^@]*)/g)].flatMap(([, told = '']) =>
    [...told.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code = '']) => code),
  );

/** What of a declaration can be called by its users. */
function callables(declaration: ts.Declaration): ts.Node[] {
  const nodes = ts.isClassDeclaration(declaration) ? [declaration, ...declaration.members] : [declaration];
  return nodes.filter((node) => bodyOf(node) !== undefined && !isHidden(node));
}

function isHidden(node: ts.Node): boolean {
  const isPrivate = ts.isMethodDeclaration(node) && ts.isPrivateIdentifier(node.name);
  const made = ts.isClassDeclaration(node) ? node.members.find(ts.isConstructorDeclaration) : undefined;
  return isPrivate || isInternal(node) || (made !== undefined && isInternal(made));
}
