import ts from 'typescript';

/** "Cannot find name", in the wordings that TypeScript has for it. */
const UNKNOWN_NAME: ReadonlySet<number> = new Set([2304, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2868]);

/** The names that a script takes from its realm: those that it does not declare, and those that it asks `globalThis` for. */
export function freeNames(script: string): ReadonlySet<string> {
  const file = 'script.js';
  const source = ts.createSourceFile(file, script, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const host: ts.CompilerHost = {
    fileExists: (name) => name === file,
    readFile: () => undefined,
    getSourceFile: (name) => (name === file ? source : undefined),
    getDefaultLibFileName: () => 'lib.d.ts',
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => '/',
    getNewLine: () => '\n',
    useCaseSensitiveFileNames: () => true,
    writeFile: () => {},
  };
  const options = {
    allowJs: true,
    checkJs: true,
    noLib: true,
    noResolve: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
  };
  const program = ts.createProgram([file], options, host);
  const unknown = program
    .getSemanticDiagnostics(source)
    .filter(({ code, start }) => UNKNOWN_NAME.has(code) && start !== undefined)
    .map(({ start = 0, length = 0 }) => script.slice(start, start + length));
  const asked = [...script.matchAll(/\bglobalThis\??\.(\w+)/g)].map(([, name]) => name ?? '');
  return new Set([...unknown, ...asked]);
}
