import ts from 'typescript';
import { PORT_FILES, PORTED_ROOMS, ROOMS, roomOf } from './house.ts';
import { at, type Finding, nodesOf, type Rule, type Source } from './source.ts';

const TIME = 'take `nowMs: number` as an argument';
const TIMER = 'return the delay or an effect; runtime/ sets the timer through its Clock';
const CHANCE = 'take `random: () => number` as an argument';
const WAIT = 'return the next state and its effects; the shell waits for them';
const NETWORK = 'return an effect; a room on floor 2 does it';
const ADDRESS = 'use `parseHost` of policy/host.ts and its neighbours';
const WORLD = 'take the value as an argument; a port in runtime/ knows the world';
const SAY = 'return it as an event; library code never logs';

/** What floor 0 must not see, and what takes its place. */
export const PURE_BANS: Readonly<Record<string, string>> = {
  Date: TIME,
  performance: TIME,
  Temporal: TIME,
  'Math.random': CHANCE,
  crypto: CHANCE,
  setTimeout: TIMER,
  setInterval: TIMER,
  setImmediate: TIMER,
  clearTimeout: TIMER,
  clearInterval: TIMER,
  clearImmediate: TIMER,
  queueMicrotask: TIMER,
  requestAnimationFrame: TIMER,
  requestIdleCallback: TIMER,
  Promise: WAIT,
  PromiseLike: WAIT,
  async: WAIT,
  await: WAIT,
  AbortController: WAIT,
  AbortSignal: WAIT,
  fetch: NETWORK,
  XMLHttpRequest: NETWORK,
  WebSocket: NETWORK,
  EventSource: NETWORK,
  Request: 'take the method, the headers and the URL as plain values',
  Response: 'take the status and the headers as plain values',
  Headers: 'take the header values as strings',
  URL: ADDRESS,
  URLSearchParams: ADDRESS,
  process: WORLD,
  Buffer: WORLD,
  require: WORLD,
  globalThis: WORLD,
  self: WORLD,
  window: WORLD,
  document: WORLD,
  navigator: WORLD,
  localStorage: WORLD,
  sessionStorage: WORLD,
  indexedDB: WORLD,
  eval: 'write the code down',
  console: SAY,
};

const CLOCK = 'use `ports.clock`, so that tests and simulations own the time';

/** What the rooms over the ports must not take from the platform behind their back. */
export const PORT_BANS: Readonly<Record<string, string>> = {
  Date: CLOCK,
  performance: CLOCK,
  setTimeout: CLOCK,
  setInterval: CLOCK,
  setImmediate: CLOCK,
  'Math.random': 'use `ports.random`, so that a failing test can be replayed',
};

/** Holds floor 0 pure, and the rooms above it to their ports. */
export const bans: Rule = (source) => {
  const room = roomOf(source.path);
  if (room === undefined) return [];
  if (ROOMS[room]?.floor === 0) return uses(source, PURE_BANS, `${room} is pure`);
  const ported = PORTED_ROOMS.includes(room) && !PORT_FILES.includes(source.path);
  return ported ? uses(source, PORT_BANS, `${room} lives on its ports`) : [];
};

/** Library code never logs. */
export const silence: Rule = (source) => {
  const room = roomOf(source.path);
  const quiet = room !== undefined && room !== 'cli' && ROOMS[room]?.floor !== 0;
  return quiet ? uses(source, { console: 'emit an event or throw a SwitchoverError' }, 'library code never logs') : [];
};

/** Unit tests have their own time. */
export const unitTime: Rule = (source) => {
  if (!source.path.startsWith('test/unit/')) return [];
  const replacement = 'advance the virtual clock of src/testing, or move the test to test/node';
  return uses(source, { setTimeout: replacement, setInterval: replacement }, 'unit tests never sleep');
};

function uses(source: Source, banned: Readonly<Record<string, string>>, why: string): Finding[] {
  const own = declaredNames(source);
  return nodesOf(source.tree).flatMap((node) => {
    const name = globalUse(node, own);
    const replacement = name === undefined || !Object.hasOwn(banned, name) ? undefined : banned[name];
    return replacement === undefined ? [] : [at(source, node, 'ban', `\`${name}\`: ${why}; ${replacement}`)];
  });
}

/** The name of what a node takes from outside the file: a global, or a keyword that stands for one. */
function globalUse(node: ts.Node, own: ReadonlySet<string>): string | undefined {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return 'await';
  if (!ts.isIdentifier(node) || own.has(node.text) || !isReference(node)) return undefined;
  return node.text === 'Math' && takesRandom(node) ? 'Math.random' : node.text;
}

function takesRandom(math: ts.Identifier): boolean {
  const { parent } = math;
  if (ts.isPropertyAccessExpression(parent)) return parent.name.text === 'random';
  // `Math['random']`, `const { random } = Math`, `const m = Math`: whatever is not `Math.name` may be it.
  return true;
}

/** False for a name that only labels something: a property, a key, a member, a name in an import. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isImportClause(parent)) return false;
  if (ts.isLabeledStatement(parent) || ts.isMetaProperty(parent) || ts.isJSDoc(parent)) return false;
  return !('name' in parent && parent.name === node);
}

/** Names that the file declares itself; they hide the globals of the same name. */
function declaredNames(source: Source): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodesOf(source.tree)) {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isTypeParameterDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isImportClause(node) ||
      ts.isNamespaceImport(node);
    if (declares && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
  }
  return names;
}
