import ts from 'typescript';

type Call = ts.CallExpression | ts.NewExpression;

/** Methods of arrays that call what they are given before they return. */
const CALLERS: ReadonlySet<string> = new Set('every filter find flatMap forEach from map reduce some sort'.split(' '));

/** Reads from the sources which errors a function throws: by itself, and by what it calls before it returns. */
export class Thrown {
  readonly #checker: ts.TypeChecker;
  readonly #thrown = new Map<ts.Node, Set<string>>();
  readonly #made = new Map<ts.Node, Set<string>>();

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** The codes of SwitchoverErrors that a call of this function may throw, or reject with where it is async. */
  by(declaration: ts.Node): ReadonlySet<string> {
    return remembered(this.#thrown, declaration, (body, codes) => this.#collect(body, codes));
  }

  #collect(node: ts.Node, codes: Set<string>): void {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isTryStatement(node) && node.catchClause !== undefined) {
      this.#collect(node.catchClause.block, codes);
      if (node.finallyBlock !== undefined) this.#collect(node.finallyBlock, codes);
      return;
    }
    if (ts.isThrowStatement(node)) this.#collectMade(node.expression, codes);
    else if (ts.isCallExpression(node) || ts.isNewExpression(node)) this.#collectCalled(node, codes);
    ts.forEachChild(node, (child) => this.#collect(child, codes));
  }

  #collectCalled(call: Call, codes: Set<string>): void {
    const target = this.#target(call);
    if (target !== undefined) add(this.by(target), codes);
    const method = ts.isPropertyAccessExpression(call.expression) ? call.expression.name.text : '';
    if (!CALLERS.has(method)) return;
    for (const given of call.arguments ?? []) {
      const body = ts.isArrowFunction(given) || ts.isFunctionExpression(given) ? given.body : undefined;
      const named = ts.isIdentifier(given) ? this.#functionOf(given) : undefined;
      if (body !== undefined) this.#collect(body, codes);
      if (named !== undefined) add(this.by(named), codes);
    }
  }

  /** The codes of errors that are made here: by the class itself, or by a function for that. */
  #collectMade(node: ts.Node, codes: Set<string>): void {
    if (ts.isNewExpression(node) && node.expression.getText() === 'SwitchoverError') {
      const [code] = node.arguments ?? [];
      if (code !== undefined && ts.isStringLiteral(code)) codes.add(code.text);
    } else if (ts.isCallExpression(node)) {
      const maker = this.#target(node);
      const collect = (body: ts.Node, found: Set<string>) => this.#collectMade(body, found);
      if (maker !== undefined) add(remembered(this.#made, maker, collect), codes);
    }
    ts.forEachChild(node, (child) => this.#collectMade(child, codes));
  }

  /** The function of ours that a call calls, or the class that `new` makes. */
  #target(call: Call): ts.Node | undefined {
    return this.#functionOf(call.expression);
  }

  #functionOf(expression: ts.Expression): ts.Node | undefined {
    const symbol = this.#checker.getSymbolAtLocation(expression);
    const aliased = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const declarations = (aliased ? this.#checker.getAliasedSymbol(symbol) : symbol)?.declarations ?? [];
    return declarations.find((each) => bodyOf(each) !== undefined);
  }
}

/** What `collect` finds in a function, found once; while it looks, a circle of functions that call each other ends at nothing new. */
function remembered(
  known: Map<ts.Node, Set<string>>,
  declaration: ts.Node,
  collect: (body: ts.Node, codes: Set<string>) => void,
): ReadonlySet<string> {
  const before = known.get(declaration);
  if (before !== undefined) return before;
  const codes = new Set<string>();
  known.set(declaration, codes);
  const body = bodyOf(declaration);
  if (body !== undefined) collect(body, codes);
  return codes;
}

function add(found: ReadonlySet<string>, codes: Set<string>): void {
  for (const code of found) codes.add(code);
}

/** What a call of a function runs. */
export function bodyOf(declaration: ts.Node): ts.Node | undefined {
  if (ts.isVariableDeclaration(declaration) || ts.isPropertyAssignment(declaration)) {
    const { initializer } = declaration;
    return initializer !== undefined && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
      ? initializer.body
      : undefined;
  }
  if (ts.isClassDeclaration(declaration)) return declaration.members.find(ts.isConstructorDeclaration)?.body;
  return ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration) ? declaration.body : undefined;
}
