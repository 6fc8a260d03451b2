/**
 * `node scripts/api.ts`: holds `api/`, one report of the public API for each entry, to the declarations in `dist`. `--write` writes them.
 *
 * API Extractor makes the reports. What a report is for is to be read: a change of it is a change for users.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
  type IConfigFile,
} from '@microsoft/api-extractor';
import { type Entry, readEntries } from './entries.ts';

const root = join(import.meta.dirname, '..');
const committed = join(root, 'api');
const scratch = join(root, '.tmp/api');

const COMPILER = {
  target: 'ES2022',
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  strict: true,
  exactOptionalPropertyTypes: true,
  lib: ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
  jsx: 'react-jsx',
  types: ['node'],
  skipLibCheck: true,
};

const { None, Error: Fatal } = ExtractorLogLevel;

/** Comments and links are TypeDoc's to check, which sees the sources and all entries at once. */
const MESSAGES: NonNullable<IConfigFile['messages']> = {
  compilerMessageReporting: { default: { logLevel: Fatal } },
  extractorMessageReporting: { default: { logLevel: None }, 'ae-forgotten-export': { logLevel: Fatal } },
  tsdocMessageReporting: { default: { logLevel: None } },
};

function configOf(declaration: string, all: readonly string[]): ExtractorConfig {
  const configObject: IConfigFile = {
    projectFolder: root,
    mainEntryPointFilePath: join(root, declaration),
    newlineKind: 'lf',
    compiler: { overrideTsconfig: { compilerOptions: COMPILER, files: all.map((file) => join(root, file)) } },
    apiReport: {
      enabled: true,
      reportFileName: fileOf(declaration),
      reportFolder: scratch,
      reportTempFolder: join(scratch, 'temporary'),
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: MESSAGES,
  };
  const packageJsonFullPath = join(root, 'package.json');
  return ExtractorConfig.prepare({ configObject, configObjectFullPath: undefined, packageJsonFullPath });
}

const fileOf = (declaration: string): string => declaration.replace(/^.*\//, '').replace('.d.ts', '.api.md');

/** The report of one file of declarations. Complaints go to `complain`. */
function reportOf(config: ExtractorConfig, compilerState: CompilerState, complain: (text: string) => void): string {
  const messageCallback = (message: ExtractorMessage): void => {
    if (message.logLevel === Fatal) complain(message.text);
    message.handled = true;
  };
  Extractor.invoke(config, { compilerState, localBuild: true, messageCallback });
  return readFileSync(config.reportFilePath, 'utf8');
}

/** The reports of all entries by the names of their files, and what is wrong with them. */
function makeReports(entries: readonly Entry[]): { reports: Map<string, string>; complaints: string[] } {
  const complaints: string[] = [];
  const all = entries.flatMap(({ declarations }) => declarations);
  const [first = ''] = all;
  const compilerState = CompilerState.create(configOf(first, all), {
    additionalEntryPoints: all.map((file) => join(root, file)),
  });
  const reports = new Map<string, string>();
  for (const { name, declarations } of entries) {
    const [report = '', ...others] = declarations.map((file) =>
      reportOf(configOf(file, all), compilerState, (text) => complaints.push(`${name} (${file}): ${text}`)),
    );
    const differs = declarations.filter((_, at) => at > 0 && others[at - 1] !== report);
    for (const file of differs) complaints.push(`${name}: ${file} is not what ${declarations[0]} is`);
    reports.set(`${name.replace(/^.*\//, '')}.api.md`, titled(report, name));
  }
  return { reports, complaints };
}

/** A report under its entry's name, without what API Extractor says to its own users. */
function titled(report: string, name: string): string {
  return report
    .replace(/^## .*$/m, `## The API of \`${name}\``)
    .replace(/\n\/\/ \(No @packageDocumentation .*\)\n/, '')
    .replace(/^> Do not edit.*$/m, '> Written by `npm run api` with [API Extractor](https://api-extractor.com/).');
}

function readCommitted(): Map<string, string> {
  mkdirSync(committed, { recursive: true });
  const names = readdirSync(committed).filter((name) => name.endsWith('.api.md'));
  return new Map(names.map((name) => [name, readFileSync(join(committed, name), 'utf8')]));
}

/** So many lines of a report that has changed are shown. */
const SHOWN = 40;

/** The lines that one text has and the other has not: enough to see what changed. */
function difference(before: string, now: string): string[] {
  const [old, fresh] = [before.split('\n'), now.split('\n')];
  const gone = old.filter((line) => !fresh.includes(line)).map((line) => `  - ${line}`);
  const come = fresh.filter((line) => !old.includes(line)).map((line) => `  + ${line}`);
  const lines = [...gone, ...come];
  if (lines.length === 0) return ['  the same lines in another order'];
  return lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more lines`];
}

function write(reports: ReadonlyMap<string, string>): void {
  for (const name of readCommitted().keys()) if (!reports.has(name)) rmSync(join(committed, name));
  for (const [name, report] of reports) writeFileSync(join(committed, name), report);
}

function compare(reports: ReadonlyMap<string, string>): string[] {
  const before = readCommitted();
  const changed = [...new Set([...before.keys(), ...reports.keys()])].flatMap((name) => {
    const lines = difference(before.get(name) ?? '', reports.get(name) ?? '');
    return before.get(name) === reports.get(name) ? [] : [`api/${name} is not what is built:`, ...lines];
  });
  return changed.length === 0 ? [] : [...changed, 'If that is meant: `npm run api`, and commit api/ with it.'];
}

/** What there is to say. Nothing, where all is as it is to be. */
function main(isToWrite: boolean): string[] {
  const entries = readEntries();
  const missing = entries.flatMap(({ declarations }) => declarations).filter((file) => !existsSync(join(root, file)));
  if (missing.length > 0) return [`${missing.join(', ')} is not there: \`npm run build\` first.`];
  mkdirSync(scratch, { recursive: true });
  const { reports, complaints } = makeReports(entries);
  if (isToWrite && complaints.length === 0) write(reports);
  return [...complaints, ...compare(reports)];
}

for (const line of main(process.argv.includes('--write'))) {
  console.log(line);
  process.exitCode = 1;
}
